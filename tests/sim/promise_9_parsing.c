/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Promise 9: parsing never waits for room to send. Bob's transport takes not a byte for a while,
 * and he hears all the same; what he would have answered is there as soon as it does.
 */
#include "scene.h"

static void hear_while_mute(enum msgr_link_kind kind)
{
    scene_talk(kind);
    scene.is_mute[BOB] = true;
    for (int i = 0; i < 10; i++) {
        scene_send(ALICE, 100, 0);
    }
    scene_run_ms(500);
    assert_int_equal(scene_stats(BOB).received, 10);
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 0);
    scene.is_mute[BOB] = false;
    node_plan_turn(&scene, BOB, scene.now_us);
    scene_run_ms(1000);
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 10);
    scene_end();
}

static void promise_9_over_datagrams(void **state)
{
    (void)state;
    hear_while_mute(MSGR_LINK_DATAGRAM);
}

static void promise_9_over_streams(void **state)
{
    (void)state;
    hear_while_mute(MSGR_LINK_STREAM);
}

/* Both talk, and neither transport takes anything: no deadlock afterwards. */
static void promise_9_both_mute_and_both_hear(void **state)
{
    (void)state;
    scene_talk(MSGR_LINK_STREAM);
    for (int i = 0; i < 20; i++) {
        scene.is_mute[ALICE] = i % 3 == 0;
        scene.is_mute[BOB] = i % 2 == 0;
        scene_send(ALICE, MSGR_FRAGMENT, 0);
        scene_send(BOB, MSGR_FRAGMENT, 0);
        scene_run_ms(100);
    }
    scene.is_mute[ALICE] = scene.is_mute[BOB] = false;
    node_plan_turn(&scene, ALICE, scene.now_us);
    node_plan_turn(&scene, BOB, scene.now_us);
    scene_run_ms(2000);
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 20);
    assert_int_equal(scene_count(BOB, FATE_DELIVERED), 20);
    scene_end();
}

/* msgr_link_unsent(): what could not be sent is given again, and not left to the repetition. */
static void take_back_half(enum msgr_link_kind kind)
{
    struct plan plan;

    scene_plan(&plan, kind);
    plan.unsent = 500;
    scene_begin(&plan);
    scene_run_ms(2000);
    for (int i = 0; i < 100; i++) {
        size_t message = scene_send(ALICE, (size_t)i * 8, 0);

        scene_run_ms(200);
        assert_int_equal(scene_fate(ALICE, message), FATE_DELIVERED);
    }
    scene_end();
}

static void promise_9_what_could_not_be_sent_is_given_again(void **state)
{
    (void)state;
    take_back_half(MSGR_LINK_DATAGRAM);
    take_back_half(MSGR_LINK_STREAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_9_over_datagrams),
        cmocka_unit_test(promise_9_over_streams),
        cmocka_unit_test(promise_9_both_mute_and_both_hear),
        cmocka_unit_test(promise_9_what_could_not_be_sent_is_given_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
