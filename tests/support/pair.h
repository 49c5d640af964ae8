/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Two engines, alice and bob, and what is between them: up to PAIR_WIRES wires on which datagrams
 * or pieces of streams wait until a test delivers, drops or looks at them. Time is the test's.
 *
 *     static struct pair p;
 *
 *     pair_up(&p);                          both are up, nothing is under way
 *     pair_send(&p, ALICE, "hello");
 *     pair_collect(&p, ALICE);              what alice has to send waits in the queue
 *     pair_drop(&p, 0);                     ... and is lost
 *     pair_pass(&p, 100);                   100 ms pass, and everything arrives at once
 *     pair_expect_message(&p, BOB, "hello");
 *
 * Alice's identity is the lower: she is the opener, and the initiator of the links.
 */
#ifndef SUPPORT_PAIR_H
#define SUPPORT_PAIR_H

#include "engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PAIR_WIRES 4
#define PAIR_QUEUE 128
#define PAIR_PEERS 4
#define PAIR_BYTES (2 * PAIR_PEERS * MSGR_MESSAGE_MAX + 64 * MSGR_FRAGMENT)
#define PAIR_SIZE  MSGR_SIZE((size_t)PAIR_PEERS, (size_t)PAIR_BYTES)

enum pair_side {
    ALICE,
    BOB,
};

struct pair_node {
    struct msgr *m;
    struct msgr_config config;
    size_t size;         /* of the memory that it gets */
    uint32_t random;     /* what the next random bytes follow from */
    bool random_repeats; /* they are always the same */
    unsigned wakes;
    int peer; /* its handle for the other, once it is up */
    uint64_t memory[(PAIR_SIZE + 7) / 8];
};

struct pair_wire {
    enum msgr_link_kind kind;
    int link[2];      /* at each end, or -1 */
    uint32_t address; /* as the responder sees the initiator's */
    uint8_t held[2][2 * MSGR_DATAGRAM_MAX];
    size_t held_size[2];
};

struct pair_datagram {
    uint8_t to;
    uint8_t wire;
    uint16_t size; /* 0: the stream was closed */
    uint8_t data[MSGR_DATAGRAM_MAX];
};

struct pair {
    struct pair_node node[2];
    struct pair_wire wire[PAIR_WIRES];
    struct pair_datagram queue[PAIR_QUEUE];
    unsigned queued;
    uint32_t now_ms;
};

/** Names, identities and other defaults for both, no wire, nothing opened. */
void pair_start(struct pair *p);

/** Open an engine, as its config says now: for the first time, or after a restart. */
void pair_open(struct pair *p, enum pair_side side);

/** Start, open both, connect wire 0, and let everything happen. */
void pair_up(struct pair *p);
void pair_up_on(struct pair *p, enum msgr_link_kind kind);

/** Alice connects; on a stream, bob has accepted. */
void pair_connect(struct pair *p, unsigned wire, enum msgr_link_kind kind);

/** One node loses everything, and begins anew with another value of `boot`. */
void pair_restart(struct pair *p, enum pair_side side);

/** What it has to send waits in the queue from now on. @return how many datagrams */
unsigned pair_collect(struct pair *p, enum pair_side side);

/** The datagram at that place of the queue arrives and leaves the queue ... */
void pair_deliver(struct pair *p, unsigned index);

/** ... or arrives and stays ... */
void pair_deliver_copy(struct pair *p, unsigned index);

/** ... or is lost. */
void pair_drop(struct pair *p, unsigned index);
void pair_drop_all(struct pair *p);
void pair_deliver_all(struct pair *p);

/** Both send, and everything arrives, until nobody has anything to say. No time passes. */
void pair_settle(struct pair *p);

/** Time passes, and both do what is due; nothing is sent. */
void pair_wait(struct pair *p, uint32_t ms);

/** Time passes, and both send and receive meanwhile. */
void pair_pass(struct pair *p, uint32_t ms);

/** Bytes that somebody has made arrive; a mark is put before them on datagram wires. */
void pair_inject(struct pair *p, enum pair_side to, unsigned wire, const uint8_t *frames,
                 size_t size);

/** The frames of that type in the queue. */
unsigned pair_count(const struct pair *p, uint8_t type);

/** The n-th frame of that type in the queue, which must be there. */
struct msgr_frame pair_frame(const struct pair *p, uint8_t type, unsigned n);
struct msgr_ack pair_ack(const struct pair *p, uint8_t *flags);
struct msgr_data pair_data(const struct pair *p, unsigned n);

/** The one peer that the node knows. */
struct msgr_peer *pair_peer(struct pair *p, enum pair_side side);
struct msgr_link *pair_link(struct pair *p, enum pair_side side, unsigned wire);

/** Accepted for the other. @return its handle */
int32_t pair_send(struct pair *p, enum pair_side from, const char *text);
int32_t pair_send_bytes(struct pair *p, enum pair_side from, size_t size);

/** The next event, which must be there. */
struct msgr_event pair_next(struct pair *p, enum pair_side side);
void pair_expect(struct pair *p, enum pair_side side, enum msgr_event_type type);
void pair_expect_message(struct pair *p, enum pair_side side, const char *text);
void pair_expect_outcome(struct pair *p, enum pair_side side, int32_t message,
                         enum msgr_outcome outcome, enum msgr_reason reason);
void pair_expect_down(struct pair *p, enum pair_side side, enum msgr_reason reason);
void pair_expect_nothing(struct pair *p, enum pair_side side);

/** Pull all events. @return how many of that type */
unsigned pair_pull(struct pair *p, enum pair_side side, enum msgr_event_type type);

struct msgr_stats pair_stats(const struct pair *p, enum pair_side side);

#endif
