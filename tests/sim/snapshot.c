/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How fast, and how late, under loss: 64-byte messages, 500 us each way, as many in flight as said.
 * All is virtual, so the figures are the same everywhere, and a change of them is a change of the
 * engine. A clock of milliseconds limits what one round trip can show.
 */
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SIZE         64
#define ONE_WAY_US   500
#define MESSAGES_MAX 20000
#define LIMIT_US     (3600 * (uint64_t)1000000)

struct scene {
    unsigned loss; /* percent, each way */
    unsigned jitter_ms;
    unsigned in_flight;
    unsigned messages;
};

static const struct scene scenes[] = {
    {0, 0, 1, 20000},  {5, 0, 1, 20000},    {20, 0, 1, 20000},  {30, 0, 1, 20000},
    {0, 0, 32, 20000}, {5, 0, 32, 20000},   {20, 0, 32, 20000}, {30, 0, 32, 20000},
    {0, 200, 1, 2000}, {0, 200, 32, 20000},
};

static struct world world;
static const struct scene *scene;
static uint64_t sent_us[MESSAGES_MAX];
static uint64_t latency_us[MESSAGES_MAX];
static unsigned sent;
static unsigned delivered;
static uint64_t begin_us;
static uint64_t end_us;

static void send_next(struct world *w)
{
    int32_t message;

    if (sent == scene->messages) {
        return;
    }
    message = call_send(w, 0, SIZE, MSGR_DEADLINE_MAX_MS);
    if (message == (int32_t)sent + 1) { /* handles count from 1 */
        sent_us[sent++] = w->now_us;
    }
}

static void on_event(struct world *w, int node, const struct msgr_event *event)
{
    if (node != 0) {
        return;
    }
    if (event->type == MSGR_EVENT_PEER_UP && sent == 0) {
        begin_us = w->now_us;
        for (unsigned i = 0; i < scene->in_flight; i++) {
            send_next(w);
        }
    } else if (event->type == MSGR_EVENT_OUTCOME && event->outcome == MSGR_OUTCOME_DELIVERED) {
        latency_us[delivered++] = w->now_us - sent_us[event->message - 1];
        end_us = w->now_us;
        send_next(w);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static void play(void)
{
    struct plan plan;

    plan_calm(&plan, 64);
    plan.steps_max = UINT32_MAX;
    for (int i = 0; i < 2; i++) {
        plan.weather[i] = (struct weather){
            .loss = 10 * scene->loss, .delay_us = ONE_WAY_US, .jitter_us = 1000 * scene->jitter_ms};
        plan.node[i].heartbeat_ms = MSGR_HEARTBEAT_MS;
        plan.node[i].pool = 64 * (size_t)MSGR_MESSAGE_MAX;
    }
    world_init(&world, &plan);
    world.on_event = on_event;
    world.node[0].app.is_eager = world.node[1].app.is_eager = true;
    sent = delivered = 0;
    end_us = begin_us = 0;
    while (delivered < scene->messages && world.now_us < LIMIT_US && world_is_right(&world)) {
        world_run(&world, world.now_us + 10000);
    }
}

/* So many tenths, as a decimal fraction. */
static void put_tenths(char *text, size_t room, uint64_t tenths)
{
    snprintf(text, room, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

static int report(char *line, size_t room)
{
    struct msgr_stats stats[2];
    char median[24];
    char late[24];
    char needless[24];
    uint64_t us = end_us > begin_us ? end_us - begin_us : 1;

    msgr_stats(world.node[0].engine, &stats[0]);
    msgr_stats(world.node[1].engine, &stats[1]);
    qsort(latency_us, delivered, sizeof *latency_us, compare);
    put_tenths(median, sizeof median, latency_us[delivered / 2] / 100);
    put_tenths(late, sizeof late, latency_us[(uint64_t)delivered * 99 / 100] / 100);
    put_tenths(needless, sizeof needless,
               (uint64_t)stats[1].duplicates * 1000 / (sent + stats[0].retransmitted));
    return snprintf(line, room, "%6u %6u %9u %9u %10" PRIu64 " %8s %8s %9u %9s %6" PRIu64 "\n",
                    scene->loss, scene->jitter_ms, scene->in_flight, delivered,
                    (uint64_t)delivered * 1000000 / us, median, late, stats[0].retransmitted,
                    needless, world.wire_bytes / (delivered > 0 ? delivered : 1));
}

static const char heading[] =
    "# 64-byte messages, 500 us each way, in virtual time: tests/sim/snapshot.c. Loss is each "
    "way.\n"
    "# To accept new figures: build/debug/tests/sim/snapshot > tests/sim/snapshot.txt\n"
    "# loss jitter in-flight delivered messages/s   median     99th repeated  needless  bytes\n"
    "#    %     ms                                     ms       ms                   %  each\n";

static bool is_same(const char *path, const char *text)
{
    static char file_text[10000];
    FILE *file = fopen(path, "r");
    size_t size;

    if (file == NULL) {
        perror(path);
        return false;
    }
    size = fread(file_text, 1, sizeof file_text - 1, file);
    file_text[size] = '\0';
    fclose(file);
    return strcmp(file_text, text) == 0;
}

int main(int argc, char **argv)
{
    static char text[10000];
    size_t size = (size_t)snprintf(text, sizeof text, "%s", heading);
    bool is_right = true;

    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        scene = &scenes[i];
        play();
        size += (size_t)report(text + size, sizeof text - size);
        if (!world_is_right(&world) || delivered < scene->messages) {
            fprintf(stderr, "line %zu: %u delivered; %s\n", i, delivered, world.checker.what);
            is_right = false;
        }
        world_free(&world);
    }
    fputs(text, stdout);
    if (argc == 3 && strcmp(argv[1], "--compare") == 0 && !is_same(argv[2], text)) {
        fprintf(stderr, "%s says otherwise; its second line says how to accept the new figures\n",
                argv[2]);
        is_right = false;
    }
    return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}
