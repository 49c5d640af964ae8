/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One short conversation: the handshakes, then three messages each way (one after the other in one
 * direction), one of them of three fragments. Everything that can go wrong with one packet does,
 * with each of them in turn; each pair of packets is lost; either end restarts, and the link is
 * cut, at every step.
 */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#define PACKETS_MAX 200
#define PAIR_MORE   8 /* packets beyond the undisturbed ones that are lost, too */
#define TALK_US     400000
#define AT_ONCE_US  500
#define OFF_US      20000
#define MESSAGES    3

enum mishap {
    NOTHING,
    LOSE,
    DUPLICATE,
    PASS,     /* the one behind it comes before it */
    LATE,     /* by a second */
    FLIP,     /* second: which bit */
    LOSE_TWO, /* second: the other one */
    RESTART,  /* first: node; second: turn */
    CUT,      /* first: node whose turn it is; second: turn */

    MISHAPS
};

static const char *const names[MISHAPS] = {"nothing", "lose",     "duplicate", "pass", "late",
                                           "flip",    "lose-two", "restart",   "cut"};

struct thing {
    enum mishap mishap;
    unsigned first;
    unsigned second;
};

struct script {
    struct thing thing;
    unsigned lives_begun[2];
    int said[2];
    unsigned packets;
    size_t size[PACKETS_MAX]; /* of the undisturbed packets */
    unsigned turns[2];
};

static struct world world;
static enum msgr_link_kind kind;
static struct script script;

static void on_packet(struct world *w, unsigned index, size_t size, struct fate_of_packet *fate)
{
    const struct thing *it = &script.thing;

    if (w->is_calm) {
        return;
    }
    if (it->mishap == NOTHING && index < PACKETS_MAX) {
        script.size[index] = size;
        script.packets = index + 1;
    }
    if (it->mishap == LOSE_TWO && index == it->second) {
        fate->copies = 0;
    }
    if (index != it->first) {
        return;
    }
    if (it->mishap == LOSE || it->mishap == LOSE_TWO) {
        fate->copies = 0;
    } else if (it->mishap == DUPLICATE) {
        fate->copies = 2;
        fate->delay_us[1] += 5000;
    } else if (it->mishap == PASS) {
        fate->delay_us[0] += 3000;
    } else if (it->mishap == LATE) {
        fate->delay_us[0] += 1000000;
    } else if (it->mishap == FLIP) {
        fate->flip_bit = (int)it->second;
    }
}

static void restart(struct world *w, int node)
{
    node_stop(w, node);
    queue_add(&w->queue, (struct job){.at_us = w->now_us + OFF_US, .kind = JOB_BOOT, .node = node});
}

static void cut(struct world *w, int node)
{
    if (kind == MSGR_LINK_STREAM) {
        stream_break(w, 0);
        return;
    }
    w->path[0].port[0]++;
    datagram_cut(w, 0, 0);
    node_plan_turn(w, 1 - node, w->now_us);
}

static void say(struct world *w, int node)
{
    static const size_t size[MESSAGES] = {5, 2 * MSGR_FRAGMENT + 9, 64};

    if (!w->is_calm && script.said[node] < MESSAGES) {
        call_send(w, node, size[script.said[node]++], 0);
    }
}

/* Node 0 one after the other, node 1 all at once. */
static void on_event(struct world *w, int node, const struct msgr_event *event)
{
    if (node == 0 && event->type == MSGR_EVENT_OUTCOME) {
        say(w, node);
    }
}

static void begin_to_say(struct world *w, int node)
{
    w->node[node].app.peer = call_peer(w, node);
    script.said[node] = 0;
    for (int i = 0; i < (node == 0 ? 1 : MESSAGES); i++) {
        say(w, node);
    }
}

static void on_turn(struct world *w, int node)
{
    const struct thing *it = &script.thing;

    if (w->is_calm) {
        return;
    }
    script.turns[node] = w->turns[node];
    if ((int)it->first == node && it->second == w->turns[node]) {
        if (it->mishap == RESTART) {
            restart(w, node);
            return;
        }
        if (it->mishap == CUT) {
            cut(w, node);
        }
    }
    if (script.lives_begun[node] < w->node[node].life) {
        script.lives_begun[node] = w->node[node].life;
        begin_to_say(w, node);
    }
}

/* Without a restart or a deadline, there is no other outcome. */
static void require_delivered(void)
{
    for (int node = 0; node < 2; node++) {
        const struct way *way = &world.checker.way[node];

        for (size_t i = 0; i < way->sent_count; i++) {
            if (way->sent[i].fate != FATE_DELIVERED) {
                checker_violate(&world.checker, RULE_OUTCOME_MISSING,
                                "message %zu of node %d was not delivered", i, node);
            }
        }
    }
}

static bool play(enum mishap mishap, unsigned first, unsigned second, FILE *trace_to)
{
    struct plan plan;
    bool is_right;

    plan_calm(&plan, 0);
    plan.path[0].kind = kind;
    script.thing = (struct thing){mishap, first, second};
    memset(script.lives_begun, 0, sizeof script.lives_begun);
    world_init(&world, &plan);
    world.trace = trace_to;
    world.on_packet = on_packet;
    world.on_turn = on_turn;
    world.on_event = on_event;
    world.node[0].app.is_eager = world.node[1].app.is_eager = true;
    if (world_run(&world, TALK_US) && world_settle(&world) && mishap != RESTART) {
        require_delivered();
    }
    is_right = world_is_right(&world);
    if (!is_right) {
        printf("%s: %s\n  exhaustive %s %s %u %u\n", rule_name(world.checker.violated),
               world.checker.what, kind == MSGR_LINK_STREAM ? "streams" : "datagrams",
               names[mishap], first, second);
    }
    world_free(&world);
    return is_right;
}

struct count {
    unsigned tried;
    unsigned broken;
};

static void attempt(struct count *count, enum mishap mishap, unsigned first, unsigned second)
{
    count[mishap].tried++;
    count[mishap].broken += play(mishap, first, second, NULL) ? 0 : 1;
}

static void try_packets(struct count *count, unsigned packets)
{
    for (unsigned i = 0; i < packets; i++) {
        for (enum mishap mishap = LOSE; mishap <= LATE; mishap++) {
            if (mishap == LOSE || kind == MSGR_LINK_DATAGRAM) {
                attempt(count, mishap, i, 0);
            }
        }
        for (unsigned byte = 0; byte < script.size[i]; byte++) {
            attempt(count, FLIP, i, 8 * byte + (byte + i) % 8);
        }
        for (unsigned j = i + 1; j < packets + PAIR_MORE && kind == MSGR_LINK_DATAGRAM; j++) {
            attempt(count, LOSE_TWO, i, j);
        }
    }
}

static void try_turns(struct count *count, const unsigned turns[2])
{
    for (unsigned node = 0; node < 2; node++) {
        for (unsigned turn = 1; turn <= turns[node]; turn++) {
            attempt(count, RESTART, node, turn);
            attempt(count, CUT, node, turn);
        }
    }
}

static int try_all(void)
{
    struct count count[MISHAPS] = {{0, 0}};
    unsigned broken = 0;
    unsigned turns[2];

    attempt(count, NOTHING, 0, 0);
    turns[0] = script.turns[0];
    turns[1] = script.turns[1];
    try_packets(count, script.packets);
    try_turns(count, turns);
    printf("%u packets, %u and %u turns\n", script.packets, turns[0], turns[1]);
    for (int i = 0; i < MISHAPS; i++) {
        printf("%-10s %6u tried, %u broken\n", names[i], count[i].tried, count[i].broken);
        broken += count[i].broken;
    }
    return broken > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static enum mishap mishap_named(const char *name)
{
    enum mishap mishap = NOTHING;

    while (mishap < MISHAPS - 1 && strcmp(names[mishap], name) != 0) {
        mishap++;
    }
    return mishap;
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 5) {
        fputs("usage: exhaustive datagrams|streams            all that can happen\n"
              "       exhaustive datagrams|streams WHAT N M   one of these, told in full\n",
              stderr);
        return 2;
    }
    kind = strcmp(argv[1], "streams") == 0 ? MSGR_LINK_STREAM : MSGR_LINK_DATAGRAM;
    if (argc == 2) {
        return try_all();
    }
    return play(mishap_named(argv[2]), (unsigned)strtoul(argv[3], NULL, 10),
                (unsigned)strtoul(argv[4], NULL, 10), stdout)
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
