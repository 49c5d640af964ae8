/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Promise 2: within an incarnation a message reaches the application at most once, whole,
 * unaltered, in the order sent. A message that was transmitted never moves to another incarnation;
 * what was never transmitted carries over. That they come whole and in order, the checker sees.
 */
#include "scene.h"

#define THREE_FRAGMENTS ((size_t)3 * MSGR_FRAGMENT)

static void send_all_kinds(unsigned rounds)
{
    static const size_t sizes[] = {0, 1, 3, 64, MSGR_FRAGMENT, 3 * MSGR_FRAGMENT + 1};

    for (unsigned i = 0; i < rounds; i++) {
        scene_send_many(ALICE, 1, sizes[i % 6]);
        scene_send_many(BOB, 1, sizes[(i + 3) % 6]);
        scene_run_ms(20);
    }
}

static void promise_2_whatever_the_network_does(void **state)
{
    struct plan plan;

    (void)state;
    scene_plan(&plan, MSGR_LINK_DATAGRAM);
    plan.weather[0] = plan.weather[1] = (struct weather){
        .loss = 300, .duplicate = 300, .delay_us = 500, .jitter_us = 30000, .late = 20};
    scene_begin(&plan);
    scene_run_ms(3000);
    send_all_kinds(150);
    scene_end();
    /* The checker has nothing left to complain about, and there was no reason for 'unknown'. */
}

static void promise_2_when_numbers_wrap(void **state)
{
    struct plan plan;

    (void)state;
    scene_plan(&plan, MSGR_LINK_DATAGRAM);
    plan.node[ALICE].high_numbers = plan.node[BOB].high_numbers = true;
    plan.weather[0] = plan.weather[1] = (struct weather){.loss = 100, .delay_us = 500};
    scene_begin(&plan);
    scene_run_ms(1000);
    send_all_kinds(100);
    scene_run_ms(5000);
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 100);
    scene_end();
}

static void promise_2_across_a_change_of_address(void **state)
{
    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    for (int i = 0; i < 5; i++) {
        scene_send(ALICE, THREE_FRAGMENTS, 0);
        scene_cut(0);
        scene_send(BOB, THREE_FRAGMENTS, 0);
        scene_run_ms(1500);
    }
    scene_run_ms(5000);
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 5);
    assert_int_equal(scene_count(BOB, FATE_DELIVERED), 5);
    scene_end();
}

static void promise_2_from_a_stream_to_datagrams_and_back(void **state)
{
    struct plan plan;

    (void)state;
    scene_plan(&plan, MSGR_LINK_STREAM);
    plan.paths = 2;
    plan.path[1].kind = MSGR_LINK_DATAGRAM;
    scene_begin(&plan);
    scene_run_ms(500);
    for (int i = 0; i < 6; i++) {
        scene_send(ALICE, THREE_FRAGMENTS, 0);
        scene_send(BOB, THREE_FRAGMENTS, 0);
        scene_cut(i % 2); /* bob notices after three heartbeat intervals of silence */
        scene_run_ms(4000);
    }
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 6);
    assert_int_equal(scene_count(BOB, FATE_DELIVERED), 6);
    scene_end();
}

static void promise_2_transmitted_stays_with_its_incarnation_the_rest_carries_over(void **state)
{
    size_t transmitted;
    size_t waiting = 0;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene_block(ALICE, true);
    transmitted = scene_send(ALICE, 100, 0);
    for (int i = 0; i < 40; i++) {
        waiting = scene_send(ALICE, 1, 0);
    }
    scene_restart(BOB, 50);
    scene_run_ms(100);
    scene_block(ALICE, false);
    scene_run_ms(3000);
    assert_int_equal(scene_fate(ALICE, transmitted), FATE_UNKNOWN);
    assert_int_equal(scene_reason(ALICE, transmitted), MSGR_REASON_RESTARTED);
    assert_int_equal(scene.checker.way[ALICE].sent[transmitted].got, 0);
    assert_int_equal(scene_fate(ALICE, waiting), FATE_DELIVERED);
    scene_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_2_whatever_the_network_does),
        cmocka_unit_test(promise_2_when_numbers_wrap),
        cmocka_unit_test(promise_2_across_a_change_of_address),
        cmocka_unit_test(promise_2_from_a_stream_to_datagrams_and_back),
        cmocka_unit_test(promise_2_transmitted_stays_with_its_incarnation_the_rest_carries_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
