/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The linker sends the loop's poll() through here (--wrap): it never sleeps, but says for how long
 * it would. It does not fail: lwIP's has no reason to, where each thread has a semaphore.
 */
#include "subject_loop.h"

#include "one_thread.h"
#include "stack.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define FDS       40
#define TURNS_MAX 2000 /* of one run: what has come is taken in pieces */

struct msgr_loop subject_loop;

static struct pollfd fds[FDS];
static bool is_begun, is_running;
static bool is_asleep;
static bool has_alarm;
static uint32_t alarm_ms;

static void sleep_for(bool has_end, uint32_t ms)
{
    is_asleep = true;
    has_alarm = has_end;
    alarm_ms = stack_now() + ms;
}

int __real_lwip_poll(struct pollfd *list, nfds_t count, int timeout);
int __wrap_lwip_poll(struct pollfd *list, nfds_t count, int timeout);
int __wrap_lwip_poll(struct pollfd *list, nfds_t count, int timeout)
{
    int ready;

    (void)one_thread_run(); /* lwIP's thread has the higher priority */
    ready = __real_lwip_poll(list, count, 0);
    if (ready == 0 && timeout != 0) {
        sleep_for(timeout > 0, (uint32_t)timeout);
    }
    return ready;
}

void subject_begin(void)
{
    assert_int_equal(msgr_loop_open(&subject_loop, fds, FDS), 0);
    is_begun = true;
}

void subject_reset(void)
{
    is_running = false;
}

void subject_run(void)
{
    unsigned turns = 0;
    unsigned waits = one_thread_waits();

    if (!is_begun || is_running) {
        return;
    }
    is_running = true;
    do {
        is_asleep = false;
        assert_int_equal(msgr_loop_turn(&subject_loop, MSGR_LOOP_FOREVER), 0);
        assert_true(++turns < TURNS_MAX);
    } while (!is_asleep);
    assert_int_equal(one_thread_waits(), waits); /* it sleeps in poll(), and nowhere else */
    is_running = false;
}

void subject_wake(void)
{
    if (!is_begun || is_running) {
        return;
    }
    (void)one_thread_run();
    if (subject_sleeptime() == 0 || __real_lwip_poll(fds, (nfds_t)subject_loop.fd_used, 0) != 0) {
        subject_run();
    }
}

uint32_t subject_sleeptime(void)
{
    int32_t left = (int32_t)(alarm_ms - stack_now());

    if (!has_alarm) {
        return UINT32_MAX;
    }
    return left > 0 ? (uint32_t)left : 0;
}
