/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Promise 4: a silent peer is noticed: heartbeats are on by default; the time to notice is a
 * documented sum, three heartbeat intervals (SPEC.md, 11.3).
 */
#include "scene.h"

static uint32_t time_to_notice_ms(int node)
{
    uint64_t begin_us = scene.now_us;

    while (scene_is_up(node) && scene.now_us < begin_us + 60000000) {
        scene_run_ms(10);
    }
    return (uint32_t)((scene.now_us - begin_us) / 1000);
}

static void fall_silent(enum msgr_link_kind kind)
{
    scene_talk(kind);
    scene_run_ms(3456);
    scene_block(ALICE, true);
    scene_block(BOB, true);
    assert_in_range(time_to_notice_ms(ALICE), 2000, 3050);
    assert_in_range(time_to_notice_ms(BOB), 0, 1100);
    scene_end();
}

static void promise_4_silence_is_noticed_over_datagrams(void **state)
{
    (void)state;
    fall_silent(MSGR_LINK_DATAGRAM);
}

static void promise_4_silence_is_noticed_over_streams(void **state)
{
    (void)state;
    fall_silent(MSGR_LINK_STREAM);
}

static void promise_4_silence_one_way_is_noticed_by_who_hears_nothing(void **state)
{
    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene_block(ALICE, true);
    assert_in_range(time_to_notice_ms(BOB), 2000, 3050);
    scene_end();
}

static void promise_4_a_quiet_peer_stays_up_for_a_day(void **state)
{
    unsigned packets;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    packets = scene.packets;
    for (int i = 0; i < 24 * 60; i++) {
        scene_run_ms(60000);
        assert_true(scene_is_up(ALICE));
        assert_true(scene_is_up(BOB));
    }
    assert_in_range(scene.packets - packets, 2 * 86400, 6 * 86400);
    scene_end();
}

static void promise_4_a_few_lost_heartbeats_are_no_silence(void **state)
{
    struct plan plan;

    (void)state;
    scene_plan(&plan, MSGR_LINK_DATAGRAM);
    plan.weather[0] = plan.weather[1] = (struct weather){.loss = 100, .delay_us = 500};
    scene_begin(&plan);
    scene_run_ms(3000);
    for (int i = 0; i < 600; i++) {
        scene_run_ms(1000);
        assert_true(scene_is_up(ALICE));
        assert_true(scene_is_up(BOB));
    }
    scene_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_4_silence_is_noticed_over_datagrams),
        cmocka_unit_test(promise_4_silence_is_noticed_over_streams),
        cmocka_unit_test(promise_4_silence_one_way_is_noticed_by_who_hears_nothing),
        cmocka_unit_test(promise_4_a_quiet_peer_stays_up_for_a_day),
        cmocka_unit_test(promise_4_a_few_lost_heartbeats_are_no_silence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
