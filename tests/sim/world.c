/* SPDX-License-Identifier: BSD-3-Clause */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_US 1000000u

/* After the faults have stopped, so long and not longer. */
#define RETURN_S   30
#define DELIVERY_S 10
#define EMPTY_S    20

#define LATEST_US        ((uint64_t)3 * SECOND_US)
#define SETTLE_STEPS_MAX 200000

bool world_is_right(const struct world *world)
{
    return world->checker.violated == RULE_NONE;
}

void world_init(struct world *world, const struct plan *plan)
{
    memset(world, 0, sizeof *world);
    world->plan = *plan;
    world->dice = (struct dice){plan->seed ^ 0x5EED};
    checker_init(&world->checker);
    world->checker.is_hostile = plan->injections > 0;
    for (int node = 0; node < 2; node++) {
        struct node *it = &world->node[node];

        it->plan = plan->node[node];
        it->random_first = dice_fork(&world->dice);
        it->wake_at_us = UINT64_MAX;
        world->weather[node] = plan->weather[node];
        queue_add(&world->queue,
                  (struct job){.at_us = plan->seed == 0 ? 0 : dice_below(&world->dice, 50000),
                               .kind = JOB_BOOT,
                               .node = node});
    }
    for (unsigned i = 0; i < plan->paths; i++) {
        int initiator = plan->path[i].initiator;

        if (initiator != PLAN_BOTH) {
            world->path[i].port[initiator] = 1;
        }
    }
    if (plan->mischief_us > 0) {
        queue_add(&world->queue, (struct job){.at_us = dice_below(&world->dice, plan->mischief_us),
                                              .kind = JOB_MISCHIEF});
    }
}

void world_free(struct world *world)
{
    queue_free(&world->queue);
    for (int i = 0; i < 2; i++) {
        node_free(&world->node[i]);
    }
    for (unsigned i = 0; i < world->records; i++) {
        free(world->record[i].bytes);
    }
    checker_free(&world->checker);
}

static void try_connect(struct world *world, struct job job)
{
    const struct node *node = &world->node[job.node];

    if (!node->is_on || node->life != job.serial) {
        return;
    }
    if (world->path[job.path].is_cut) {
        job.at_us = world->now_us + 200000;
        queue_add(&world->queue, job);
        return;
    }
    if (world->plan.path[job.path].kind == MSGR_LINK_STREAM) {
        stream_connect(world, job.node, job.path);
    } else {
        datagram_connect(world, job.node, job.path);
    }
    node_turn(world, job.node);
}

static void do_job(struct world *world, const struct job *job)
{
    struct node *node = &world->node[job->node];

    switch (job->kind) {
    case JOB_WAKE:
        if (node->wake_at_us == job->at_us) {
            node->wake_at_us = UINT64_MAX;
            node_turn(world, job->node);
        }
        break;
    case JOB_APP:
        if (node->is_on && job->serial == node->life) {
            if (node->plan.ticks_always) {
                call_tick(world, job->node);
            }
            app_job(world, job->node);
            node_turn(world, job->node);
        }
        break;
    case JOB_BOOT:
        node_boot(world, job->node);
        node_turn(world, job->node);
        break;
    case JOB_CONNECT:
        try_connect(world, *job);
        break;
    case JOB_DATAGRAM:
        datagram_arrives(world, job);
        break;
    case JOB_STREAM_UP:
        stream_is_up(world, job);
        break;
    case JOB_SEGMENT:
        stream_segment(world, job);
        break;
    case JOB_STREAM_END:
        stream_end(world, job);
        break;
    case JOB_MISCHIEF:
        mischief(world);
        break;
    default:
        break;
    }
}

bool world_run(struct world *world, uint64_t until_us)
{
    struct job job;

    while (world_is_right(world) && world->steps < world->plan.steps_max &&
           queue_next_us(&world->queue) <= until_us && queue_take(&world->queue, &job)) {
        world->now_us = world->checker.now_us = job.at_us;
        world->steps++;
        do_job(world, &job);
        free(job.bytes);
    }
    if (world_is_right(world) && world->now_us < until_us &&
        queue_next_us(&world->queue) > until_us) {
        world->now_us = world->checker.now_us = until_us;
    }
    return world_is_right(world);
}

static void calm_down(struct world *world)
{
    static const struct weather good = {.delay_us = 500};

    trace(world, 0, "--- all faults stop");
    world->is_calm = true;
    world->is_mute[0] = world->is_mute[1] = false;
    world->steps = 0;
    world->plan.steps_max = SETTLE_STEPS_MAX;
    world->weather[0] = world->weather[1] = good;
    for (int path = 0; path < (int)world->plan.paths; path++) {
        bool was_blocked = world->path[path].blocked_until_us[0] > world->now_us ||
                           world->path[path].blocked_until_us[1] > world->now_us;

        world->path[path].is_cut = false;
        memset(world->path[path].blocked_until_us, 0, sizeof world->path[path].blocked_until_us);
        if (was_blocked) {
            stream_break(world, path);
        }
    }
    for (int node = 0; node < 2; node++) {
        world->node[node].app.is_eager = true;
        node_plan_turn(world, node, world->now_us);
    }
}

/* Each outcome is there, and both are up. */
static bool has_returned(const struct world *world)
{
    const struct checker_node *node = world->checker.node;

    return node[0].is_up && node[1].is_up && node[0].pending == 0 && node[1].pending == 0;
}

static bool is_empty(const struct world *world)
{
    struct msgr_stats stats[2];

    msgr_stats(world->node[0].engine, &stats[0]);
    msgr_stats(world->node[1].engine, &stats[1]);
    return stats[0].slots_used == 0 && stats[1].slots_used == 0 && has_returned(world);
}

static void run_until(struct world *world, bool (*is_so)(const struct world *world),
                      unsigned at_most_s)
{
    uint64_t until_us = world->now_us + (uint64_t)at_most_s * SECOND_US;

    while (world->now_us < until_us && world_is_right(world) && world->steps < SETTLE_STEPS_MAX &&
           !is_so(world)) {
        world_run(world, world->now_us + SECOND_US / 10);
    }
}

static void send_probe(struct world *world, int node)
{
    struct app *app = &world->node[node].app;

    if (app->peer < 0) {
        app->peer = call_peer(world, node);
    }
    call_tick(world, node);
    if (call_send(world, node, 1, 0) > 0 || world->node[node].plan.message_max > 0) {
        node_turn(world, node);
    }
}

void world_check_guards(struct world *world)
{
    for (int node = 0; node < 2; node++) {
        const struct node *it = &world->node[node];

        for (size_t i = 0; it->block != NULL && i < GUARD_SIZE; i++) {
            if (it->block[i] != it->block[0] ||
                it->block[GUARD_SIZE + it->memory_size + i] != it->block[0]) {
                checker_violate(&world->checker, RULE_GUARD, "node %d: byte %zu", node, i);
            }
        }
    }
}

bool world_settle(struct world *world)
{
    struct msgr_stats stats;

    calm_down(world);
    world_run(world, world->now_us + LATEST_US); /* whoever is off comes back; late ones come */
    run_until(world, has_returned, RETURN_S);
    if (!world_is_right(world)) {
        return false;
    }
    if (has_returned(world)) {
        trace(world, 0, "--- all is quiet");
        world->checker.is_quiet = true;
        send_probe(world, 0);
        send_probe(world, 1);
        run_until(world, has_returned, DELIVERY_S);
        run_until(world, is_empty, EMPTY_S);
    }
    for (int node = 0; node < 2 && world_is_right(world); node++) {
        msgr_stats(world->node[node].engine, &stats);
        checker_quiet(&world->checker, node, &stats);
    }
    checker_finish(&world->checker);
    world_check_guards(world);
    return world_is_right(world);
}

bool world_live(struct world *world)
{
    return world_run(world, world->plan.duration_us) && world_settle(world);
}
