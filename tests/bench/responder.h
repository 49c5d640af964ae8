/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The end that is measured, on bench_netif (tests/support/stack.h): the messenger on lwIP, or
 * lwIP's raw API alone that sends back what comes. Port 9999.
 */
#ifndef TESTS_BENCH_RESPONDER_H
#define TESTS_BENCH_RESPONDER_H

#include <stdbool.h>

void responder_open_framed(void);
void responder_open_echo(bool is_stream);

/** Messages that the messenger's application has taken. */
extern unsigned long responder_taken;

#endif
