/* SPDX-License-Identifier: BSD-3-Clause */
/* What the adversary does from time to time. */
#include "world.h"

static int any_path(struct world *world)
{
    return (int)dice_below(&world->dice, world->plan.paths);
}

static void change_weather(struct world *world)
{
    int node = (int)dice_below(&world->dice, 2);
    struct weather *weather = &world->weather[node];

    plan_weather(&world->plan, &world->dice, weather);
    trace(world, node, "weather: loss %u, duplicates %u, flips %u, %u to %u us, late %u",
          weather->loss, weather->duplicate, weather->flip, weather->delay_us,
          weather->delay_us + weather->jitter_us, weather->late);
}

static void part(struct world *world)
{
    static const uint32_t most_us[] = {20000, 1000000, 20000000};
    uint64_t until_us =
        world->now_us + dice_below(&world->dice, most_us[dice_below(&world->dice, 3)]) + 1;
    uint32_t who = dice_between(&world->dice, 1, 3);
    int path = any_path(world);

    for (int node = 0; node < 2; node++) {
        if ((who & 1u << node) != 0) {
            world->path[path].blocked_until_us[node] = until_us;
            trace(world, node, "path %d: nothing gets through for %llu us", path,
                  (unsigned long long)(until_us - world->now_us));
        }
    }
}

/* Addresses change, connections break, or a path is taken away and brought back later. */
static void cut(struct world *world)
{
    int path = any_path(world);
    int initiator = world->plan.path[path].initiator;

    if (world->path[path].is_cut) {
        world->path[path].is_cut = false;
        trace(world, 0, "path %d is back", path);
        return;
    }
    world->path[path].is_cut = dice_chance(&world->dice, 300);
    trace(world, 0, "path %d is %s", path, world->path[path].is_cut ? "cut" : "broken");
    if (world->plan.path[path].kind == MSGR_LINK_STREAM) {
        stream_break(world, path);
        return;
    }
    if (initiator != PLAN_BOTH && dice_chance(&world->dice, 500)) {
        world->path[path].port[initiator]++;
    }
    for (int node = 0; node < 2; node++) {
        bool knows = node == initiator || dice_chance(&world->dice, 300);

        if (world->node[node].is_on && knows) {
            datagram_cut(world, node, path);
            node_turn(world, node);
        }
    }
}

static void restart(struct world *world)
{
    int node = (int)dice_below(&world->dice, 2);
    struct node *it = &world->node[node];

    if (!it->is_on || it->life >= 120) {
        return;
    }
    node_stop(world, node);
    if (world->plan.may_replace && dice_chance(&world->dice, 300)) {
        it->plan.identity ^= (uint64_t)it->life << 32;
    }
    queue_add(&world->queue,
              (struct job){.at_us = world->now_us + dice_below(&world->dice, 2000000),
                           .kind = JOB_BOOT,
                           .node = node});
}

void mischief(struct world *world)
{
    const struct plan *plan = &world->plan;
    uint32_t all =
        plan->weather_changes + plan->partitions + plan->cuts + plan->restarts + plan->injections;
    uint32_t which = dice_below(&world->dice, all);

    if (world->is_calm || all == 0) {
        return;
    }
    if (which < plan->weather_changes) {
        change_weather(world);
    } else if ((which -= plan->weather_changes) < plan->partitions) {
        part(world);
    } else if ((which -= plan->partitions) < plan->cuts) {
        cut(world);
    } else if (which - plan->cuts < plan->restarts) {
        restart(world);
    } else {
        injector_strike(world);
    }
    queue_add(
        &world->queue,
        (struct job){.at_us = world->now_us + dice_below(&world->dice, 2 * plan->mischief_us) + 1,
                     .kind = JOB_MISCHIEF});
}
