/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * lwIP on a bench: the test owns the clock, sees each packet that lwIP sends, and hands it packets.
 * The interface carries IP packets, without Ethernet: nothing happens that the test did not do.
 */
#ifndef TESTS_SUPPORT_STACK_H
#define TESTS_SUPPORT_STACK_H

#include "lwip/netif.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX 1500

struct packet {
    size_t size;
    uint8_t bytes[PACKET_MAX];
};

/** The node: 10.77.0.2/24, fd77::2/64 and fd77::22/64, and a router 10.77.0.1. */
extern struct netif bench_netif;

/** For cmocka's group set-up: start lwIP, once a process. */
int stack_group_setup(void **state);

/** For each test: note what all pools hold; no packets are queued. */
int stack_setup(void **state);

/** For each test: let all of lwIP's timers run out; then each pool must hold what it held. */
int stack_teardown(void **state);

/** The same in the middle of a test. */
void stack_assert_no_leak(void);
bool stack_is_level(void);

/** Let so much time pass that each pool holds what it held; fail if that takes an hour. */
void stack_settle(void);

/** Around what a test does with lwIP itself: lwIP's core lock, if it has a thread of its own. */
void stack_lock(void);
void stack_unlock(void);

/** The clock. */
uint32_t stack_now(void);
void stack_set_now(uint32_t ms);

/** Let time pass, running lwIP's timers when each is due. */
void stack_pass(uint32_t ms);

/** Time passes and no timer runs yet, as while the main loop is busy elsewhere. */
void stack_skip(uint32_t ms);

/** Let so much time pass that lwIP has forgotten all closed connections, and all fragments. */
void stack_pass_time_wait(void);

/** Let so much time pass that lwIP repeats what has got lost: 3 s before 2.2, and up to 500 ms. */
void stack_pass_retransmission(void);

/** The random bits that lwIP gets when it asks the next time. */
void stack_set_random(uint32_t bits);

/** Hand lwIP an IP packet of the version that its first bits say. */
void stack_deliver(const void *packet, size_t size);

/** Keep a copy of each packet that is handed to lwIP from now on, or no more. */
void stack_record(bool on);

/** The n-th of them, from 0; NULL: there were not so many. */
const struct packet *stack_recorded(size_t n);

/** Take the oldest packet that lwIP has sent; false: there is none. */
bool stack_take(struct packet *packet);

/** How many there are. */
size_t stack_waiting(void);

/** Throw away all that lwIP has sent. */
void stack_discard(void);

#endif
