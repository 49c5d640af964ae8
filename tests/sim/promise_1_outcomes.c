/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Promise 1: every accepted message gets exactly one outcome, no later than its deadline, while the
 * sender stays powered; *delivered* and *not delivered* never lie.
 */
#include "scene.h"

static void promise_1_delivered_when_it_was_taken_and_not_before(void **state)
{
    size_t message;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene_pause(BOB, true);
    message = scene_send(ALICE, 100, 0);
    scene_run_ms(5000);
    assert_int_equal(scene_fate(ALICE, message), FATE_PENDING);
    scene_pause(BOB, false);
    scene_run_ms(20);
    assert_int_equal(scene_fate(ALICE, message), FATE_DELIVERED);
    scene_end();
}

static void promise_1_not_delivered_if_it_was_never_transmitted(void **state)
{
    struct plan plan;
    size_t message;

    (void)state;
    scene_plan(&plan, MSGR_LINK_DATAGRAM);
    scene_begin(&plan);
    scene_block(ALICE, true);
    scene_run_ms(10);
    message = scene_send(ALICE, 100, 300);
    scene_run_ms(301);
    assert_int_equal(scene_fate(ALICE, message), FATE_NOT_DELIVERED);
    assert_int_equal(scene_reason(ALICE, message), MSGR_REASON_DEADLINE);
    assert_in_range(scene_took_ms(ALICE, message), 299, 301);
    scene_end();
}

static void promise_1_unknown_at_its_deadline_if_it_was_transmitted(void **state)
{
    size_t message;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene_block(BOB, true);
    message = scene_send(ALICE, 100, 300);
    scene_run_ms(301);
    assert_int_equal(scene_fate(ALICE, message), FATE_UNKNOWN);
    assert_int_equal(scene_reason(ALICE, message), MSGR_REASON_DEADLINE);
    assert_in_range(scene_took_ms(ALICE, message), 299, 301);
    scene_end();
}

static void promise_1_cancelled_at_once_and_honestly(void **state)
{
    size_t transmitted;
    size_t waiting;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene_block(ALICE, true);
    scene_pause(BOB, true);
    transmitted = scene_send(ALICE, 100, 0);
    for (int i = 0; i < 40; i++) {
        waiting = scene_send(ALICE, 1, 0);
    }
    scene_cancel(ALICE, transmitted);
    scene_cancel(ALICE, waiting);
    assert_int_equal(scene_fate(ALICE, transmitted), FATE_UNKNOWN);
    assert_int_equal(scene_fate(ALICE, waiting), FATE_NOT_DELIVERED);
    assert_int_equal(scene_reason(ALICE, waiting), MSGR_REASON_CANCELLED);
    scene_end();
}

static void promise_1_deadlines_hold_while_the_clock_wraps(void **state)
{
    struct plan plan;

    (void)state;
    scene_plan(&plan, MSGR_LINK_DATAGRAM);
    plan.node[ALICE].clock_ms = UINT32_MAX - 700;
    plan.node[BOB].clock_ms = 0x7FFFFFFF - 700;
    scene_begin(&plan);
    scene_run_ms(500);
    scene_block(ALICE, true);
    for (uint32_t deadline_ms = 100; deadline_ms < 2000; deadline_ms += 100) {
        scene_send(ALICE, 10, deadline_ms);
        scene_send(BOB, 10, deadline_ms);
    }
    scene_run_ms(2100);
    assert_int_equal(scene_count(ALICE, FATE_PENDING), 0);
    assert_int_equal(scene_count(BOB, FATE_PENDING), 0);
    scene_end();
}

static void promise_1_longest_and_emptiest_have_outcomes(void **state)
{
    (void)state;
    scene_talk(MSGR_LINK_STREAM);
    scene_send_many(ALICE, 3, 0);
    scene_send_many(ALICE, 3, MSGR_MESSAGE_MAX);
    scene_send_many(BOB, 3, MSGR_FRAGMENT + 1);
    scene_run_ms(100);
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 6);
    assert_int_equal(scene_count(BOB, FATE_DELIVERED), 3);
    scene_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_1_delivered_when_it_was_taken_and_not_before),
        cmocka_unit_test(promise_1_not_delivered_if_it_was_never_transmitted),
        cmocka_unit_test(promise_1_unknown_at_its_deadline_if_it_was_transmitted),
        cmocka_unit_test(promise_1_cancelled_at_once_and_honestly),
        cmocka_unit_test(promise_1_deadlines_hold_while_the_clock_wraps),
        cmocka_unit_test(promise_1_longest_and_emptiest_have_outcomes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
