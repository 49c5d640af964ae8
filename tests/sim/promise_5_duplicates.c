/* SPDX-License-Identifier: BSD-3-Clause */
/* Promise 5: duplicates are always acknowledged again, never delivered again. */
#include "scene.h"

static void promise_5_every_datagram_twice(void **state)
{
    struct plan plan;

    (void)state;
    scene_plan(&plan, MSGR_LINK_DATAGRAM);
    plan.weather[0] = plan.weather[1] =
        (struct weather){.duplicate = 1000, .delay_us = 500, .jitter_us = 5000};
    scene_begin(&plan);
    scene_run_ms(500);
    scene_send_many(ALICE, 100, 64);
    scene_run_ms(100);
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 100);
    assert_int_equal(scene_stats(BOB).received, 100);
    assert_in_range(scene_stats(BOB).duplicates, 100, 200);
    scene_end();
}

static void promise_5_acknowledged_again_when_the_first_acknowledgement_is_lost(void **state)
{
    struct plan plan;
    size_t message;

    (void)state;
    scene_plan(&plan, MSGR_LINK_DATAGRAM);
    plan.node[ALICE].heartbeat_ms = plan.node[BOB].heartbeat_ms = 10000; /* nothing else asks */
    scene_begin(&plan);
    scene_run_ms(500);
    scene_block(BOB, true);
    message = scene_send(ALICE, 64, 0);
    scene_run_ms(500);
    assert_int_equal(scene_stats(BOB).received, 1);
    assert_int_equal(scene_fate(ALICE, message), FATE_PENDING);
    scene_block(BOB, false);
    scene_run_ms(1000);
    assert_int_equal(scene_fate(ALICE, message), FATE_DELIVERED);
    assert_int_equal(scene_stats(BOB).received, 1);
    assert_in_range(scene_stats(BOB).duplicates, 1, 20);
    scene_end();
}

static void promise_5_no_loss_no_repetition(void **state)
{
    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene_send_many(ALICE, 200, 64);
    scene_send_many(BOB, 20, MSGR_MESSAGE_MAX);
    scene_run_ms(100);
    assert_int_equal(scene_stats(ALICE).retransmitted, 0);
    assert_int_equal(scene_stats(BOB).retransmitted, 0);
    assert_int_equal(scene_stats(BOB).duplicates, 0);
    scene_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_5_every_datagram_twice),
        cmocka_unit_test(promise_5_acknowledged_again_when_the_first_acknowledgement_is_lost),
        cmocka_unit_test(promise_5_no_loss_no_repetition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
