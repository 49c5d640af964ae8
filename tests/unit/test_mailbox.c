/* SPDX-License-Identifier: BSD-3-Clause */
#include "msgr/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

MSGR_MAILBOX(box, 4, 16);

static uint32_t now_ms;
static unsigned wakes;
static bool is_deaf;            /* nobody can be woken */
static void (*interrupt)(void); /* comes while somebody is woken */

static uint32_t clock_now(void)
{
    return now_ms;
}

static bool wake(void *ctx)
{
    void (*then)(void) = interrupt;

    assert_ptr_equal(ctx, &now_ms);
    interrupt = NULL;
    if (then != NULL) {
        then();
    }
    wakes++;
    return !is_deaf;
}

static bool wake_from_isr(void *ctx, bool *needs_switch)
{
    *needs_switch = true;
    return wake(ctx);
}

static const struct msgr_mailbox_owner owner = {
    .now_ms = clock_now, .wake = wake, .wake_from_isr = wake_from_isr, .ctx = &now_ms};

static int setup(void **state)
{
    (void)state;
    now_ms = 100;
    wakes = 0;
    is_deaf = false;
    interrupt = NULL;
    msgr_mailbox_open(&box, &owner);
    return 0;
}

static int post(const char *text)
{
    return msgr_mailbox_post(&box, 3, text, strlen(text), 500, 7);
}

static void expect(const char *text)
{
    struct msgr_mailbox_item item;

    assert_true(msgr_mailbox_peek(&box, &item));
    assert_int_equal(item.size, strlen(text));
    assert_memory_equal(item.data, text, item.size);
    msgr_mailbox_done(&box);
}

static void expect_nothing(void)
{
    struct msgr_mailbox_item item;

    assert_false(msgr_mailbox_peek(&box, &item));
}

static void message_comes_out_as_it_was_posted(void **state)
{
    struct msgr_mailbox_item item;

    (void)state;
    assert_int_equal(post("hello"), 0);
    assert_int_equal(wakes, 1);
    now_ms = 200;
    assert_true(msgr_mailbox_peek(&box, &item));
    assert_int_equal(item.peer, 3);
    assert_int_equal(item.deadline_ms, 500);
    assert_int_equal(item.tag, 7);
    assert_int_equal(item.posted_ms, 100);
    assert_int_equal(item.size, 5);
    assert_memory_equal(item.data, "hello", 5);
    msgr_mailbox_done(&box);
    expect_nothing();
}

static void messages_come_out_in_order_round_and_round(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        assert_int_equal(post("one"), 0);
        assert_int_equal(post("two"), 0);
        assert_int_equal(post("three"), 0);
        expect("one");
        expect("two");
        expect("three");
        expect_nothing();
    }
}

static void full_mailbox_says_so_and_keeps_what_it_has(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(post("kept"), 0);
    }
    assert_int_equal(post("lost"), MSGR_ERROR_FULL);
    assert_int_equal(wakes, 4);
    expect("kept");
    assert_int_equal(post("last"), 0);
    expect("kept");
    expect("kept");
    expect("kept");
    expect("last");
    expect_nothing();
}

static void message_may_be_empty_or_as_long_as_a_slot_and_no_longer(void **state)
{
    (void)state;
    assert_int_equal(msgr_mailbox_post(&box, 0, NULL, 0, 0, 0), 0);
    assert_int_equal(post("sixteen bytes..."), 0);
    assert_int_equal(post("seventeen bytes.."), MSGR_ERROR_TOO_LONG);
    expect("");
    expect("sixteen bytes...");
    expect_nothing();
}

static void what_nobody_can_be_woken_for_was_never_posted(void **state)
{
    (void)state;
    is_deaf = true;
    assert_int_equal(post("lost"), MSGR_ERROR_FULL);
    is_deaf = false;
    assert_int_equal(post("kept"), 0);
    expect("kept");
    expect_nothing();
}

static void take_one_out(void)
{
    expect("taken");
}

/* Who takes out may come by before it is known that he could not be woken. */
static void what_was_taken_out_meanwhile_was_posted(void **state)
{
    (void)state;
    is_deaf = true;
    interrupt = take_one_out;
    assert_int_equal(post("taken"), 0);
    is_deaf = false;
    expect_nothing();
    assert_int_equal(post("next"), 0);
    expect("next");
}

static void post_from_an_interrupt(void)
{
    bool needs_switch = false;

    assert_int_equal(msgr_mailbox_post_from_isr(&box, 3, "urgent", 6, 0, 0, &needs_switch), 0);
    assert_true(needs_switch);
}

static void interrupt_may_post_in_the_middle_of_posting(void **state)
{
    (void)state;
    interrupt = post_from_an_interrupt;
    assert_int_equal(post("slow"), 0);
    expect("slow");
    expect("urgent");
    expect_nothing();
}

static void interrupt_is_told_that_it_could_not_post(void **state)
{
    (void)state;
    assert_int_equal(msgr_mailbox_post_from_isr(&box, 3, "seventeen bytes..", 17, 0, 0, NULL),
                     MSGR_ERROR_TOO_LONG);
    is_deaf = true;
    assert_int_equal(msgr_mailbox_post_from_isr(&box, 3, "lost", 4, 0, 0, NULL), MSGR_ERROR_FULL);
    expect_nothing();
}

/* A poster that is interrupted between claiming its slot and filling it: what is behind it waits.
 */
static void what_is_behind_an_interrupted_poster_waits_for_it(void **state)
{
    struct msgr_mailbox_slot *claimed = box.slots;

    (void)state;
    atomic_fetch_add(&box.head, 1);
    assert_int_equal(post("behind"), 0);
    expect_nothing();
    claimed->item = (struct msgr_mailbox_item){.data = "first", .size = 5};
    atomic_fetch_add(&claimed->turn, 1);
    expect("first");
    expect("behind");
}

static void positions_may_wrap(void **state)
{
    (void)state;
    box.head = UINT32_MAX - 5;
    box.tail = UINT32_MAX - 5;
    for (uint32_t i = 0; i < box.count; i++) {
        uint32_t position = box.tail + i;
        struct msgr_mailbox_slot *slot =
            (void *)((char *)box.slots + position % box.count * box.stride);
        slot->turn = position << 2;
    }
    messages_come_out_in_order_round_and_round(state);
    wakes = 0;
    full_mailbox_says_so_and_keeps_what_it_has(state);
}

static void mailbox_that_is_not_open_is_full(void **state)
{
    MSGR_MAILBOX(closed, 2, 8);

    (void)state;
    assert_int_equal(msgr_mailbox_post(&closed, 0, "x", 1, 0, 0), MSGR_ERROR_FULL);
    msgr_mailbox_open(&closed, &owner);
    assert_int_equal(msgr_mailbox_post(&closed, 0, "x", 1, 0, 0), 0);
    msgr_mailbox_close(&closed);
    assert_int_equal(msgr_mailbox_post(&closed, 0, "x", 1, 0, 0), MSGR_ERROR_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(message_comes_out_as_it_was_posted, setup),
        cmocka_unit_test_setup(messages_come_out_in_order_round_and_round, setup),
        cmocka_unit_test_setup(full_mailbox_says_so_and_keeps_what_it_has, setup),
        cmocka_unit_test_setup(message_may_be_empty_or_as_long_as_a_slot_and_no_longer, setup),
        cmocka_unit_test_setup(what_nobody_can_be_woken_for_was_never_posted, setup),
        cmocka_unit_test_setup(what_was_taken_out_meanwhile_was_posted, setup),
        cmocka_unit_test_setup(interrupt_may_post_in_the_middle_of_posting, setup),
        cmocka_unit_test_setup(interrupt_is_told_that_it_could_not_post, setup),
        cmocka_unit_test_setup(what_is_behind_an_interrupted_poster_waits_for_it, setup),
        cmocka_unit_test_setup(positions_may_wrap, setup),
        cmocka_unit_test_setup(mailbox_that_is_not_open_is_full, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
