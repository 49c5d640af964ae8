/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Promise 7: memory is fixed; no framed input grows it. No state for an address before it has
 * proved that it receives there, and no more bytes to it than came from it.
 */
#include "scene.h"

#include <stdlib.h>
#include <string.h>

/* HELLO of version 1 from identity 7, "mallory", without a cookie; its check is right. */
static const uint8_t hello[] = {0xF9, 0x4D, 0x47, 0x01, 0x01, 0x1D, 0x01, 0x01, 0x00, 0x00,
                                0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00,
                                0x00, 0x00, 0x00, 0x00, 0x00, 0x09, 0x07, 0x6D, 0x61, 0x6C,
                                0x6C, 0x6F, 0x72, 0x79, 0x00, 0xCC, 0xCC, 0xCC, 0xCC};

static int ask(uint32_t address, const void *data, size_t size, size_t *answer_size)
{
    uint8_t answer[MSGR_ANSWER_MAX];

    return msgr_link_stranger(scene.node[BOB].engine, node_now_ms(&scene, BOB), &address,
                              sizeof address, data, size, answer, answer_size);
}

static void set_check(uint8_t *datagram, size_t size)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 4; i < size - 4; i++) {
        crc ^= datagram[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
        }
    }
    crc = ~crc;
    for (size_t i = 0; i < 4; i++) {
        datagram[size - 4 + i] = (uint8_t)(crc >> (24 - 8 * i));
    }
}

static void promise_7_strangers_leave_nothing_behind(void **state)
{
    uint8_t datagram[sizeof hello];
    struct msgr_stats before;
    size_t changed = 0;
    uint8_t *copy;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    memcpy(datagram, hello, sizeof hello);
    set_check(datagram, sizeof datagram);
    before = scene_stats(BOB);
    copy = malloc(scene.node[BOB].memory_size);
    assert_non_null(copy);
    memcpy(copy, node_memory(&scene.node[BOB]), scene.node[BOB].memory_size);
    for (uint32_t address = 0; address < 10000; address++) {
        size_t answer_size;

        assert_int_equal(ask(address, datagram, sizeof datagram, &answer_size), MSGR_ERROR_LINK);
        assert_in_range(answer_size, 10, sizeof datagram);
    }
    for (size_t i = 0; i < scene.node[BOB].memory_size; i++) {
        changed += copy[i] != node_memory(&scene.node[BOB])[i] ? 1 : 0;
    }
    free(copy);
    assert_in_range(changed, 0, sizeof before); /* counters */
    assert_int_equal(scene_stats(BOB).slots_used, before.slots_used);
    scene_end();
}

static void promise_7_strangers_get_no_more_than_they_sent(void **state)
{
    uint8_t datagram[MSGR_DATAGRAM_MAX];
    struct dice dice = {7};

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    for (int i = 0; i < 20000; i++) {
        size_t size = dice_between(&dice, 10, 60);
        size_t answer_size = 0;

        for (size_t j = 0; j < size; j++) {
            datagram[j] = (uint8_t)dice_roll(&dice);
        }
        memcpy(datagram, hello, 4);
        datagram[4] = (uint8_t)(datagram[4] & 0xE0) | (uint8_t)dice_below(&dice, 14);
        datagram[5] = (uint8_t)(size - 10);
        set_check(datagram, size);
        assert_int_equal(ask(5, datagram, size, &answer_size), MSGR_ERROR_LINK);
        assert_in_range(answer_size, 0, size);
    }
    scene_end();
}

static void promise_7_rubbish_on_a_proved_link_takes_no_memory(void **state)
{
    struct dice dice = {8};
    uint8_t datagram[MSGR_DATAGRAM_MAX];
    struct msgr_stats before;

    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    before = scene_stats(BOB);
    for (int i = 0; i < 20000; i++) {
        size_t size = dice_between(&dice, 5, 200);

        for (size_t j = 0; j < size; j++) {
            datagram[j] = (uint8_t)dice_roll(&dice);
        }
        memcpy(datagram, hello, 4);
        call_input(&scene, BOB, scene.node[BOB].datagram[0].link, datagram, size);
    }
    assert_int_equal(scene_stats(BOB).slots_used, before.slots_used);
    assert_int_equal(scene_stats(BOB).slots_shared, before.slots_shared);
    scene_end();
}

static void promise_7_after_all_that_happened_the_pool_is_empty(void **state)
{
    (void)state;
    scene_talk(MSGR_LINK_DATAGRAM);
    scene_block(BOB, true);
    for (int i = 0; i < 10; i++) {
        scene_send(ALICE, (size_t)3 * MSGR_FRAGMENT, 50);
        scene_send(BOB, (size_t)3 * MSGR_FRAGMENT, 50);
        scene_run_ms(100);
    }
    scene_block(BOB, false);
    scene_run_ms(6000);
    assert_int_equal(scene_stats(ALICE).slots_used, 0);
    assert_int_equal(scene_stats(BOB).slots_used, 0);
    scene_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_7_strangers_leave_nothing_behind),
        cmocka_unit_test(promise_7_strangers_get_no_more_than_they_sent),
        cmocka_unit_test(promise_7_rubbish_on_a_proved_link_takes_no_memory),
        cmocka_unit_test(promise_7_after_all_that_happened_the_pool_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
