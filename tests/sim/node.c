/* SPDX-License-Identifier: BSD-3-Clause */
/* One node: its memory between two guards, its clock, its life, and its turns. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#define GUARD_BYTE 0xA7

uint8_t *node_memory(const struct node *node)
{
    return node->block + GUARD_SIZE;
}

/* Microseconds of its clock in a second of the world's. */
static uint64_t rate_of(const struct node *node)
{
    int64_t rate = 1000000 + (int64_t)node->plan.clock_ppm;

    return (uint64_t)rate;
}

uint32_t node_now_ms(const struct world *world, int node)
{
    const struct node *it = &world->node[node];
    uint64_t ran_us = world->now_us - it->clock_zero_us;

    ran_us = ran_us * rate_of(it) / 1000000;
    return it->plan.clock_ms + (uint32_t)(ran_us / 1000);
}

/* When the node's clock will have moved on by `ms` from the millisecond it shows now. */
static uint64_t when_clock_has_moved(const struct world *world, int node, uint32_t ms)
{
    const struct node *it = &world->node[node];
    uint64_t rate = rate_of(it);
    uint64_t ran_ms = (world->now_us - it->clock_zero_us) * rate / 1000000 / 1000;

    return it->clock_zero_us + ((ran_ms + ms) * 1000 * 1000000 + rate - 1) / rate;
}

static void make_memory(struct node *node)
{
    size_t peers = node->plan.peers;

    node->memory_size = (MSGR_SIZE(peers, node->plan.pool) + 7) / 8 * 8;
    node->block = malloc(node->memory_size + 2 * (size_t)GUARD_SIZE);
    if (node->block == NULL) {
        abort();
    }
    memset(node->block, GUARD_BYTE, node->memory_size + 2 * (size_t)GUARD_SIZE);
}

void node_boot(struct world *world, int node)
{
    struct node *it = &world->node[node];

    it->is_on = true;
    it->life++;
    it->clock_zero_us = world->now_us;
    it->wake_at_us = UINT64_MAX;
    if (it->life > 1) {
        it->plan.clock_ms = (uint32_t)dice_roll(&world->dice);
    }
    if (it->life == 1 || it->plan.repeats_random) {
        it->random = it->random_first;
    }
    if (it->block == NULL) {
        make_memory(it);
    }
    if (!call_open(world, node)) {
        it->is_on = false;
        return;
    }
    call_tick(world, node); /* the engine learns what time it is */
    app_start(world, node);
    for (int path = 0; path < (int)world->plan.paths; path++) {
        int initiator = world->plan.path[path].initiator;

        if (initiator == node || initiator == PLAN_BOTH) {
            queue_add(&world->queue, (struct job){.at_us = world->now_us,
                                                  .kind = JOB_CONNECT,
                                                  .node = node,
                                                  .path = path,
                                                  .serial = it->life});
        }
    }
}

void node_stop(struct world *world, int node)
{
    struct node *it = &world->node[node];

    trace(world, node, "power is gone");
    stream_node_died(world, node);
    memset(it->datagram, 0, sizeof it->datagram);
    it->is_on = false;
}

void node_plan_turn(struct world *world, int node, uint64_t at_us)
{
    struct node *it = &world->node[node];

    if (at_us < it->wake_at_us) {
        it->wake_at_us = at_us;
        queue_add(&world->queue, (struct job){.at_us = at_us, .kind = JOB_WAKE, .node = node});
    }
}

static void plan_wake(struct world *world, int node)
{
    struct node *it = &world->node[node];
    uint32_t in_ms = msgr_deadline_ms(it->engine, node_now_ms(world, node));

    if (in_ms != MSGR_NEVER) {
        uint64_t late_us = world->is_calm || it->plan.late_us == 0
                               ? 0
                               : dice_below(&world->dice, it->plan.late_us);

        node_plan_turn(world, node,
                       when_clock_has_moved(world, node, in_ms > 0 ? in_ms : 1) + late_us);
    }
}

/* Who is told to tick at once is not to be told so again: it would spin. */
static void tick(struct world *world, int node)
{
    struct node *it = &world->node[node];
    uint32_t now_ms = node_now_ms(world, node);

    if (it->plan.ticks_always || msgr_deadline_ms(it->engine, now_ms) == 0) {
        call_tick(world, node);
        for (int i = 0; i < 4 && msgr_deadline_ms(it->engine, now_ms) == 0; i++) {
            call_tick(world, node);
        }
        if (msgr_deadline_ms(it->engine, now_ms) == 0 && msgr_link_pending(it->engine, -1) < 0) {
            checker_violate(&world->checker, RULE_TRANSPORT,
                            "node %d: msgr_deadline_ms() is 0 after msgr_tick()", node);
        }
    }
}

static void transmit(struct world *world, int node)
{
    struct msgr *engine = world->node[node].engine;
    int link = -1;

    for (int i = 0; (link = msgr_link_pending(engine, link)) >= 0; i++) {
        if (i > 2 * MSGR_LINKS_PER_PEER * MSGR_PEERS_MAX ||
            (!datagram_transmit(world, node, link) && !stream_transmit(world, node, link))) {
            checker_violate(&world->checker, RULE_TRANSPORT,
                            "node %d: link %d is pending, and is none", node, link);
            return;
        }
    }
    datagram_reap(world, node);
    stream_reap(world, node);
}

/* link.h: wake() says that there is something to transmit, whoever was called. */
static void application(struct world *world, int node)
{
    struct node *it = &world->node[node];
    bool was_idle = msgr_link_pending(it->engine, -1) < 0;

    it->was_woken = false;
    app_act(world, node);
    if (was_idle && msgr_link_pending(it->engine, -1) >= 0 && !it->was_woken) {
        checker_violate(&world->checker, RULE_TRANSPORT,
                        "node %d: something to transmit, and wake() was not called", node);
    }
}

void node_turn(struct world *world, int node)
{
    if (!world->node[node].is_on || !world_is_right(world)) {
        return;
    }
    world->turns[node]++;
    if (world->on_turn != NULL) {
        world->on_turn(world, node);
        if (!world->node[node].is_on) {
            return;
        }
    }
    tick(world, node);
    stream_present(world, node);
    application(world, node);
    transmit(world, node);
    plan_wake(world, node);
}

void node_free(struct node *node)
{
    free(node->block);
    node->block = NULL;
}
