/* SPDX-License-Identifier: BSD-3-Clause */
#include "world.h"

#include "payload.h"

#include <inttypes.h>
#include <string.h>

static void time_is_told(struct world *world, int node, bool is_tick)
{
    checker_time(&world->checker, node, node_now_ms(world, node), is_tick);
}

/* Requests for four bytes become sequence numbers: let them wrap soon. */
static void give_random(void *ctx, void *data, size_t size)
{
    struct node *node = ctx;
    uint8_t *bytes = data;
    bool is_high = node->plan.high_numbers && size == 4 && dice_chance(&node->random, 700);

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)dice_roll(&node->random);
    }
    if (is_high) {
        const uint32_t number = UINT32_MAX - dice_below(&node->random, 60);

        memcpy(bytes, &number, sizeof number);
    }
}

static void be_woken(void *ctx)
{
    struct node *node = ctx;

    node->was_woken = true;
}

bool call_open(struct world *world, int node)
{
    struct node *it = &world->node[node];
    struct msgr_config config = {
        .name = it->plan.name,
        .identity = it->plan.identity,
        .boot = world->plan.seed << 16 ^ (uint64_t)it->life << 1 ^ (uint64_t)node ^ 0x8000u,
        .peers = it->plan.peers,
        .message_max = it->plan.message_max,
        .heartbeat_ms = it->plan.heartbeat_ms,
        .random = give_random,
        .wake = be_woken,
        .ctx = it,
    };
    struct checker_life life = {
        .name = it->plan.name,
        .other = world->plan.node[1 - node].name,
        .identity = it->plan.identity,
        .message_max = it->plan.message_max,
        .engine_ms = node_now_ms(world, node),
        .repeats_random = it->plan.repeats_random,
        .is_punctual = it->plan.late_us == 0,
    };
    int error = msgr_open(&it->engine, node_memory(it), it->memory_size, &config);

    trace(world, node, "msgr_open(\"%s\"), life %u: %d", config.name, it->life, error);
    if (error != 0) {
        checker_violate(&world->checker, RULE_TRANSPORT, "msgr_open() gave %d (%s)", error,
                        msgr_error_text(error));
        return false;
    }
    checker_open(&world->checker, node, &life);
    return true;
}

int call_peer(struct world *world, int node)
{
    const char *name = world->plan.node[1 - node].name;
    int peer = msgr_peer(world->node[node].engine, name);

    trace(world, node, "msgr_peer(\"%s\"): %d", name, peer);
    checker_peer(&world->checker, node, peer);
    return peer;
}

int32_t call_send(struct world *world, int node, size_t size, uint32_t deadline_ms)
{
    static uint8_t data[MSGR_MESSAGE_MAX + 1];
    struct node *it = &world->node[node];
    struct payload_tag tag = {node, it->life, checker_next_number(&world->checker, node)};
    int32_t result;

    payload_fill(data, size, &tag);
    result = msgr_send(it->engine, it->app.peer, size > 0 ? data : NULL, size, deadline_ms);
    trace(world, node, "msgr_send(%u.%" PRIu32 ", %zu bytes, %" PRIu32 " ms): %" PRId32, tag.life,
          tag.number, size, deadline_ms, result);
    checker_sent(&world->checker, node, it->app.peer, size, deadline_ms, result);
    return result;
}

int call_cancel(struct world *world, int node, int32_t message)
{
    int result = msgr_cancel(world->node[node].engine, message);

    trace(world, node, "msgr_cancel(%" PRId32 "): %d", message, result);
    checker_cancelled(&world->checker, node, message, result);
    return result;
}

static void trace_event(const struct world *world, int node, const struct msgr_event *event)
{
    static const char *const names[] = {"peer up", "peer down", "message", "outcome", "writable"};
    struct payload_tag tag;

    if (event->type == MSGR_EVENT_MESSAGE && payload_read(event->data, event->size, &tag)) {
        trace(world, node, "event: message %u.%" PRIu32 ", %zu bytes", tag.life, tag.number,
              event->size);
    } else if (event->type == MSGR_EVENT_OUTCOME) {
        trace(world, node, "event: outcome of %" PRId32 ": %s (%s)", event->message,
              msgr_outcome_text(event->outcome), msgr_reason_text(event->reason));
    } else {
        trace(world, node, "event: %s, %zu bytes (%s)", names[(unsigned)event->type % 5],
              event->type == MSGR_EVENT_MESSAGE ? event->size : 0,
              event->type == MSGR_EVENT_PEER_DOWN ? msgr_reason_text(event->reason) : "");
    }
}

bool call_next(struct world *world, int node, struct msgr_event *event)
{
    checker_asks(&world->checker, node);
    if (!msgr_next(world->node[node].engine, event)) {
        checker_nothing(&world->checker, node);
        return false;
    }
    trace_event(world, node, event);
    checker_event(&world->checker, node, event);
    if (world->on_event != NULL) {
        world->on_event(world, node, event);
    }
    return true;
}

void call_tick(struct world *world, int node)
{
    msgr_tick(world->node[node].engine, node_now_ms(world, node));
    time_is_told(world, node, true);
}

int call_connect(struct world *world, int node, enum msgr_link_kind kind)
{
    int link = msgr_link_connect(world->node[node].engine, node_now_ms(world, node), kind);

    time_is_told(world, node, false);
    trace(world, node, "msgr_link_connect(%s): %d",
          kind == MSGR_LINK_STREAM ? "stream" : "datagram", link);
    return link;
}

int call_accept(struct world *world, int node)
{
    int link = msgr_link_accept(world->node[node].engine, node_now_ms(world, node));

    time_is_told(world, node, false);
    trace(world, node, "msgr_link_accept(): %d", link);
    return link;
}

int call_stranger(struct world *world, int node, const struct job *job, uint8_t *answer,
                  size_t *answer_size)
{
    int link = msgr_link_stranger(world->node[node].engine, node_now_ms(world, node), &job->from,
                                  sizeof job->from, job->bytes, job->size, answer, answer_size);

    time_is_told(world, node, false);
    trace_frames(world, node, "stranger", link, job->bytes, job->size);
    if (*answer_size > 0) {
        trace_frames(world, node, "answer", link, answer, *answer_size);
    }
    checker_bytes(&world->checker, node, "answered to a stranger", *answer_size,
                  job->size < MSGR_ANSWER_MAX ? job->size : MSGR_ANSWER_MAX);
    return link;
}

size_t call_input(struct world *world, int node, int link, const uint8_t *data, size_t size)
{
    size_t used;

    trace_frames(world, node, "in", link, data, size);
    used = msgr_link_input(world->node[node].engine, link, node_now_ms(world, node), data, size);
    time_is_told(world, node, false);
    checker_bytes(&world->checker, node, "used of what came", used, size);
    return used <= size ? used : size;
}

size_t call_output(struct world *world, int node, int link, uint8_t *data, size_t room,
                   bool is_datagram)
{
    size_t size =
        msgr_link_output(world->node[node].engine, link, node_now_ms(world, node), data, room);

    time_is_told(world, node, false);
    checker_bytes(&world->checker, node, "written", size, room);
    if (is_datagram && size > 0 && (size < 10 || memcmp(data, "\xF9MG\x01", 4) != 0)) {
        checker_violate(&world->checker, RULE_TRANSPORT, "node %d: no framed datagram", node);
    }
    if (size > 0 && size <= room) {
        trace_frames(world, node, "out", link, data, size);
    }
    return size <= room ? size : 0;
}

void call_unsent(struct world *world, int node, int link)
{
    trace(world, node, "msgr_link_unsent(%d)", link);
    msgr_link_unsent(world->node[node].engine, link);
}

void call_down(struct world *world, int node, int link)
{
    trace(world, node, "msgr_link_down(%d) (%s)", link,
          msgr_reason_text(msgr_link_reason(world->node[node].engine, link)));
    msgr_link_down(world->node[node].engine, link, node_now_ms(world, node));
    time_is_told(world, node, false);
}
