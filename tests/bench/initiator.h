/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The other end: messages of 64 bytes by an engine, or just 64 bytes to be sent back. Its packets
 * are made by hand (tests/support/peer.h), for lwIP is the responder's.
 */
#ifndef TESTS_BENCH_INITIATOR_H
#define TESTS_BENCH_INITIATOR_H

#include <stdbool.h>

#define INITIATOR_SIZE 64

/** The responder is there. Framed: it is up when initiator_is_up() says so. */
void initiator_open(bool is_stream, bool is_framed);
bool initiator_is_up(void);

/** Take in what has come. */
void initiator_takes(void);

/** Begin so many more messages, and hand the responder all packets. */
void initiator_sends(unsigned begin);

/** Messages that are acknowledged, or came back. */
extern unsigned long initiator_done;

#endif
