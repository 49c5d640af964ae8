/* SPDX-License-Identifier: BSD-3-Clause */
#include "pair.h"

static void fill_random(void *ctx, void *data, size_t size)
{
    struct pair_node *node = ctx;
    uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        if (!node->random_repeats) {
            node->random = node->random * 1664525 + 1013904223;
        }
        bytes[i] = (uint8_t)(node->random >> 24);
    }
}

static void note_wake(void *ctx)
{
    struct pair_node *node = ctx;

    node->wakes++;
}

/* ---- beginning ---- */

static void start_node(struct pair_node *node, const char *name, uint64_t identity)
{
    node->size = PAIR_SIZE;
    node->random = (uint32_t)identity;
    node->config = (struct msgr_config){.name = name,
                                        .identity = identity,
                                        .boot = 0xB000 + identity,
                                        .peers = PAIR_PEERS,
                                        .random = fill_random,
                                        .wake = note_wake,
                                        .ctx = node};
}

void pair_start(struct pair *p)
{
    memset(p, 0, sizeof *p);
    p->now_ms = 1000;
    start_node(&p->node[ALICE], "alice", 0xA11CE);
    start_node(&p->node[BOB], "bob", 0xB0B0B0);
    for (unsigned i = 0; i < PAIR_WIRES; i++) {
        p->wire[i].link[ALICE] = -1;
        p->wire[i].link[BOB] = -1;
        p->wire[i].address = i;
    }
}

void pair_open(struct pair *p, enum pair_side side)
{
    struct pair_node *node = &p->node[side];

    node->config.now_ms = p->now_ms;
    assert_int_equal(msgr_open(&node->m, node->memory, node->size, &node->config), 0);
}

void pair_connect(struct pair *p, unsigned wire, enum msgr_link_kind kind)
{
    struct pair_wire *w = &p->wire[wire];

    w->kind = kind;
    w->held_size[ALICE] = 0;
    w->held_size[BOB] = 0;
    w->link[ALICE] = msgr_link_connect(p->node[ALICE].m, p->now_ms, kind);
    assert_true(w->link[ALICE] >= 0);
    if (kind == MSGR_LINK_STREAM) {
        w->link[BOB] = msgr_link_accept(p->node[BOB].m, p->now_ms);
        assert_true(w->link[BOB] >= 0);
    }
}

void pair_up_on(struct pair *p, enum msgr_link_kind kind)
{
    pair_start(p);
    pair_open(p, ALICE);
    pair_open(p, BOB);
    pair_connect(p, 0, kind);
    pair_settle(p);
    for (int side = ALICE; side <= BOB; side++) {
        pair_expect(p, (enum pair_side)side, MSGR_EVENT_PEER_UP);
        pair_expect_nothing(p, (enum pair_side)side);
        p->node[side].peer = msgr_peer_after(p->node[side].m, -1);
    }
    pair_pass(p, 20);
}

void pair_up(struct pair *p)
{
    pair_up_on(p, MSGR_LINK_DATAGRAM);
}

void pair_restart(struct pair *p, enum pair_side side)
{
    p->node[side].config.boot++;
    for (unsigned i = 0; i < PAIR_WIRES; i++) {
        p->wire[i].link[side] = -1;
    }
    pair_open(p, side);
}

/* ---- the wires ---- */

static void push(struct pair *p, unsigned to, unsigned wire, const uint8_t *data, size_t size)
{
    struct pair_datagram *datagram = &p->queue[p->queued];

    assert_true(p->queued < PAIR_QUEUE);
    p->queued++;
    datagram->to = (uint8_t)to;
    datagram->wire = (uint8_t)wire;
    datagram->size = (uint16_t)size;
    if (size > 0) {
        memcpy(datagram->data, data, size);
    }
}

/* PAIR_WIRES: it leads to somebody else. */
static unsigned wire_of(const struct pair *p, unsigned side, int link)
{
    unsigned wire = 0;

    while (wire < PAIR_WIRES && p->wire[wire].link[side] != link) {
        wire++;
    }
    return wire;
}

static void close_link(struct pair *p, unsigned side, unsigned wire)
{
    struct pair_wire *w = &p->wire[wire];

    msgr_link_down(p->node[side].m, w->link[side], p->now_ms);
    w->link[side] = -1;
    if (w->kind == MSGR_LINK_STREAM && w->link[1 - side] >= 0) {
        push(p, 1 - side, wire, NULL, 0);
    }
}

unsigned pair_collect(struct pair *p, enum pair_side side)
{
    struct msgr *m = p->node[side].m;
    unsigned before = p->queued;
    uint8_t data[MSGR_DATAGRAM_MAX];

    for (int link = msgr_link_pending(m, -1); link >= 0; link = msgr_link_pending(m, link)) {
        unsigned wire = wire_of(p, side, link);
        if (wire == PAIR_WIRES) {
            continue;
        }
        size_t size = msgr_link_output(m, link, p->now_ms, data, sizeof data);

        while (size > 0) {
            push(p, 1 - side, wire, data, size);
            size = msgr_link_output(m, link, p->now_ms, data, sizeof data);
        }
        if (msgr_link_is_over(m, link)) {
            close_link(p, side, wire);
        }
    }
    return p->queued - before;
}

static void stream_arrives(struct pair *p, unsigned to, unsigned wire, const uint8_t *data,
                           size_t size)
{
    struct pair_wire *w = &p->wire[wire];
    uint8_t *held = w->held[to];

    assert_true(w->held_size[to] + size <= sizeof w->held[to]);
    memcpy(held + w->held_size[to], data, size);
    w->held_size[to] += size;
    size_t used = msgr_link_input(p->node[to].m, w->link[to], p->now_ms, held, w->held_size[to]);
    w->held_size[to] -= used;
    memmove(held, held + used, w->held_size[to]);
}

static void datagram_arrives(struct pair *p, unsigned to, unsigned wire, const uint8_t *data,
                             size_t size)
{
    struct pair_wire *w = &p->wire[wire];
    uint8_t answer[MSGR_ANSWER_MAX];
    size_t answer_size = 0;

    if (w->link[to] >= 0) {
        assert_int_equal(msgr_link_input(p->node[to].m, w->link[to], p->now_ms, data, size), size);
        return;
    }
    int link = msgr_link_stranger(p->node[to].m, p->now_ms, &w->address, sizeof w->address, data,
                                  size, answer, &answer_size);
    assert_true(answer_size <= size);
    if (link >= 0) {
        w->link[to] = link;
    }
    if (answer_size > 0) {
        push(p, 1 - to, wire, answer, answer_size);
    }
}

static void arrive(struct pair *p, const struct pair_datagram *datagram)
{
    unsigned to = datagram->to;
    unsigned wire = datagram->wire;

    if (p->wire[wire].kind == MSGR_LINK_DATAGRAM) {
        datagram_arrives(p, to, wire, datagram->data, datagram->size);
    } else if (p->wire[wire].link[to] >= 0 && datagram->size > 0) {
        stream_arrives(p, to, wire, datagram->data, datagram->size);
    } else if (p->wire[wire].link[to] >= 0) {
        msgr_link_down(p->node[to].m, p->wire[wire].link[to], p->now_ms);
        p->wire[wire].link[to] = -1;
    }
}

void pair_deliver_copy(struct pair *p, unsigned index)
{
    struct pair_datagram datagram = p->queue[index];

    assert_true(index < p->queued);
    arrive(p, &datagram);
}

void pair_drop(struct pair *p, unsigned index)
{
    assert_true(index < p->queued);
    p->queued--;
    memmove(&p->queue[index], &p->queue[index + 1], (p->queued - index) * sizeof p->queue[0]);
}

void pair_deliver(struct pair *p, unsigned index)
{
    struct pair_datagram datagram = p->queue[index];

    pair_drop(p, index);
    arrive(p, &datagram);
}

void pair_drop_all(struct pair *p)
{
    p->queued = 0;
}

void pair_deliver_all(struct pair *p)
{
    while (p->queued > 0) {
        pair_deliver(p, 0);
    }
}

void pair_settle(struct pair *p)
{
    for (int turns = 0; turns < 1000; turns++) {
        unsigned said = pair_collect(p, ALICE) + pair_collect(p, BOB);

        if (said == 0 && p->queued == 0) {
            return;
        }
        pair_deliver_all(p);
    }
    fail_msg("they never stop");
}

void pair_inject(struct pair *p, enum pair_side to, unsigned wire, const uint8_t *frames,
                 size_t size)
{
    struct pair_datagram datagram = {.to = (uint8_t)to, .wire = (uint8_t)wire};
    uint8_t *at = datagram.data;

    if (p->wire[wire].kind == MSGR_LINK_DATAGRAM) {
        at = msgr_frame_put_mark(at);
    }
    memcpy(at, frames, size);
    datagram.size = (uint16_t)((size_t)(at - datagram.data) + size);
    arrive(p, &datagram);
}

/* ---- time ---- */

void pair_wait(struct pair *p, uint32_t ms)
{
    p->now_ms += ms;
    msgr_tick(p->node[ALICE].m, p->now_ms);
    msgr_tick(p->node[BOB].m, p->now_ms);
}

/* How long until one of them has something to do, at most `ms`. */
static uint32_t until_due(const struct pair *p, uint32_t ms)
{
    for (int side = ALICE; side <= BOB; side++) {
        uint32_t due_ms = msgr_deadline_ms(p->node[side].m, p->now_ms);
        ms = due_ms < ms ? due_ms : ms;
    }
    return ms;
}

void pair_pass(struct pair *p, uint32_t ms)
{
    pair_settle(p);
    while (ms > 0) {
        uint32_t step_ms = until_due(p, ms);

        pair_wait(p, step_ms > 0 ? step_ms : 1);
        ms -= step_ms > 0 ? step_ms : 1;
        pair_settle(p);
    }
}

/* ---- looking at the queue ---- */

static bool find_frame(const struct pair *p, uint8_t type, unsigned n, struct msgr_frame *frame,
                       unsigned *count)
{
    *count = 0;
    for (unsigned i = 0; i < p->queued; i++) {
        const struct pair_datagram *datagram = &p->queue[i];
        size_t at = datagram->size > 0 && datagram->data[0] == 0xF9 ? MSGR_MARK_SIZE : 0;

        for (; at < datagram->size; at += frame->size) {
            assert_int_equal(msgr_frame_parse(frame, datagram->data + at, datagram->size - at),
                             MSGR_FRAME_WHOLE);
            if (frame->type == type && (*count)++ == n) {
                return true;
            }
        }
    }
    return false;
}

unsigned pair_count(const struct pair *p, uint8_t type)
{
    struct msgr_frame frame;
    unsigned count;

    find_frame(p, type, ~0u, &frame, &count);
    return count;
}

struct msgr_frame pair_frame(const struct pair *p, uint8_t type, unsigned n)
{
    struct msgr_frame frame = {0};
    unsigned count;

    assert_true(find_frame(p, type, n, &frame, &count));
    return frame;
}

struct msgr_ack pair_ack(const struct pair *p, uint8_t *flags)
{
    struct msgr_frame frame = pair_frame(p, MSGR_FRAME_ACK, 0);
    struct msgr_ack ack;

    assert_true(msgr_ack_parse(&ack, &frame));
    if (flags != NULL) {
        *flags = frame.flags;
    }
    return ack;
}

struct msgr_data pair_data(const struct pair *p, unsigned n)
{
    struct msgr_frame frame = pair_frame(p, MSGR_FRAME_DATA, n);
    struct msgr_data data;

    assert_true(msgr_data_parse(&data, &frame));
    return data;
}

/* ---- looking at engines ---- */

struct msgr_peer *pair_peer(struct pair *p, enum pair_side side)
{
    return &p->node[side].m->peers[0];
}

struct msgr_link *pair_link(struct pair *p, enum pair_side side, unsigned wire)
{
    assert_true(p->wire[wire].link[side] >= 0);
    return &p->node[side].m->links[p->wire[wire].link[side]];
}

struct msgr_stats pair_stats(const struct pair *p, enum pair_side side)
{
    struct msgr_stats stats;

    msgr_stats(p->node[side].m, &stats);
    return stats;
}

/* ---- applications ---- */

int32_t pair_send(struct pair *p, enum pair_side from, const char *text)
{
    int32_t message = msgr_send(p->node[from].m, p->node[from].peer, text, strlen(text), 0);

    assert_true(message > 0);
    return message;
}

int32_t pair_send_bytes(struct pair *p, enum pair_side from, size_t size)
{
    static uint8_t bytes[MSGR_MESSAGE_MAX];

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    int32_t message = msgr_send(p->node[from].m, p->node[from].peer, bytes, size, 0);
    assert_true(message > 0);
    return message;
}

struct msgr_event pair_next(struct pair *p, enum pair_side side)
{
    struct msgr_event event = {0};

    assert_true(msgr_next(p->node[side].m, &event));
    return event;
}

void pair_expect(struct pair *p, enum pair_side side, enum msgr_event_type type)
{
    assert_int_equal(pair_next(p, side).type, type);
}

void pair_expect_message(struct pair *p, enum pair_side side, const char *text)
{
    struct msgr_event event = pair_next(p, side);

    assert_int_equal(event.type, MSGR_EVENT_MESSAGE);
    assert_int_equal(event.size, strlen(text));
    assert_memory_equal(event.data, text, event.size);
}

void pair_expect_outcome(struct pair *p, enum pair_side side, int32_t message,
                         enum msgr_outcome outcome, enum msgr_reason reason)
{
    struct msgr_event event = pair_next(p, side);

    assert_int_equal(event.type, MSGR_EVENT_OUTCOME);
    assert_int_equal(event.message, message);
    assert_int_equal(event.outcome, outcome);
    assert_int_equal(event.reason, reason);
}

void pair_expect_down(struct pair *p, enum pair_side side, enum msgr_reason reason)
{
    struct msgr_event event = pair_next(p, side);

    assert_int_equal(event.type, MSGR_EVENT_PEER_DOWN);
    assert_int_equal(event.reason, reason);
}

void pair_expect_nothing(struct pair *p, enum pair_side side)
{
    struct msgr_event event;

    assert_false(msgr_next(p->node[side].m, &event));
}

unsigned pair_pull(struct pair *p, enum pair_side side, enum msgr_event_type type)
{
    struct msgr_event event;
    unsigned count = 0;

    while (msgr_next(p->node[side].m, &event)) {
        count += event.type == type ? 1 : 0;
    }
    return count;
}
