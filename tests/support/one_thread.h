/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * lwIP with its thread and its sockets, and yet all in one thread, on the test's clock: what was
 * posted to lwIP's thread is run here, and who would wait has the time pass until there is what he
 * waits for. lwIP's core lock is a flag: taken twice, or not held where it should be, it fails the
 * test.
 */
#ifndef TESTS_SUPPORT_ONE_THREAD_H
#define TESTS_SUPPORT_ONE_THREAD_H

#include <stdbool.h>
#include <stdint.h>

/** lwIP's thread has started: from now on its core is touched with the lock held. */
void one_thread_begin(void);

/** Run what was posted to lwIP's thread. @return whether there was any */
bool one_thread_run(void);

/** How often somebody has waited so far, for a message or a signal. */
unsigned one_thread_waits(void);

#endif
