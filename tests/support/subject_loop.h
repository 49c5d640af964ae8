/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The thread that the sockets' transport has beside lwIP's: its loop (msgr/loop.h) turns when a
 * descriptor is ready and when its time has come, until it would sleep, and says for how long. On
 * lwIP's raw API there is none.
 */
#ifndef TESTS_SUPPORT_SUBJECT_LOOP_H
#define TESTS_SUPPORT_SUBJECT_LOOP_H

#include "lwip/opt.h"

#include <stdint.h>

#if NO_SYS

static inline void subject_begin(void)
{
}

static inline void subject_reset(void)
{
}

static inline void subject_wake(void)
{
}

static inline uint32_t subject_sleeptime(void)
{
    return UINT32_MAX;
}

#else

#include "msgr/loop.h"

/** Opened by subject_begin(), with descriptors for all that a test opens. */
extern struct msgr_loop subject_loop;

/** Once a process, when lwIP has started. */
void subject_begin(void);

/** A test that failed may have left it in the middle of a turn. */
void subject_reset(void);

/** It turns, does what there is to be done, and goes back to sleep. Else, the test fails. */
void subject_run(void);

/** The same if it has something to wake up for: a descriptor that is ready, or its time has come.
 */
void subject_wake(void);

/** Milliseconds until it wakes by itself; UINT32_MAX: it does not. */
uint32_t subject_sleeptime(void);

#endif
#endif
