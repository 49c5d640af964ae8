/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Two nodes of the framed protocol on this machine's sockets, in one process; each has a loop of
 * its own. The clock is the test's (system.h); the network is the kernel's loopback.
 *
 *     ends_open(&alice, true);  ends_open(&bob, true);
 *     ends_call(&alice, "udp", &bob);
 *     ends_up();
 *     ends_send(&alice, 3, 100);
 *     ends_deliver_all(1000);
 */
#ifndef TESTS_SOCKETS_ENDS_H
#define TESTS_SOCKETS_ENDS_H

#include "msgr/sockets.h"
#include "msgr/sockets_plain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENDS_PEERS  4
#define ENDS_BYTES  40000
#define ENDS_LEDGER 2048

struct end {
    const char *name;
    uint64_t identity;
    uint16_t port;
    struct msgr *m;
    struct msgr_loop loop;
    struct msgr_sockets net;
    struct msgr_sockets_config config; /* what ends_open() opens with, beside its own */
    int peer;                          /* the other's handle; -1: never up */
    bool is_open, is_slow;             /* slow: it does not pull */
    unsigned ups, downs;
    unsigned sent, received; /* messages, numbered; each as it should be, in order */
    unsigned delivered, not_delivered, unknown;
    bool may_skip; /* not all messages come */
    uint8_t boot;
    uint32_t random;
    struct pollfd fds[MSGR_LOOP_FDS(MSGR_SOCKETS_FDS + 16)];
    uint64_t memory[(MSGR_SIZE(ENDS_PEERS, ENDS_BYTES) + 7) / 8];
};

extern struct end alice, bob;

/** For cmocka: both are fresh; at the end both are closed, and no descriptor is left. */
int ends_setup(void **state);
int ends_teardown(void **state);

/** The same for a test that has failed: nothing is looked at. */
int ends_cleanup(void **state);

/** @return msgr_sockets_open()'s */
int ends_open(struct end *end, bool listen);
void ends_close(struct end *end);

/** Forget everything, as in a power cut, and be opened again. */
void ends_restart(struct end *end);

/** SCHEME: udp, udp6, tcp, tcp6, unix. @return the target */
int ends_call(struct end *end, const char *scheme, const struct end *other);

/** Both loops turn until nothing moves; no time passes. */
void ends_settle(void);

/** Milliseconds pass, and both do what is due. */
void ends_pass(uint32_t ms);

/** Time passes until both are up, or fail. */
void ends_up(void);

/** So many messages of that size for the other, with the default deadline. @return how many were
 * accepted */
unsigned ends_send(struct end *end, unsigned count, size_t size);

/** Time passes until all that was sent is delivered, or fail after so long. */
void ends_deliver_all(uint32_t ms);

/** Time passes until each message has its outcome, or fail after so long; what is delivered was
 * taken. */
void ends_finish(uint32_t ms);

#endif
