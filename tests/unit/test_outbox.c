/* SPDX-License-Identifier: BSD-3-Clause */
#include "outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SLOTS 16

static struct msgr_slot slots[SLOTS];
static uint8_t data[SLOTS * MSGR_FRAGMENT];
static uint8_t text[4 * MSGR_FRAGMENT];
static struct msgr_pool pool;
static struct msgr_outbox outbox;
static struct msgr_outcomes outcomes;

static int setup(void **state)
{
    (void)state;
    msgr_pool_start(&pool, slots, data, SLOTS);
    outbox = (struct msgr_outbox){.quota.guaranteed = SLOTS};
    msgr_outbox_start(&outbox);
    outcomes.first = MSGR_NO_SLOT;
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(i + i / 251);
    }
    return 0;
}

static uint16_t add(size_t size)
{
    uint16_t message = msgr_outbox_add(&outbox, &pool, text, size);

    slots[message].out = (struct msgr_out_record){.size = (uint32_t)size};
    return message;
}

static void finish(uint16_t message)
{
    msgr_outbox_finish(&outbox, &pool, &outcomes, message, MSGR_OUT_DELIVERED, MSGR_REASON_NONE);
}

static void advance(unsigned times, unsigned log)
{
    for (unsigned i = 0; i < times; i++) {
        msgr_outbox_advance(&outbox, &pool, log);
    }
}

static void slots_of_a_message(void **state)
{
    (void)state;
    assert_int_equal(msgr_outbox_slots(0), 1);
    assert_int_equal(msgr_outbox_slots(1), 1);
    assert_int_equal(msgr_outbox_slots(MSGR_FRAGMENT), 1);
    assert_int_equal(msgr_outbox_slots(MSGR_FRAGMENT + 1), 2);
    assert_int_equal(msgr_outbox_slots(65536), 65536 / MSGR_FRAGMENT);
}

static void fragments_of_a_message(void **state)
{
    (void)state;
    assert_int_equal(msgr_outbox_fragments(0, 6), 1);
    assert_int_equal(msgr_outbox_fragments(64, 6), 1);
    assert_int_equal(msgr_outbox_fragments(65, 6), 2);
    assert_int_equal(msgr_outbox_fragments(65536, 6), 1024);
    assert_int_equal(msgr_outbox_fragments(65536, 10), 64);
}

static void message_is_copied_into_its_slots(void **state)
{
    size_t size = 2 * (size_t)MSGR_FRAGMENT + 7;
    uint16_t slot = add(size);

    (void)state;
    assert_int_equal(outbox.quota.committed, 3);
    assert_memory_equal(msgr_pool_data(&pool, slot), text, MSGR_FRAGMENT);
    slot = slots[slot].next;
    assert_memory_equal(msgr_pool_data(&pool, slot), text + MSGR_FRAGMENT, MSGR_FRAGMENT);
    slot = slots[slot].next;
    assert_memory_equal(msgr_pool_data(&pool, slot), text + 2 * (size_t)MSGR_FRAGMENT, 7);
    assert_int_equal(slots[slot].next, MSGR_NO_SLOT);
}

static void empty_message_has_a_slot(void **state)
{
    (void)state;
    assert_int_not_equal(msgr_outbox_add(&outbox, &pool, NULL, 0), MSGR_NO_SLOT);
    assert_int_equal(outbox.quota.committed, 1);
    assert_int_equal(outbox.count, 1);
}

static void cursor_goes_through_fragments_slots_and_messages(void **state)
{
    uint16_t first = add(MSGR_FRAGMENT + 100); /* four and two of 64 bytes */
    uint16_t second = add(10);

    (void)state;
    assert_int_equal(outbox.cursor, first);
    advance(3, 6);
    assert_int_equal(outbox.cursor_slot, first);
    assert_int_equal(outbox.cursor_index, 3);
    advance(1, 6);
    assert_int_equal(outbox.cursor_slot, slots[first].next);
    assert_int_equal(outbox.cursor_index, 4);
    advance(2, 6);
    assert_int_equal(outbox.cursor, second);
    assert_int_equal(outbox.cursor_slot, second);
    assert_int_equal(outbox.cursor_index, 0);
    advance(1, 6);
    assert_int_equal(outbox.cursor, MSGR_NO_SLOT);
}

static void message_that_fills_its_slots_ends_there(void **state)
{
    uint16_t second;

    (void)state;
    add(2 * (size_t)MSGR_FRAGMENT);
    second = add(1);
    advance(2, 8);
    assert_int_equal(outbox.cursor, second);
}

static void what_comes_after_the_end_is_the_cursor(void **state)
{
    uint16_t late;

    (void)state;
    add(1);
    advance(1, 8);
    late = add(1);
    assert_int_equal(outbox.cursor, late);
    assert_int_equal(outbox.cursor_slot, late);
}

static void finishing_keeps_the_record_and_frees_the_rest(void **state)
{
    uint16_t message = add(3 * (size_t)MSGR_FRAGMENT);

    (void)state;
    msgr_outbox_finish(&outbox, &pool, &outcomes, message, MSGR_OUT_UNKNOWN, MSGR_REASON_CANCELLED);
    assert_int_equal(outbox.quota.committed, 1);
    assert_int_equal(outbox.count, 0);
    assert_int_equal(outbox.first, MSGR_NO_SLOT);
    assert_int_equal(outbox.last, MSGR_NO_SLOT);
    assert_int_equal(outbox.cursor, MSGR_NO_SLOT);
    assert_int_equal(outcomes.first, message);
    assert_int_equal(slots[message].out.state, MSGR_OUT_UNKNOWN);
    assert_int_equal(slots[message].out.reason, MSGR_REASON_CANCELLED);
}

/* Each one of three is finished, the cursor being anywhere. */
static void order_survives_whichever_is_finished(void **state)
{
    (void)state;
    for (unsigned which = 0; which < 3; which++) {
        for (unsigned cursor = 0; cursor <= 3; cursor++) {
            uint16_t message[3];
            setup(NULL);
            for (unsigned i = 0; i < 3; i++) {
                message[i] = add(5);
            }
            advance(cursor, 8);
            finish(message[which]);
            assert_int_equal(outbox.first, message[which == 0 ? 1 : 0]);
            assert_int_equal(outbox.last, message[which == 2 ? 1 : 2]);
            assert_int_equal(slots[outbox.first].next_message, outbox.last);
            assert_int_equal(slots[outbox.last].next_message, MSGR_NO_SLOT);
            unsigned next = cursor == which ? cursor + 1 : cursor;
            assert_int_equal(outbox.cursor, next < 3 ? message[next] : MSGR_NO_SLOT);
        }
    }
}

static void outcomes_stay_in_order(void **state)
{
    uint16_t a = add(1);
    uint16_t b = add(1);
    uint16_t c = add(1);

    (void)state;
    finish(b);
    finish(c);
    finish(a);
    assert_int_equal(outcomes.first, b);
    assert_int_equal(slots[b].next_message, c);
    assert_int_equal(slots[c].next_message, a);
    assert_int_equal(slots[a].next_message, MSGR_NO_SLOT);
    assert_int_equal(outcomes.last, a);
}

static void trimming_leaves_the_record(void **state)
{
    uint16_t message = add(3 * (size_t)MSGR_FRAGMENT);

    (void)state;
    msgr_outbox_trim(&outbox, &pool, message);
    assert_int_equal(outbox.quota.committed, 1);
    msgr_outbox_trim(&outbox, &pool, message);
    assert_int_equal(outbox.quota.committed, 1);
    assert_int_equal(outbox.first, message);
}

static void rewinding_begins_with_the_first_again(void **state)
{
    uint16_t first = add(2 * (size_t)MSGR_FRAGMENT);

    (void)state;
    add(1);
    advance(2, 8);
    msgr_outbox_rewind(&outbox);
    assert_int_equal(outbox.cursor, first);
    assert_int_equal(outbox.cursor_slot, first);
    assert_int_equal(outbox.cursor_index, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(slots_of_a_message, setup),
        cmocka_unit_test_setup(fragments_of_a_message, setup),
        cmocka_unit_test_setup(message_is_copied_into_its_slots, setup),
        cmocka_unit_test_setup(empty_message_has_a_slot, setup),
        cmocka_unit_test_setup(cursor_goes_through_fragments_slots_and_messages, setup),
        cmocka_unit_test_setup(message_that_fills_its_slots_ends_there, setup),
        cmocka_unit_test_setup(what_comes_after_the_end_is_the_cursor, setup),
        cmocka_unit_test_setup(finishing_keeps_the_record_and_frees_the_rest, setup),
        cmocka_unit_test_setup(order_survives_whichever_is_finished, setup),
        cmocka_unit_test_setup(outcomes_stay_in_order, setup),
        cmocka_unit_test_setup(trimming_leaves_the_record, setup),
        cmocka_unit_test_setup(rewinding_begins_with_the_first_again, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
