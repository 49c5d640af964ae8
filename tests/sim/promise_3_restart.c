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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_3_either_end_over_datagrams),
        cmocka_unit_test(promise_3_either_end_over_streams),
        cmocka_unit_test(promise_3_without_randomness),
        cmocka_unit_test(promise_3_an_absent_peer_is_asked_with_back_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
