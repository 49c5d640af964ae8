/* SPDX-License-Identifier: BSD-3-Clause */
/* The loop on lwIP: how it is woken, and by whom; and other threads' messages. */
#include "families.h"
#include "faults.h"
#include "framed.h"
#include "one_thread.h"
#include "stack.h"
#include "subject_loop.h"

#include "lwip/tcpip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* ---- opening ------------------------------------------------------------------------------- */

static void each_failing_call_of_opening_is_reported_and_leaves_nothing(void **state)
{
    static struct msgr_loop other;
    struct pollfd fds[MSGR_LOOP_FDS(0)];
    unsigned failures = 0;

    (void)state;
    for (unsigned k = 1; faults_arm(k); k++) {
        int error = msgr_loop_open(&other, fds, MSGR_LOOP_FDS(0));
        assert_int_equal(error != 0, faults_has_struck());
        failures += error != 0;
        if (error == 0) {
            faults_pause(); /* without memory for a last message to lwIP's thread, one is its own */
            msgr_loop_close(&other);
            faults_resume();
        }
        stack_assert_no_leak();
    }
    faults_off();
    assert_true(failures > 4);
    assert_int_equal(msgr_loop_open(&other, fds, 0), -EINVAL);
}

static uint32_t never_prepare(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    (void)part;
    (void)loop;
    (void)now_ms;
    return MSGR_LOOP_FOREVER;
}

static unsigned turns;

static void count_turn(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    (void)part;
    (void)loop;
    (void)now_ms;
    turns++;
}

static void part_without_room_for_its_descriptors_is_refused(void **state)
{
    struct msgr_part part = {.fd_max = 1000, .prepare = never_prepare, .turn = count_turn};

    (void)state;
    assert_int_equal(msgr_loop_add(&subject_loop, &part), -ENOMEM);
    msgr_loop_remove(&subject_loop, &part);
}

/* ---- waking -------------------------------------------------------------------------------- */

static struct msgr_part counter = {.prepare = never_prepare, .turn = count_turn};

static int setup(void **state)
{
    int result = stack_setup(state);

    assert_int_equal(msgr_loop_add(&subject_loop, &counter), 0);
    subject_run();
    turns = 0;
    return result;
}

static int teardown(void **state)
{
    faults_off();
    msgr_loop_remove(&subject_loop, &counter);
    subject_run();
    return framed_teardown(state);
}

static bool wake_from_isr(void)
{
    bool needs_switch = true;

    return msgr_loop_wake_from_isr(&subject_loop, &needs_switch);
}

static void sleeping_loop_turns_when_it_is_woken_and_only_then(void **state)
{
    (void)state;
    stack_pass(3600000);
    assert_int_equal(turns, 0);
    for (int is_isr = 0; is_isr <= 1; is_isr++) {
        turns = 0;
        assert_true(is_isr != 0 ? wake_from_isr() : msgr_loop_wake(&subject_loop));
        subject_wake();
        assert_in_range(turns, 1, 2); /* woken, and asleep again */
        stack_pass(10000);
        assert_in_range(turns, 1, 2);
    }
}

static void woken_many_times_it_rings_once(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_true(msgr_loop_wake(&subject_loop));
        assert_true(wake_from_isr());
    }
    subject_wake();
    assert_in_range(turns, 1, 2);
    assert_true(msgr_loop_wake(&subject_loop)); /* and again the next time */
    subject_wake();
    assert_in_range(turns, 2, 4);
}

static void loop_is_woken_though_lwip_has_no_memory_for_it_now(void **state)
{
    (void)state;
    assert_true(faults_arm_all_from(1));
    assert_true(msgr_loop_wake(&subject_loop));
    subject_wake();
    stack_pass(200);
    assert_int_equal(turns, 0);
    faults_off();
    stack_pass(200);
    assert_in_range(turns, 1, 2);
}

static void do_nothing(void *arg)
{
    (void)arg;
}

static void fill_lwips_mailbox(struct tcpip_callback_msg *message)
{
    for (int i = 0; i < TCPIP_MBOX_SIZE; i++) {
        assert_int_equal(tcpip_callbackmsg_trycallback(message), ERR_OK);
    }
}

static void waking_fails_while_lwips_thread_has_too_much_to_do(void **state)
{
    struct tcpip_callback_msg *message = tcpip_callbackmsg_new(do_nothing, NULL);

    (void)state;
    fill_lwips_mailbox(message);
    assert_false(msgr_loop_wake(&subject_loop));
    assert_false(wake_from_isr());
    assert_true(one_thread_run());
    assert_true(msgr_loop_wake(&subject_loop));
    subject_wake();
    assert_in_range(turns, 1, 2);
    tcpip_callbackmsg_delete(message);
}

/* ---- other threads' messages --------------------------------------------------------------- */

MSGR_MAILBOX(mailbox, 4, 64);

static unsigned told;
static int32_t told_last;

static void note_posted(void *ctx, uint32_t tag, int peer, int32_t message)
{
    (void)ctx;
    (void)peer;
    assert_int_equal(tag, told);
    told++;
    told_last = message;
}

static void up_with_a_mailbox(void)
{
    struct subject_net_config config = {.listen = true, .mailbox = &mailbox, .posted = note_posted};

    told = 0;
    framed_start(ANY_FAMILY);
    config.m = node.end.m;
    assert_int_equal(subject_open(&node.net, &config), 0);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_pass(100);
    remote.ignores_texts = true;
}

static int post(uint32_t tag)
{
    return msgr_mailbox_post(&mailbox, node.end.peer, "sample", 6, 0, tag);
}

static void posted_messages_are_sent_when_the_loop_turns(void **state)
{
    (void)state;
    up_with_a_mailbox();
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(post(i), 0);
    }
    assert_int_equal(post(4), MSGR_ERROR_FULL);
    assert_int_equal(told, 0);
    subject_wake();
    assert_int_equal(told, 4);
    assert_true(told_last > 0);
    framed_pass(100);
    assert_int_equal(remote.end.received, 4);
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_DELIVERED], 4);
    framed_stop();
}

static void interrupts_post_as_threads_do(void **state)
{
    bool needs_switch;

    (void)state;
    up_with_a_mailbox();
    assert_int_equal(
        msgr_mailbox_post_from_isr(&mailbox, node.end.peer, "sample", 6, 0, 0, &needs_switch), 0);
    framed_pass(100);
    assert_int_equal(remote.end.received, 1);
    framed_stop();
}

static void nothing_is_posted_that_nobody_could_be_woken_for(void **state)
{
    struct tcpip_callback_msg *message = tcpip_callbackmsg_new(do_nothing, NULL);

    (void)state;
    up_with_a_mailbox();
    fill_lwips_mailbox(message);
    assert_int_equal(post(0), MSGR_ERROR_FULL);
    assert_true(one_thread_run());
    framed_pass(100);
    assert_int_equal(told, 0);
    assert_int_equal(remote.end.received, 0);
    assert_int_equal(post(0), 0);
    framed_pass(100);
    assert_int_equal(told, 1);
    assert_int_equal(remote.end.received, 1);
    tcpip_callbackmsg_delete(message);
    framed_stop();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_failing_call_of_opening_is_reported_and_leaves_nothing),
        TEST(part_without_room_for_its_descriptors_is_refused),
        TEST(sleeping_loop_turns_when_it_is_woken_and_only_then),
        TEST(woken_many_times_it_rings_once),
        TEST(loop_is_woken_though_lwip_has_no_memory_for_it_now),
        TEST(waking_fails_while_lwips_thread_has_too_much_to_do),
        TEST(posted_messages_are_sent_when_the_loop_turns),
        TEST(interrupts_post_as_threads_do),
        TEST(nothing_is_posted_that_nobody_could_be_woken_for),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
