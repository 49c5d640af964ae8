/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What flows in TCP connections: bytes arrive whole and in order, in segments of any size, as far
 * as the window reaches; what the engine did not use is presented again with what follows.
 */
#include "world.h"

#include <stdlib.h>
#include <string.h>

static struct stream *find_link(struct world *world, int node, int link)
{
    for (int i = 0; i < STREAMS_MAX; i++) {
        if (world->stream[i].is_used && world->stream[i].link[node] == link) {
            return &world->stream[i];
        }
    }
    return NULL;
}

/* Whole frames are used, so a full frame's worth of bytes is never refused. */
static void offer(struct world *world, int node, struct stream *it)
{
    uint8_t *bytes = it->way[1 - node].bytes;
    size_t *held = &it->way[1 - node].held;
    size_t size = *held;
    size_t used;

    if (size > 1 && !world->is_calm && dice_chance(&world->dice, world->plan.narrow)) {
        size = dice_between(&world->dice, 1, (uint32_t)size);
    }
    used = call_input(world, node, it->link[node], bytes, size);
    if (used == 0 && size >= MSGR_DATAGRAM_MAX) {
        checker_violate(&world->checker, RULE_TRANSPORT, "node %d: nothing used of %zu bytes", node,
                        size);
    }
    memmove(bytes, bytes + used, *held - used);
    *held -= used;
    if (*held > 0 && (used > 0 || size < *held)) {
        node_plan_turn(world, node, world->now_us + 100);
    }
}

void stream_present(struct world *world, int node)
{
    for (int i = 0; i < STREAMS_MAX; i++) {
        struct stream *it = &world->stream[i];

        if (it->is_used && it->link[node] >= 0 && it->way[1 - node].held > 0) {
            offer(world, node, it);
        }
    }
}

void stream_segment(struct world *world, const struct job *job)
{
    struct stream *it = stream_find(world, job->serial);
    int node = job->node;

    if (it == NULL) {
        return;
    }
    it->way[1 - node].under_way -= job->size;
    if (it->link[node] < 0) {
        return;
    }
    memcpy(it->way[1 - node].bytes + it->way[1 - node].held, job->bytes, job->size);
    it->way[1 - node].held += job->size;
    node_turn(world, node);
    if (it->is_used && it->link[1 - node] >= 0) {
        node_plan_turn(world, 1 - node, world->now_us); /* there may be room again */
    }
}

static void send_segment(struct world *world, struct stream *it, int node, const uint8_t *bytes,
                         size_t size)
{
    uint64_t at_us = world->now_us + network_stream_delay(world, node, it->path);
    struct job job = {.kind = JOB_SEGMENT,
                      .node = 1 - node,
                      .path = it->path,
                      .serial = it->serial,
                      .size = size};
    struct fate_of_packet fate = {.copies = 1, .flip_bit = -1};

    if (dice_chance(&world->dice, world->weather[node].flip)) {
        fate.flip_bit = (int)dice_below(&world->dice, (uint32_t)size * 8);
    }
    if (world->on_packet != NULL) {
        world->on_packet(world, world->packets, size, &fate);
    }
    world->packets++;
    world->wire_bytes += size;
    job.at_us = at_us > it->way[node].last_us ? at_us : it->way[node].last_us;
    it->way[node].last_us = job.at_us;
    it->way[node].under_way += size;
    job.bytes = malloc(size);
    if (job.bytes == NULL) {
        abort();
    }
    memcpy(job.bytes, bytes, size);
    if (fate.flip_bit >= 0) {
        job.bytes[fate.flip_bit / 8] ^= (uint8_t)(1 << fate.flip_bit % 8);
    }
    queue_add(&world->queue, job);
    if (fate.copies == 0) {
        stream_break(world, it->path);
    }
}

static size_t room_of(struct world *world, const struct stream *it, int node)
{
    size_t taken = it->way[node].under_way + it->way[node].held;
    size_t room = taken < STREAM_WINDOW ? STREAM_WINDOW - taken : 0;

    if (world->is_mute[node]) {
        return 0;
    }
    room = room < MSGR_DATAGRAM_MAX ? room : MSGR_DATAGRAM_MAX;
    if (!world->is_calm && dice_chance(&world->dice, world->plan.narrow)) {
        room = dice_below(&world->dice, (uint32_t)room + 1);
        node_plan_turn(world, node, world->now_us + dice_below(&world->dice, 5000));
    }
    return room;
}

bool stream_transmit(struct world *world, int node, int link)
{
    struct stream *it = find_link(world, node, link);
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size;
    size_t cut;

    if (it == NULL) {
        return false;
    }
    while (it->link[node] >= 0 &&
           (size = call_output(world, node, link, data, room_of(world, it, node), false)) > 0) {
        if (!world->is_calm && dice_chance(&world->dice, world->plan.unsent)) {
            call_unsent(world, node, link);
            node_plan_turn(world, node, world->now_us + dice_below(&world->dice, 10000));
            break;
        }
        cut = dice_chance(&world->dice, world->plan.narrow)
                  ? dice_below(&world->dice, (uint32_t)size)
                  : 0;
        if (cut > 0) {
            send_segment(world, it, node, data, cut);
        }
        send_segment(world, it, node, data + cut, size - cut);
    }
    return true;
}
