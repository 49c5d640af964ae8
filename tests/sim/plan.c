/* SPDX-License-Identifier: BSD-3-Clause */
#include "plan.h"

#define SECOND_US 1000000u
#define LONG      ((size_t)3 * MSGR_FRAGMENT < MSGR_MESSAGE_MAX ? (size_t)3 * MSGR_FRAGMENT : 1)

void plan_calm(struct plan *plan, uint64_t seed)
{
    static const struct plan_node node = {
        .peers = 2, .message_max = MSGR_MESSAGE_MAX, .heartbeat_ms = 1000, .ticks_always = true};
    static const struct weather weather = {.delay_us = 500};

    *plan = (struct plan){.seed = seed, .paths = 1, .duration_us = SECOND_US, .steps_max = 200000};
    for (int i = 0; i < 2; i++) {
        plan->node[i] = node;
        plan->node[i].pool = 16 * (size_t)MSGR_MESSAGE_MAX;
        plan->weather[i] = weather;
    }
    plan->node[0].name = "alice";
    plan->node[0].identity = 0xA11CE;
    plan->node[1].name = "bob";
    plan->node[1].identity = 0xB0B;
}

/* Mostly good, at times as bad as may be: so that something gets through. */
static uint32_t biased(struct dice *dice, uint32_t most)
{
    return dice_chance(dice, 500) ? 0 : dice_below(dice, dice_below(dice, most) + 1);
}

static void bad_weather(const struct plan *plan, struct dice *dice, struct weather *weather)
{
    *weather = (struct weather){
        .loss = dice_below(dice, 501),
        .duplicate = dice_below(dice, 501),
        .flip = plan->may_flip ? dice_below(dice, 101) : 0,
        .delay_us = 100,
        .jitter_us = dice_below(dice, dice_chance(dice, 500) ? 5000 : 100000),
        .late = dice_below(dice, 101),
    };
}

void plan_weather(const struct plan *plan, struct dice *dice, struct weather *weather)
{
    static const uint32_t delays_us[] = {100, 500, 2000, 20000, 200000};

    if (plan->is_severe) {
        bad_weather(plan, dice, weather);
        return;
    }
    *weather = (struct weather){
        .loss = biased(dice, 501),
        .duplicate = biased(dice, 501),
        .flip = plan->may_flip ? biased(dice, 101) : 0,
        .delay_us = dice_below(dice, delays_us[dice_below(dice, 5)]) + 1,
        .jitter_us = biased(dice, delays_us[dice_below(dice, 5)]),
        .late = biased(dice, 51),
    };
}

static uint32_t clock_start(struct dice *dice)
{
    return dice_chance(dice, 300) ? UINT32_MAX - dice_below(dice, 30000)
                                  : (uint32_t)dice_roll(dice);
}

static void plan_node(struct plan_node *node, struct dice *dice)
{
    static const size_t longest[] = {1, 64, MSGR_FRAGMENT, LONG, MSGR_MESSAGE_MAX};
    size_t slots;

    node->peers = dice_between(dice, 1, 3);
    node->message_max = dice_chance(dice, 600) ? MSGR_MESSAGE_MAX : longest[dice_below(dice, 5)];
    slots = (node->message_max + MSGR_FRAGMENT - 1) / MSGR_FRAGMENT;
    node->pool = ((size_t)2 * node->peers * slots + dice_below(dice, 65)) * MSGR_FRAGMENT;
    node->heartbeat_ms = dice_chance(dice, 700) ? 1000 : dice_between(dice, 500, 3000);
    node->clock_ms = clock_start(dice);
    node->clock_ppm = dice_chance(dice, 500) ? 0 : (int32_t)dice_below(dice, 2001) - 1000;
    node->late_us = dice_chance(dice, 300) ? dice_below(dice, 200000) : 0;
    node->ticks_always = node->late_us > 0 || dice_chance(dice, 500);
    node->high_numbers = dice_chance(dice, 300);
    node->repeats_random = dice_chance(dice, 200);
}

static void plan_traffic(struct plan_traffic *traffic, struct dice *dice)
{
    static const uint32_t every_us[] = {30000, 200000, 1000000, 4000000};

    *traffic = (struct plan_traffic){
        .every_us = dice_chance(dice, 100) ? 0 : every_us[dice_below(dice, 4)],
        .burst = dice_chance(dice, 500) ? 1 : dice_between(dice, 1, 40),
        .big = biased(dice, 600),
        .short_deadline = biased(dice, 500),
        .cancel = biased(dice, 300),
        .pause = biased(dice, 200),
        .one_by_one = biased(dice, 800),
    };
}

static void plan_paths(struct plan *plan, struct dice *dice)
{
    plan->paths = dice_chance(dice, 600) ? 1 : dice_between(dice, 1, PLAN_PATHS_MAX);
    for (unsigned i = 0; i < plan->paths; i++) {
        struct plan_path *path = &plan->path[i];

        path->kind = dice_chance(dice, 350) ? MSGR_LINK_STREAM : MSGR_LINK_DATAGRAM;
        path->initiator = (int)dice_below(dice, 2);
        if (path->kind == MSGR_LINK_DATAGRAM && dice_chance(dice, 150)) {
            path->initiator = PLAN_BOTH;
        }
    }
}

static void plan_mischief(struct plan *plan, struct dice *dice)
{
    static const uint32_t every_us[] = {0, 300000, 1000000, 3000000};

    plan->mischief_us = every_us[dice_below(dice, 4)];
    plan->weather_changes = 4;
    plan->partitions = dice_chance(dice, 500) ? 1 : 0;
    plan->cuts = dice_chance(dice, 500) ? 2 : 0;
    plan->restarts = dice_chance(dice, 400) ? dice_between(dice, 1, 4) : 0;
    plan->injections = dice_chance(dice, 250) ? 20 : 0;
    plan->may_flip = dice_chance(dice, 300);
    plan->may_replace = plan->restarts > 0 && dice_chance(dice, 100);
    if (plan->may_replace) {
        /* Who awaits outcomes keeps the name for the old node: let them come soon. */
        plan->traffic[0].short_deadline = plan->traffic[1].short_deadline = 1000;
    }
    plan->unsent = biased(dice, 200);
    plan->narrow = biased(dice, 500);
}

/* Every fourth world. The others do not depend on it, so that their seeds keep their meaning. */
static void plan_severe(struct plan *plan, struct dice *dice)
{
    static const uint32_t every_us[] = {20000, 60000, 200000};

    plan->is_severe = true;
    plan->mischief_us = every_us[dice_below(dice, 3)];
    plan->restarts = dice_chance(dice, 700) ? plan->restarts : 1;
    plan->injections = dice_chance(dice, 500) ? plan->injections : 10;
    plan->partitions = dice_chance(dice, 500) ? 0 : 1;
    plan_weather(plan, dice, &plan->weather[0]);
    plan_weather(plan, dice, &plan->weather[1]);
}

void plan_from_seed(struct plan *plan, uint64_t seed)
{
    struct dice dice = {seed};

    plan_calm(plan, seed);
    for (int i = 0; i < 2; i++) {
        plan_node(&plan->node[i], &dice);
        plan_traffic(&plan->traffic[i], &dice);
    }
    if (dice_chance(&dice, 500)) {
        plan->node[0].identity = 0xB0B;
        plan->node[1].identity = 0xFFFFFFFFFFFFFFFFu;
    }
    plan_paths(plan, &dice);
    plan_mischief(plan, &dice);
    plan_weather(plan, &dice, &plan->weather[0]);
    plan_weather(plan, &dice, &plan->weather[1]);
    plan->duration_us = (uint64_t)dice_between(&dice, 1, 20) * SECOND_US;
    plan->steps_max = 20000;
    if (seed % 4 == 3) {
        plan_severe(plan, &dice);
    }
}
