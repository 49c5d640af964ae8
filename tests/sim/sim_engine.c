/* SPDX-License-Identifier: BSD-3-Clause */
/* Worlds from seeds, one after the other. */
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: sim_engine [--trace] (--seed N | --seeds FROM..TO | --corpus FILE | --minutes N)\n"
    "\n"
    "Plays one conversation of two engines for each seed, over a network that the seed makes\n"
    "good or bad, and judges what the applications saw by the engine's promises.\n"
    "\n"
    "  --seed N         one world\n"
    "  --seeds A..B     all from A to B\n"
    "  --corpus FILE    those that the lines of FILE begin with\n"
    "  --minutes N      fresh ones, until N minutes have passed\n"
    "  --part N         of those fresh ones, the N-th share (for several at the same time)\n"
    "  --trace          say all that happens\n"
    "\n"
    "Exit status: 0 no promise was broken; 1 one was; 2 wrong usage.\n";

static uint64_t part;

struct totals {
    uint64_t worlds;
    uint64_t failures;
    uint64_t turns;
    uint64_t packets;
    uint64_t virtual_us;
    uint64_t sent;
    uint64_t outcomes[3];
};

static void add_up(struct totals *totals, const struct world *world)
{
    totals->worlds++;
    totals->turns += world->turns[0] + world->turns[1];
    totals->packets += world->packets;
    totals->virtual_us += world->now_us;
    for (int node = 0; node < 2; node++) {
        const struct way *way = &world->checker.way[node];

        totals->sent += way->sent_count;
        for (size_t i = 0; i < way->sent_count; i++) {
            if (way->sent[i].fate >= FATE_DELIVERED && way->sent[i].fate <= FATE_UNKNOWN) {
                totals->outcomes[way->sent[i].fate - FATE_DELIVERED]++;
            }
        }
    }
}

static void play(uint64_t seed, FILE *trace_to, struct totals *totals)
{
    static struct world world;
    struct plan plan;

    plan_from_seed(&plan, seed);
    world_init(&world, &plan);
    world.trace = trace_to;
    if (!world_live(&world)) {
        totals->failures++;
        printf("seed %" PRIu64 ": broken at %" PRIu64
               " us: %s: %s\n  sim_engine --trace --seed %" PRIu64 "\n",
               seed, world.now_us, rule_name(world.checker.violated), world.checker.what, seed);
        fflush(stdout);
    }
    add_up(totals, &world);
    world_free(&world);
}

static int play_corpus(const char *path, FILE *trace_to, struct totals *totals)
{
    FILE *file = fopen(path, "r");
    char line[200];

    if (file == NULL) {
        perror(path);
        return 2;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        char *end;
        uint64_t seed = strtoull(line, &end, 10);

        if (end != line) {
            play(seed, trace_to, totals);
        }
    }
    fclose(file);
    return 0;
}

static void play_minutes(uint64_t minutes, FILE *trace_to, struct totals *totals)
{
    time_t begin = time(NULL);
    uint64_t seed = (uint64_t)begin << 28 ^ part << 60;

    printf("seeds from %" PRIu64 "\n", seed);
    fflush(stdout);
    while (time(NULL) < begin + (time_t)(60 * minutes)) {
        play(seed++, trace_to, totals);
    }
}

static void say_totals(const struct totals *totals)
{
    printf("%" PRIu64 " worlds, %" PRIu64 " broken: %" PRIu64 " s of their time, %" PRIu64
           " turns, %" PRIu64 " packets, %" PRIu64 " messages: %" PRIu64 " delivered, %" PRIu64
           " not delivered, %" PRIu64 " unknown\n",
           totals->worlds, totals->failures, totals->virtual_us / 1000000, totals->turns,
           totals->packets, totals->sent, totals->outcomes[0], totals->outcomes[1],
           totals->outcomes[2]);
}

static int run(const char *what, const char *value, FILE *trace_to, struct totals *totals)
{
    char *end;

    if (strcmp(what, "--corpus") == 0) {
        return play_corpus(value, trace_to, totals);
    }
    uint64_t from = strtoull(value, &end, 10);
    uint64_t to = from;

    if (end == value) {
        return 2;
    }
    if (strcmp(what, "--part") == 0) {
        part = from;
        return 0;
    }
    if (strcmp(what, "--minutes") == 0) {
        play_minutes(from, trace_to, totals);
        return 0;
    }
    if (strcmp(what, "--seeds") == 0 && strncmp(end, "..", 2) == 0) {
        to = strtoull(end + 2, NULL, 10);
    } else if (strcmp(what, "--seed") != 0) {
        return 2;
    }
    for (uint64_t seed = from; seed <= to; seed++) {
        play(seed, trace_to, totals);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct totals totals = {0};
    FILE *trace_to = NULL;
    int result = 2;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0) {
            trace_to = stdout;
        } else if (i + 1 < argc) {
            result = run(argv[i], argv[i + 1], trace_to, &totals);
            i++;
        }
    }
    if (result != 0) {
        fputs(usage, stderr);
        return result;
    }
    say_totals(&totals);
    return totals.failures > 0 ? 1 : 0;
}
