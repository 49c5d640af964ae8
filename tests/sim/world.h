/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Two engines, two applications, and the adversary between them, in virtual time: microseconds in
 * the world, milliseconds of its own clock in each node. Everything follows from the plan.
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "checker.h"
#include "plan.h"
#include "queue.h"

#include <stdio.h>

#define GUARD_SIZE      256
#define DATAGRAM_LINKS  8
#define STREAMS_MAX     6
#define STREAM_WINDOW   6000
#define RECORDED_MAX    64
#define OUTSTANDING_MAX 64

/** A node's end of an address pair. */
struct datagram_link {
    bool is_used;
    bool is_initiated;
    int path;
    int link;
    uint32_t own;
    uint32_t other;
};

struct app {
    struct dice dice;
    int peer; /* handle, -1 until asked for */
    uint64_t paused_until_us;
    bool is_eager; /* pulls all at once; sends nothing by itself */
    int32_t outstanding[OUTSTANDING_MAX];
    unsigned outstanding_count;
};

struct node {
    bool is_on;
    unsigned life;
    struct plan_node plan; /* of this life */
    struct msgr *engine;
    uint8_t *block; /* guard, engine's memory, guard */
    size_t memory_size;
    struct dice random;
    struct dice random_first;
    uint64_t clock_zero_us;
    uint64_t wake_at_us; /* UINT64_MAX: none planned */
    bool was_woken;
    struct datagram_link datagram[DATAGRAM_LINKS];
    struct app app;
};

/** One TCP connection. Ends and directions are by node; a direction by who sends. */
struct stream {
    bool is_used;
    int path;
    int initiator;
    uint32_t serial;
    int link[2]; /* -1: this end is not there (yet, or any more) */
    struct {
        uint64_t last_us; /* when its newest segment arrives */
        size_t under_way; /* bytes */
        size_t held;
        uint8_t bytes[STREAM_WINDOW]; /* came, and were not used yet */
    } way[2];
};

struct path {
    uint32_t port[2];             /* of either end: 0 is the service's own; others are ephemeral */
    bool is_cut;                  /* administratively down: nobody connects */
    unsigned tries;               /* of the initiator, in a row */
    uint64_t blocked_until_us[2]; /* by sender: partition */
};

/** What happens to one datagram. */
struct fate_of_packet {
    unsigned copies;
    uint64_t delay_us[2];
    int flip_bit; /* -1: none */
};

struct record {
    uint8_t *bytes;
    size_t size;
    uint32_t from;
    uint32_t to;
};

struct world {
    struct plan plan;
    uint64_t now_us;
    struct dice dice; /* for the network and mischief */
    struct queue queue;
    struct node node[2];
    struct path path[PLAN_PATHS_MAX];
    struct weather weather[2];
    struct stream stream[STREAMS_MAX];
    uint32_t serial;
    struct record record[RECORDED_MAX]; /* old datagrams, for who replays them */
    unsigned records;
    struct checker checker;
    bool is_calm;    /* faults have stopped */
    bool is_mute[2]; /* this node's transport has no room to send at all */
    unsigned steps;
    unsigned turns[2];
    unsigned packets; /* datagrams sent, or segments */
    uint64_t wire_bytes;
    FILE *trace; /* or NULL */

    /* A test's own hands; each may be NULL. */
    void *ctx;
    void (*on_packet)(struct world *world, unsigned index, size_t size,
                      struct fate_of_packet *fate);
    void (*on_turn)(struct world *world, int node); /* before the application's */
    void (*on_event)(struct world *world, int node, const struct msgr_event *event);
};

void world_init(struct world *world, const struct plan *plan);
/** Until then, or to the first violation. @return false if there is one */
bool world_run(struct world *world, uint64_t until_us);
/** Stop all faults, let everything come to rest, and judge. @return false if it is violated */
bool world_settle(struct world *world);
void world_free(struct world *world);
/** The usual life of a world: its plan's duration, then rest. */
bool world_live(struct world *world);
bool world_is_right(const struct world *world);
/** Memory around both engines is as it was. */
void world_check_guards(struct world *world);

/* node.c */
uint32_t node_now_ms(const struct world *world, int node);
void node_boot(struct world *world, int node);
/** Power is gone, for some time. */
void node_stop(struct world *world, int node);
/** Tick if due, let the application act, send, and plan the next wake-up. */
void node_turn(struct world *world, int node);
void node_plan_turn(struct world *world, int node, uint64_t at_us);
void node_free(struct node *node);
uint8_t *node_memory(const struct node *node);

/* engine_calls.c: each call of the engine, told to the checker and to the trace */
bool call_open(struct world *world, int node);
int call_peer(struct world *world, int node);
int32_t call_send(struct world *world, int node, size_t size, uint32_t deadline_ms);
int call_cancel(struct world *world, int node, int32_t message);
bool call_next(struct world *world, int node, struct msgr_event *event);
void call_tick(struct world *world, int node);
int call_connect(struct world *world, int node, enum msgr_link_kind kind);
int call_accept(struct world *world, int node);
int call_stranger(struct world *world, int node, const struct job *job, uint8_t *answer,
                  size_t *answer_size);
size_t call_input(struct world *world, int node, int link, const uint8_t *data, size_t size);
size_t call_output(struct world *world, int node, int link, uint8_t *data, size_t room,
                   bool is_datagram);
void call_unsent(struct world *world, int node, int link);
void call_down(struct world *world, int node, int link);

/* app.c */
void app_start(struct world *world, int node);
void app_act(struct world *world, int node);
void app_job(struct world *world, int node);
void app_pull_all(struct world *world, int node);

/* network.c */
/** Send a datagram through the weather of `from`'s direction. */
void network_send(struct world *world, int node, int path, uint32_t from, uint32_t to,
                  const uint8_t *bytes, size_t size);
/** When something arrives that leaves now; for streams, which lose nothing. */
uint64_t network_stream_delay(struct world *world, int node, int path);
uint32_t address_of(int node, int path, uint32_t port);
int address_node(uint32_t address);
int address_path(uint32_t address);

/* datagram_links.c */
void datagram_connect(struct world *world, int node, int path);
void datagram_arrives(struct world *world, const struct job *job);
/** @return false if `link` is none of these */
bool datagram_transmit(struct world *world, int node, int link);
void datagram_reap(struct world *world, int node);
/** The path is cut: this node's links there are told so. */
void datagram_cut(struct world *world, int node, int path);

/* streams.c: connections */
struct stream *stream_find(struct world *world, uint32_t serial);
void stream_connect(struct world *world, int node, int path);
void stream_is_up(struct world *world, const struct job *job);
void stream_end(struct world *world, const struct job *job);
void stream_reap(struct world *world, int node);
void stream_break(struct world *world, int path);
/** The node is gone: the other ends learn it some time later. */
void stream_node_died(struct world *world, int node);

/* stream_bytes.c: what flows in them */
void stream_segment(struct world *world, const struct job *job);
bool stream_transmit(struct world *world, int node, int link);
/** Offer what is held once more. */
void stream_present(struct world *world, int node);

/* mischief.c, injector.c */
void mischief(struct world *world);
void injector_record(struct world *world, uint32_t from, uint32_t to, const uint8_t *bytes,
                     size_t size);
void injector_strike(struct world *world);

/* trace.c */
void trace(const struct world *world, int node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void trace_frames(const struct world *world, int node, const char *verb, int link,
                  const uint8_t *bytes, size_t size);

#endif
