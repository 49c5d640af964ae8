/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Promise 3: a peer that restarts is noticed; the conversation resumes by itself, with back-off and
 * jitter.
 */
#include "scene.h"

static void restart_and_resume(enum msgr_link_kind kind, int node, bool repeats_random)
{
    struct plan plan;

    scene_plan(&plan, kind);
    plan.node[node].repeats_random = repeats_random;
    scene_begin(&plan);
    scene_run_ms(500);
    for (unsigned life = 2; life < 6; life++) {
        scene_send_many(ALICE, 2, 50);
        scene_send_many(BOB, 2, 50);
        scene_restart(node, 10 * life);
        scene_run_ms(4000);
        assert_true(scene_is_up(ALICE));
        assert_true(scene_is_up(BOB));
    }
    scene_end();
}

static void promise_3_either_end_over_datagrams(void **state)
{
    (void)state;
    restart_and_resume(MSGR_LINK_DATAGRAM, ALICE, false);
    restart_and_resume(MSGR_LINK_DATAGRAM, BOB, false);
}

static void promise_3_either_end_over_streams(void **state)
{
    (void)state;
    restart_and_resume(MSGR_LINK_STREAM, ALICE, false);
    restart_and_resume(MSGR_LINK_STREAM, BOB, false);
}

static void promise_3_without_randomness(void **state)
{
    (void)state;
    restart_and_resume(MSGR_LINK_DATAGRAM, ALICE, true);
    restart_and_resume(MSGR_LINK_DATAGRAM, BOB, true);
}

static unsigned count_of_hellos;

static void count_datagrams(struct world *world, unsigned index, size_t size,
                            struct fate_of_packet *fate)
{
    (void)world, (void)index, (void)size;
    fate->copies = 0;
    count_of_hellos++;
}

static void promise_3_an_absent_peer_is_asked_with_back_off(void **state)
{
    struct plan plan;

    (void)state;
    scene_plan(&plan, MSGR_LINK_DATAGRAM);
    plan.node[ALICE].heartbeat_ms = plan.node[BOB].heartbeat_ms = 5000;
    scene_begin(&plan);
    scene.on_packet = count_datagrams;
    count_of_hellos = 0;
    scene_run_ms(1000);
    assert_in_range(count_of_hellos, 4, 7);
    scene_run_ms(59000);
    assert_in_range(count_of_hellos, 16, 30);
    scene.on_packet = NULL;
    scene_end();
}

static void promise_3_an_identity_may_come_back_under_another_name(void **state)
{
    struct msgr_peer_info info;
    size_t message;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene.node[BOB].plan.name = "robert";
    scene_restart(BOB, 100);
    scene_run_ms(50);
    message = scene_send(ALICE, 50, 0);
    scene_run_ms(5000);
    assert_true(msgr_peer_get(scene.node[ALICE].engine, scene.node[ALICE].app.peer, &info));
    assert_string_equal(info.name, "robert");
    assert_int_not_equal(scene_fate(ALICE, message), FATE_PENDING);
    message = scene_send(ALICE, 50, 0);
    scene_run_ms(100);
    assert_int_equal(scene_fate(ALICE, message), FATE_DELIVERED);
    scene_end();
}

/* Another board gets the name of one that is gone: what was meant for that one stays unknown. */
static void promise_3_a_namesake_takes_over_when_the_other_is_silent(void **state)
{
    size_t message;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene.node[BOB].plan.identity = 0xB0B0B0;
    scene_restart(BOB, 100);
    message = scene_send(ALICE, 50, 4000);
    scene_run_ms(10000);
    assert_int_equal(scene_fate(ALICE, message), FATE_UNKNOWN);
    message = scene_send(ALICE, 50, 0);
    scene_run_ms(100);
    assert_int_equal(scene_fate(ALICE, message), FATE_DELIVERED);
    scene_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_3_either_end_over_datagrams),
        cmocka_unit_test(promise_3_either_end_over_streams),
        cmocka_unit_test(promise_3_without_randomness),
        cmocka_unit_test(promise_3_an_absent_peer_is_asked_with_back_off),
        cmocka_unit_test(promise_3_an_identity_may_come_back_under_another_name),
        cmocka_unit_test(promise_3_a_namesake_takes_over_when_the_other_is_silent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
