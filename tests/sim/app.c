/* SPDX-License-Identifier: BSD-3-Clause */
/* An application: sends at times, cancels at times, and pulls its events when it likes. */
#include "world.h"

static const struct plan_traffic *traffic_of(const struct world *world, int node)
{
    return &world->plan.traffic[node];
}

static void plan_next(struct world *world, int node)
{
    struct app *app = &world->node[node].app;
    uint32_t every_us = traffic_of(world, node)->every_us;

    if (every_us > 0) {
        queue_add(&world->queue,
                  (struct job){.at_us = world->now_us + dice_below(&app->dice, 2 * every_us) + 1,
                               .kind = JOB_APP,
                               .node = node,
                               .serial = world->node[node].life});
    }
}

void app_start(struct world *world, int node)
{
    struct app *app = &world->node[node].app;
    bool is_eager = app->is_eager || world->is_calm;

    *app = (struct app){.dice = dice_fork(&world->dice), .peer = -1, .is_eager = is_eager};
    if (traffic_of(world, node)->every_us == 0 || dice_chance(&app->dice, 500)) {
        app->peer = call_peer(world, node);
    }
    plan_next(world, node);
}

static void remember(struct app *app, int32_t message)
{
    unsigned i = app->outstanding_count < OUTSTANDING_MAX ? app->outstanding_count++
                                                          : dice_below(&app->dice, OUTSTANDING_MAX);

    app->outstanding[i] = message;
}

static size_t any_size(struct world *world, int node)
{
    struct dice *dice = &world->node[node].app.dice;
    size_t most = world->node[node].plan.message_max;
    size_t fragments = dice_below(dice, (uint32_t)(most / MSGR_FRAGMENT) + 2);
    const size_t edges[] = {0, 1, 2, 3, 4, MSGR_FRAGMENT * fragments, most};
    size_t size = edges[dice_below(dice, 5)];

    if (dice_chance(dice, traffic_of(world, node)->big)) {
        size = edges[dice_between(dice, 5, 6)] + dice_below(dice, 3);
        size -= size > 0 ? 1 : 0;
    } else if (dice_chance(dice, 600)) {
        size = dice_below(dice, 100);
    }
    return size <= most ? size : dice_chance(dice, 950) ? most : most + 1;
}

static uint32_t any_deadline(struct world *world, int node)
{
    struct dice *dice = &world->node[node].app.dice;

    if (!dice_chance(dice, traffic_of(world, node)->short_deadline)) {
        return dice_chance(dice, 800) ? 0 : dice_between(dice, 10000, MSGR_DEADLINE_MAX_MS);
    }
    return dice_chance(dice, 300) ? dice_between(dice, 1, 20) : dice_between(dice, 1, 3000);
}

void app_job(struct world *world, int node)
{
    struct app *app = &world->node[node].app;
    const struct plan_traffic *traffic = traffic_of(world, node);
    uint32_t count = dice_between(&app->dice, 1, traffic->burst > 0 ? traffic->burst : 1);

    if (app->is_eager) {
        return;
    }
    if (app->peer < 0) {
        app->peer = call_peer(world, node);
    }
    while (count-- > 0) {
        int32_t message = call_send(world, node, any_size(world, node), any_deadline(world, node));

        if (message == MSGR_ERROR_FULL) {
            break;
        }
        if (message > 0) {
            remember(app, message);
        }
    }
    if (app->outstanding_count > 0 && dice_chance(&app->dice, traffic->cancel)) {
        call_cancel(world, node, app->outstanding[dice_below(&app->dice, app->outstanding_count)]);
    }
    plan_next(world, node);
}

void app_pull_all(struct world *world, int node)
{
    struct msgr_event event;

    for (int i = 0; i < 10000 && world_is_right(world); i++) {
        if (!call_next(world, node, &event)) {
            return;
        }
    }
    checker_violate(&world->checker, RULE_TRANSPORT, "node %d: events without end", node);
}

static void pause(struct world *world, int node)
{
    struct app *app = &world->node[node].app;
    uint32_t most_us = dice_chance(&app->dice, 200) ? 4000000 : 100000;

    app->paused_until_us = world->now_us + dice_below(&app->dice, most_us) + 1;
    trace(world, node, "the application pauses");
    node_plan_turn(world, node, app->paused_until_us);
}

void app_act(struct world *world, int node)
{
    struct app *app = &world->node[node].app;
    const struct plan_traffic *traffic = traffic_of(world, node);
    struct msgr_event event;

    if (app->is_eager) {
        app_pull_all(world, node);
        return;
    }
    if (app->paused_until_us > world->now_us) {
        node_plan_turn(world, node, app->paused_until_us);
        return;
    }
    while (call_next(world, node, &event)) {
        if (app->peer < 0) {
            app->peer = event.peer;
        }
        if (dice_chance(&app->dice, traffic->pause)) {
            pause(world, node);
            return;
        }
        if (dice_chance(&app->dice, traffic->one_by_one)) {
            node_plan_turn(world, node, world->now_us + 200);
            return;
        }
    }
}
