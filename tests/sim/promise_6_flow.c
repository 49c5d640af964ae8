/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Promise 6: a fast peer cannot flood a slow one: windows, and "full, try later" to the sender,
 * then a *writable* event.
 */
#include "scene.h"

static unsigned send_until_full(int node, size_t size)
{
    unsigned count = 0;

    call_tick(&scene, node);
    while (call_send(&scene, node, size, 0) > 0) {
        count++;
        node_turn(&scene, node);
        scene_run_ms(2);
        call_tick(&scene, node);
    }
    return count;
}

static void flood(enum msgr_link_kind kind, size_t size)
{
    unsigned count;
    uint32_t held;

    scene_talk(kind);
    scene_pause(BOB, true);
    count = send_until_full(ALICE, size);
    scene_run_ms(10000);
    held = scene_stats(BOB).slots_used;
    assert_in_range(held, 1, scene_stats(BOB).slots);
    assert_true(scene_is_up(ALICE));
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 0);
    assert_true(scene.checker.node[ALICE].was_full);
    scene_pause(BOB, false);
    scene_run_ms(5000);
    assert_false(scene.checker.node[ALICE].was_full);
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), count);
    scene_end();
}

static void promise_6_small_messages_over_datagrams(void **state)
{
    (void)state;
    flood(MSGR_LINK_DATAGRAM, 1);
}

static void promise_6_long_messages_over_datagrams(void **state)
{
    (void)state;
    flood(MSGR_LINK_DATAGRAM, MSGR_MESSAGE_MAX);
}

static void promise_6_small_messages_over_streams(void **state)
{
    (void)state;
    flood(MSGR_LINK_STREAM, 1);
}

static void promise_6_long_messages_over_streams(void **state)
{
    (void)state;
    flood(MSGR_LINK_STREAM, MSGR_MESSAGE_MAX);
}

/* The memory that one direction has filled is not the other's. */
static void promise_6_both_floods_end(void **state)
{
    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene_pause(ALICE, true);
    scene_pause(BOB, true);
    send_until_full(ALICE, MSGR_FRAGMENT);
    send_until_full(BOB, MSGR_FRAGMENT);
    scene_run_ms(1000);
    scene_pause(ALICE, false);
    scene_pause(BOB, false);
    scene_run_ms(5000);
    assert_int_equal(scene_count(ALICE, FATE_PENDING), 0);
    assert_int_equal(scene_count(BOB, FATE_PENDING), 0);
    scene_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_6_small_messages_over_datagrams),
        cmocka_unit_test(promise_6_long_messages_over_datagrams),
        cmocka_unit_test(promise_6_small_messages_over_streams),
        cmocka_unit_test(promise_6_long_messages_over_streams),
        cmocka_unit_test(promise_6_both_floods_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
