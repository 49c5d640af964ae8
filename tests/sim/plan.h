/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Everything that is decided before the world begins. plan_from_seed() throws dice for all of it;
 * the tests with names of their own begin with plan_calm() and change what they are about.
 */
#ifndef TESTS_SIM_PLAN_H
#define TESTS_SIM_PLAN_H

#include "dice.h"

#include "msgr/link.h"

#define PLAN_PATHS_MAX 3
#define PLAN_BOTH      2 /* as a path's initiator */

struct plan_node {
    const char *name;
    uint64_t identity;
    unsigned peers;
    size_t pool; /* bytes */
    size_t message_max;
    uint32_t heartbeat_ms;
    uint32_t clock_ms;   /* where its clock starts ... */
    int32_t clock_ppm;   /* ... and how much too fast it runs */
    uint32_t late_us;    /* ticks come up to so late; 0: punctual */
    bool ticks_always;   /* at every turn, not only when the engine asks for it */
    bool high_numbers;   /* requests for 4 random bytes give numbers near 2^32 */
    bool repeats_random; /* each life has the same random bytes */
};

struct plan_path {
    enum msgr_link_kind kind;
    int initiator; /* 0, 1, or PLAN_BOTH (datagrams only) */
};

/** One direction of all paths. Chances in 1/1000. */
struct weather {
    uint32_t loss;
    uint32_t duplicate;
    uint32_t flip;
    uint32_t delay_us;  /* at least */
    uint32_t jitter_us; /* ... and up to so much more */
    uint32_t late;      /* chance of up to 2 s more */
};

struct plan_traffic {
    uint32_t every_us; /* on average; 0: none */
    uint32_t burst;    /* messages at once, at most */
    uint32_t big;      /* chance of the longest sizes */
    uint32_t short_deadline;
    uint32_t cancel;
    uint32_t pause;      /* chance, after each event, to stop pulling for a while */
    uint32_t one_by_one; /* chance, each time, to pull one event only */
};

struct plan {
    uint64_t seed;
    struct plan_node node[2];
    unsigned paths;
    struct plan_path path[PLAN_PATHS_MAX];
    struct weather weather[2];
    struct plan_traffic traffic[2];
    uint64_t duration_us;
    uint32_t mischief_us; /* on average between two; 0: none */
    /* How often which, relative to each other. */
    uint32_t weather_changes;
    uint32_t partitions;
    uint32_t cuts;
    uint32_t restarts;
    uint32_t injections;
    bool is_severe; /* mischief is frequent, and nothing is ever good */
    bool may_flip;
    bool may_replace; /* a restarted node may have another identity */
    uint32_t unsent;  /* chance, for each output */
    uint32_t narrow;  /* chance that a stream offers little room, or takes bytes one by one */
    unsigned steps_max;
};

void plan_calm(struct plan *plan, uint64_t seed);
void plan_from_seed(struct plan *plan, uint64_t seed);
/** A new weather within what the plan allows. */
void plan_weather(const struct plan *plan, struct dice *dice, struct weather *weather);

#endif
