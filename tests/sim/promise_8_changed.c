/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Promise 8: a frame changed on the way is never delivered. What is delivered is compared by the
 * checker, byte for byte; here is that the right ones come all the same. The test `exhaustive`
 * flips a bit in each byte of each packet.
 */
#include "scene.h"

static void flip_bits(enum msgr_link_kind kind, uint32_t permille)
{
    struct plan plan;

    scene_plan(&plan, kind);
    plan.weather[0] = plan.weather[1] = (struct weather){.flip = permille, .delay_us = 500};
    scene_begin(&plan);
    scene_run_ms(2000);
    for (int i = 0; i < 50; i++) {
        scene_send(ALICE, (size_t)i * 20, 0);
        scene_send(BOB, (size_t)2 * MSGR_FRAGMENT + (size_t)i, 0);
        scene_run_ms(300);
    }
    scene_run_ms(10000);
    assert_int_equal(scene_count(ALICE, FATE_DELIVERED), 50);
    assert_int_equal(scene_count(BOB, FATE_DELIVERED), 50);
    scene_end();
}

static void promise_8_a_third_of_the_datagrams_is_changed(void **state)
{
    (void)state;
    flip_bits(MSGR_LINK_DATAGRAM, 333);
}

static void promise_8_a_hundredth_of_the_segments_is_changed(void **state)
{
    (void)state;
    flip_bits(MSGR_LINK_STREAM, 10);
}

static void flip_each(struct world *world, unsigned index, size_t size, struct fate_of_packet *fate)
{
    (void)world;
    fate->flip_bit = (int)(index * 37 % (8 * (unsigned)size));
}

static void promise_8_nothing_is_delivered_when_all_is_changed(void **state)
{
    size_t message;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene.on_packet = flip_each;
    message = scene_send(ALICE, 64, 2500);
    scene_run_ms(2600);
    assert_int_equal(scene_fate(ALICE, message), FATE_UNKNOWN);
    assert_int_equal(scene_stats(BOB).received, 0);
    scene.on_packet = NULL;
    scene_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_8_a_third_of_the_datagrams_is_changed),
        cmocka_unit_test(promise_8_a_hundredth_of_the_segments_is_changed),
        cmocka_unit_test(promise_8_nothing_is_delivered_when_all_is_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
