/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP connections come and go. Either end learns of the end some time after. */
#include "world.h"

#include <string.h>

struct stream *stream_find(struct world *world, uint32_t serial)
{
    for (int i = 0; i < STREAMS_MAX; i++) {
        if (world->stream[i].is_used && world->stream[i].serial == serial) {
            return &world->stream[i];
        }
    }
    return NULL;
}

static void retry_later(struct world *world, int node, int path)
{
    uint64_t back_off_us = (uint64_t)100000
                           << (world->path[path].tries < 4 ? world->path[path].tries++ : 4);

    queue_add(&world->queue,
              (struct job){.at_us = world->now_us + back_off_us + dice_below(&world->dice, 50000),
                           .kind = JOB_CONNECT,
                           .node = node,
                           .path = path,
                           .serial = world->node[node].life});
}

static bool is_under_way(const struct world *world, int node, int path)
{
    for (int i = 0; i < STREAMS_MAX; i++) {
        const struct stream *it = &world->stream[i];

        if (it->is_used && it->path == path && it->initiator == node && it->link[node] != -1) {
            return true;
        }
    }
    return false;
}

#define LINK_CONNECTING (-2)

void stream_connect(struct world *world, int node, int path)
{
    struct stream *it = world->stream;
    uint64_t delay_us = network_stream_delay(world, node, path);

    if (is_under_way(world, node, path)) {
        return;
    }
    while (it < world->stream + STREAMS_MAX && it->is_used) {
        it++;
    }
    if (it == world->stream + STREAMS_MAX || !world->node[1 - node].is_on ||
        world->path[path].blocked_until_us[node] > world->now_us) {
        retry_later(world, node, path);
        return;
    }
    memset(it, 0, sizeof *it);
    it->is_used = true;
    it->path = path;
    it->initiator = node;
    it->serial = ++world->serial;
    it->link[node] = LINK_CONNECTING;
    it->link[1 - node] = -1;
    queue_add(&world->queue, (struct job){.at_us = world->now_us + delay_us,
                                          .kind = JOB_STREAM_UP,
                                          .node = node,
                                          .path = path,
                                          .serial = it->serial});
}

static void plan_end(struct world *world, const struct stream *it, int node, uint64_t at_us)
{
    uint64_t last_us = it->way[1 - node].last_us;

    queue_add(&world->queue, (struct job){.at_us = at_us > last_us ? at_us : last_us,
                                          .kind = JOB_STREAM_END,
                                          .node = node,
                                          .path = it->path,
                                          .serial = it->serial});
}

static void forget_if_over(struct stream *it)
{
    if (it->link[0] == -1 && it->link[1] == -1) {
        it->is_used = false;
    }
}

/* This end is gone; the other will be told. */
static void leave(struct world *world, struct stream *it, int node)
{
    it->link[node] = -1;
    if (node == it->initiator && world->node[node].is_on) {
        retry_later(world, node, it->path);
    }
    if (it->link[1 - node] >= 0) {
        plan_end(world, it, 1 - node, world->now_us + network_stream_delay(world, node, it->path));
    }
    forget_if_over(it);
}

void stream_is_up(struct world *world, const struct job *job)
{
    struct stream *it = stream_find(world, job->serial);
    int node = job->node;

    if (it == NULL || it->link[node] != LINK_CONNECTING) {
        return;
    }
    it->link[node] = -1;
    if (!world->node[0].is_on || !world->node[1].is_on || world->path[job->path].is_cut) {
        leave(world, it, node);
        return;
    }
    it->link[node] = call_connect(world, node, MSGR_LINK_STREAM);
    it->link[1 - node] = call_accept(world, 1 - node);
    for (int i = 0; i < 2; i++) {
        if (it->link[i] < 0) {
            it->link[i] = -1;
            leave(world, it, i);
        }
    }
    node_turn(world, node);
    node_turn(world, 1 - node);
}

void stream_end(struct world *world, const struct job *job)
{
    struct stream *it = stream_find(world, job->serial);

    if (it == NULL || it->link[job->node] < 0) {
        return;
    }
    call_down(world, job->node, it->link[job->node]);
    leave(world, it, job->node);
    node_turn(world, job->node);
}

void stream_reap(struct world *world, int node)
{
    for (int i = 0; i < STREAMS_MAX; i++) {
        struct stream *it = &world->stream[i];

        if (it->is_used && it->link[node] >= 0 &&
            msgr_link_is_over(world->node[node].engine, it->link[node])) {
            call_down(world, node, it->link[node]);
            leave(world, it, node);
        }
    }
}

/* A router in between forgets the connection: both ends learn it, not at the same time. */
void stream_break(struct world *world, int path)
{
    for (int i = 0; i < STREAMS_MAX; i++) {
        struct stream *it = &world->stream[i];

        if (it->is_used && it->path == path) {
            plan_end(world, it, 0, world->now_us + dice_below(&world->dice, 1000000));
            plan_end(world, it, 1, world->now_us + dice_below(&world->dice, 1000000));
        }
    }
}

void stream_node_died(struct world *world, int node)
{
    for (int i = 0; i < STREAMS_MAX; i++) {
        struct stream *it = &world->stream[i];

        if (it->is_used && it->link[node] != -1) {
            it->link[node] = -1;
            if (it->link[1 - node] >= 0) {
                plan_end(world, it, 1 - node, world->now_us + dice_below(&world->dice, 3000000));
            }
            forget_if_over(it);
        }
    }
}
