/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * A node that talks the framed protocol on lwIP, and a remote: another engine, whose datagrams and
 * segments the scripted peer builds. Each sends texts with a number and expects the other's in
 * order, once, unaltered.
 *
 *     framed_start(ANY_FAMILY);
 *     framed_remote_calls(FRAMED_UDP);
 *     framed_pass(500);                  both do what is due, for half a second
 *     framed_node_sends(3, 100);         3 messages of 100 bytes
 *     framed_pass(500);
 *     assert_int_equal(remote.received, 3);
 */
#ifndef TESTS_SUPPORT_FRAMED_H
#define TESTS_SUPPORT_FRAMED_H

#include "peer.h"
#include "subject.h"
#include "weather.h"

#include "msgr/msgr.h"

#define FRAMED_UDP false
#define FRAMED_TCP true

#define FRAMED_PEERS 4
#define FRAMED_BYTES 40000

/* What became of a message, by its number; none: it has no outcome. */
enum framed_fate {
    FRAMED_NO_FATE,
    FRAMED_DELIVERED,
    FRAMED_NOT_DELIVERED,
    FRAMED_UNKNOWN,
};

#define FRAMED_LEDGER ((size_t)1024)

struct framed_end {
    struct msgr *m;
    unsigned sent;     /* accepted by msgr_send() */
    unsigned received; /* messages, all as they should be */
    unsigned outcomes[MSGR_OUTCOME_UNKNOWN + 1];
    unsigned ups, downs;
    int peer;      /* the handle for the other; -1: none yet */
    bool may_skip; /* not all that it receives has come: numbers grow, and that is all */
    int32_t handles[FRAMED_LEDGER];
    uint8_t fates[FRAMED_LEDGER]; /* enum framed_fate */
    bool taken[FRAMED_LEDGER];    /* of the other's messages */
    uint32_t random;
    uint64_t memory[(MSGR_SIZE(FRAMED_PEERS, FRAMED_BYTES) + 7) / 8];
};

struct framed_node {
    struct framed_end end;
    struct subject_net net;
    bool is_slow;     /* the application does not pull */
    unsigned told;    /* calls of on_event, which the raw API has */
    unsigned longest; /* events pulled in one go */
};

struct framed_remote {
    struct framed_end end;
    struct peer peer;
    bool is_stream;
    bool is_dead; /* hears and says nothing */
    bool is_bytewise;
    bool ignores_texts; /* they are not framed_node_sends()'s */
    int link;
    unsigned lose; /* each so many-th packet, each way; 0: none */
    unsigned count_in, count_out;
    size_t used;    /* of peer.data */
    size_t out;     /* bytes not acknowledged */
    uint32_t moved; /* when that last changed */
    uint8_t unacked[4096];
};

extern struct framed_node node;
extern struct framed_remote remote;

/**
 * An engine on each side; the node's transport is to be opened. The remote's identity is lower, so
 * it is the opener, unless framed_node_opens was set before.
 */
void framed_start(bool is_ipv6);

/** For all that are opened from now on. */
extern bool framed_node_opens;
extern uint32_t framed_remote_heartbeat_ms; /* 0: the default */
extern size_t framed_memory; /* of each engine, in bytes; 0: FRAMED_BYTES of payload */

/** The node's transport, with or without a listener. */
void framed_open(bool listen);

/** As framed_start(), and open with a listener. */
void framed_start_open(bool is_ipv6);

/** Give it another name, before anything happens. */
void framed_remote_is_called(const char *name);

/** For each test, in place of stack_teardown(): a test that failed has not closed its node. */
int framed_teardown(void **state);

/** Close the node's. */
void framed_stop(void);

/** The remote is the initiator, or the node is. */
void framed_remote_calls(bool is_stream);
int framed_node_calls(bool is_stream);

/** The node's SYN has come: answer it. */
void framed_remote_accepts(void);

/** Time passes and both do what is due. */
void framed_pass(uint32_t ms);

/** The remote takes in what has come, and says what it has to say. @return whether there was any */
bool framed_remote_turn(void);

/** The same of both, without passing time. */
void framed_settle(void);

/** Until both are up, or fail. */
void framed_up(void);

/** So many messages of that size for the other; what is full is tried again while time passes. */
void framed_node_sends(unsigned count, size_t size);
void framed_remote_sends(unsigned count, size_t size);

/** One more, if it is accepted. */
bool framed_node_offers(size_t size);
bool framed_remote_offers(size_t size);

/** So many messages, those of both, were sent, and have all their outcomes. */
bool framed_is_all_delivered(unsigned count);

/** Pass time until each has all of the other's and all outcomes, or fail after so long. */
void framed_deliver_all(uint32_t ms);

/** The node's application pulls all there is. */
void framed_pull(void);

/** The remote forgets everything, as after a power cut, under the same identity. */
void framed_remote_restarts(void);

/** The same of the node, which is to be opened again. */
void framed_node_restarts(void);

/** The remote's connection is over: it makes another, until both are up, or fails. */
void framed_remote_calls_again(void);

/** Delivered means taken, not delivered means never taken; each has its fate if `all_told`. */
void framed_check_fates(const struct framed_end *from, const struct framed_end *to, bool all_told);

/** Its connection is gone. */
void framed_remote_loses_link(void);

#endif
