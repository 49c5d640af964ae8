/* SPDX-License-Identifier: BSD-3-Clause */
/* Scripts run with first numbers all around the end of 2^32, and around 2^31. */
#include "send_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SLOTS 64
#define W     MSGR_WINDOW

static struct msgr_slot slots[SLOTS];
static uint8_t bytes[SLOTS * MSGR_FRAGMENT];
static struct msgr_pool pool;
static struct msgr_outbox outbox;
static struct msgr_outcomes outcomes;
static struct msgr_send_window window;
static struct msgr_send_news news;
static struct msgr_send_loss loss;
static uint32_t first; /* number */
static uint32_t now_ms;
static uint32_t least_ms;

static void begin(uint32_t number)
{
    memset(&window, 0, sizeof window);
    window.order = number; /* wraps as well */
    msgr_pool_start(&pool, slots, bytes, SLOTS);
    outbox = (struct msgr_outbox){.quota.guaranteed = SLOTS};
    msgr_outbox_start(&outbox);
    outcomes.first = MSGR_NO_SLOT;
    first = number;
    now_ms = number; /* and time */
    least_ms = 0;
    msgr_send_start(&window, first, first + 33);
}

static int setup(void **state)
{
    (void)state;
    begin(1000);
    return 0;
}

/* For each first number that a script of a full window could wrap at. */
#define at_every_wrap(script)                                                                      \
    for (uint32_t before = 0; before <= W + 2; before++) {                                         \
        begin(0u - before);                                                                        \
        script();                                                                                  \
        begin((1u << 31) - before);                                                                \
        script();                                                                                  \
    }

static uint16_t add(size_t size)
{
    static const uint8_t text[SLOTS * MSGR_FRAGMENT];
    uint16_t message = msgr_outbox_add(&outbox, &pool, text, size);

    slots[message].out = (struct msgr_out_record){.size = (uint32_t)size};
    return message;
}

/* The next fragment is numbered and transmitted. */
static uint32_t transmit_next(void)
{
    uint16_t message = outbox.cursor;
    uint32_t number = msgr_send_number(&window, message, outbox.cursor_slot);

    if (outbox.cursor_index == 0) {
        slots[message].out.first = number;
        slots[message].out.state = MSGR_OUT_TRANSMITTED;
    }
    slots[message].out.pending++;
    msgr_send_transmitted(&window, number, now_ms);
    msgr_outbox_advance(&outbox, &pool, 8);
    return number;
}

/* So many messages of one fragment each. */
static void transmit(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        add(1);
        transmit_next();
    }
}

static bool acknowledge(uint32_t received, uint16_t room, uint32_t bitmap)
{
    struct msgr_ack ack = {.received = first + received, .room = room, .bitmap = bitmap};

    return msgr_send_acknowledge(&window, &outbox, &pool, &ack, now_ms, least_ms, &news);
}

static void detect(uint32_t window_ms)
{
    msgr_send_detect(&window, window_ms, now_ms, &loss);
}

static uint8_t state_of(uint32_t number)
{
    return msgr_send_fragment_at(&window, first + number)->state;
}

static void give_up(uint32_t number, bool is_cut)
{
    msgr_send_give_up(&window, msgr_send_fragment_at(&window, first + number)->message, is_cut);
}

/* ---- room ---- */

static void numbers_end_at_the_limit_script(void)
{
    msgr_send_start(&window, first, first + 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(msgr_send_has_room(&window));
        assert_false(msgr_send_is_limited(&window));
        transmit(1);
    }
    assert_false(msgr_send_has_room(&window));
    assert_true(msgr_send_is_limited(&window));
    assert_true(acknowledge(0, 4, 0));
    assert_true(news.is_progress);
    assert_true(msgr_send_has_room(&window));
}

static void numbers_end_at_the_limit(void **state)
{
    (void)state;
    at_every_wrap(numbers_end_at_the_limit_script);
}

static void window_is_full_script(void)
{
    transmit(W);
    assert_int_equal(window.in_flight, W);
    assert_false(msgr_send_has_room(&window));
    assert_false(msgr_send_is_limited(&window));
    assert_true(acknowledge(1, 33, 0));
    assert_true(msgr_send_has_room(&window));
    assert_int_equal(window.in_flight, W - 1);
}

static void window_is_full_whatever_the_limit(void **state)
{
    (void)state;
    at_every_wrap(window_is_full_script);
}

/* ---- acknowledgements ---- */

static void received_acknowledges_script(void)
{
    transmit(W);
    for (uint32_t received = 1; received <= W; received++) {
        assert_true(acknowledge(received, 33, 0));
        assert_int_equal(news.acknowledged, 1);
        assert_true(news.is_progress);
        assert_int_equal(window.in_flight, W - received);
        assert_int_equal(window.base, first + received);
    }
}

static void received_acknowledges_all_below_it(void **state)
{
    (void)state;
    at_every_wrap(received_acknowledges_script);
}

static void bitmap_acknowledges_script(void)
{
    transmit(W);
    for (uint32_t ahead = 1; ahead < W; ahead++) {
        assert_true(acknowledge(0, 33, 1u << (ahead - 1)));
        assert_int_equal(news.acknowledged, 1);
        assert_int_equal(state_of(ahead), MSGR_SEND_ACKNOWLEDGED);
        assert_int_equal(state_of(0), MSGR_SEND_IN_FLIGHT);
    }
    assert_int_equal(window.base, first);
    assert_int_equal(window.in_flight, 1);
}

static void bitmap_begins_behind_the_gap(void **state)
{
    (void)state;
    at_every_wrap(bitmap_acknowledges_script);
}

static void same_ack_twice_tells_nothing(void **state)
{
    (void)state;
    transmit(4);
    assert_true(acknowledge(1, 33, 2));
    assert_int_equal(news.acknowledged, 2);
    assert_true(acknowledge(1, 33, 2));
    assert_int_equal(news.acknowledged, 0);
    assert_false(news.is_progress);
    assert_false(news.has_sample);
}

static void stale_ack_takes_nothing_back_script(void)
{
    transmit(8);
    assert_true(acknowledge(5, 10, 0));
    assert_true(acknowledge(2, 3, 0));
    assert_false(news.is_progress);
    assert_int_equal(window.base, first + 5);
    assert_int_equal(window.limit, first + 33);
    assert_int_equal(window.taken, first + 5);
}

static void stale_ack_takes_nothing_back(void **state)
{
    (void)state;
    at_every_wrap(stale_ack_takes_nothing_back_script);
}

/* An ACK before the newest: a newer one has said all that it says. */
static void stale_ack_brings_no_news(void **state)
{
    struct msgr_ack late = {.received = 1002, .untaken = 0, .room = 33, .bitmap = 0x20};

    (void)state;
    transmit(9);
    struct msgr_ack early = {.received = 1004, .untaken = 4, .room = 10};
    assert_true(msgr_send_acknowledge(&window, &outbox, &pool, &early, now_ms, 0, &news));
    assert_true(msgr_send_acknowledge(&window, &outbox, &pool, &late, now_ms, 0, &news));
    assert_false(news.is_progress);
    assert_int_equal(window.taken, 1000);
    assert_int_equal(window.base, 1004);
    assert_int_equal(window.limit, 1033); /* as at the beginning */
    assert_int_equal(state_of(8), MSGR_SEND_IN_FLIGHT);
}

/* A bitmap of an old ACK stands for numbers below base, too: they are not looked at. */
static void old_bitmap_below_base_does_no_harm(void **state)
{
    (void)state;
    transmit(W);
    assert_true(acknowledge(10, 23, 0));
    transmit(5); /* take the places of the first ones */
    assert_true(acknowledge(0, 33, 0xF));
    assert_int_equal(news.acknowledged, 0);
    assert_int_equal(window.in_flight, W - 10 + 5);
}

static void taken_alone_is_progress(void **state)
{
    struct msgr_ack ack = {.received = 1002, .untaken = 2, .room = 31};

    (void)state;
    transmit(2);
    assert_true(msgr_send_acknowledge(&window, &outbox, &pool, &ack, now_ms, 0, &news));
    assert_int_equal(window.taken, 1000);
    ack.untaken = 0;
    assert_true(msgr_send_acknowledge(&window, &outbox, &pool, &ack, now_ms, 0, &news));
    assert_true(news.is_progress);
    assert_int_equal(news.acknowledged, 0);
    assert_int_equal(window.taken, 1002);
}

static void received_beyond_what_was_sent_script(void)
{
    transmit(3);
    struct msgr_send_window before = window;
    for (uint32_t received = 4; received < 40; received++) {
        assert_false(acknowledge(received, 33, 0));
        assert_memory_equal(&window, &before, sizeof window);
    }
    assert_true(acknowledge(3, 33, 0));
}

static void received_beyond_what_was_sent_is_dropped_whole(void **state)
{
    (void)state;
    at_every_wrap(received_beyond_what_was_sent_script);
}

static void more_room_than_can_be_is_dropped_whole(void **state)
{
    (void)state;
    transmit(3);
    assert_false(acknowledge(3, 34, 0));
    assert_false(acknowledge(3, UINT16_MAX, 0));
    assert_int_equal(window.base, 1000);
    assert_true(acknowledge(3, 33, 0));
}

/* With `sent` fragments behind `received`, the bitmap may have sent - 1 bits. */
static void bitmap_of_what_was_not_sent_script(void)
{
    for (unsigned sent = 0; sent <= W; sent++) {
        uint32_t unsent_bit = sent == 0 ? 1 : 1u << (sent - 1);
        if (sent > 0) {
            transmit(1);
        }
        struct msgr_send_window before = window;
        if (unsent_bit != 1u << 31 || sent < W) {
            assert_false(acknowledge(0, 33, unsent_bit));
            assert_false(acknowledge(0, 33, 1u << 31));
        }
        assert_memory_equal(&window, &before, sizeof window);
    }
    assert_false(acknowledge(0, 33, 1u << 31));
    assert_true(acknowledge(0, 33, UINT32_MAX >> 1));
}

static void bitmap_of_what_was_not_sent_is_dropped_whole(void **state)
{
    (void)state;
    at_every_wrap(bitmap_of_what_was_not_sent_script);
}

/* An old ACK may lie more than a bitmap's length before the next number. */
static void any_bitmap_of_long_ago_is_plausible(void **state)
{
    (void)state;
    transmit(W);
    assert_true(acknowledge(W, 33, 0));
    transmit(2);
    assert_true(acknowledge(0, 33, UINT32_MAX));
}

/* ---- payload ---- */

static void payload_is_freed_when_all_of_a_message_has_arrived(void **state)
{
    (void)state;
    add(3 * (size_t)MSGR_FRAGMENT);
    transmit_next();
    transmit_next();
    assert_true(acknowledge(2, 31, 0));
    assert_int_equal(outbox.quota.committed, 3); /* the cursor is in it */
    transmit_next();
    assert_true(acknowledge(3, 30, 0));
    assert_int_equal(outbox.quota.committed, 1);
}

/* ---- samples ---- */

static void sample_is_of_the_latest_transmission_that_arrived(void **state)
{
    (void)state;
    transmit(1);
    now_ms += 7;
    transmit(1);
    now_ms += 20;
    assert_true(acknowledge(2, 31, 0));
    assert_true(news.has_sample);
    assert_int_equal(news.sample_ms, 20);
}

static void repeated_fragment_gives_no_sample(void **state)
{
    (void)state;
    transmit(1);
    now_ms += 50;
    assert_true(msgr_send_lose_oldest(&window, 1));
    msgr_send_transmitted(&window, msgr_send_next_lost(&window), now_ms);
    now_ms += 30;
    assert_true(acknowledge(1, 33, 0));
    assert_int_equal(news.acknowledged, 1);
    assert_false(news.has_sample);
}

/* Acknowledged sooner than can be: it is the first transmission that has arrived. */
static void answer_to_an_earlier_transmission_overtakes_nothing(void **state)
{
    (void)state;
    transmit(2);
    now_ms += 50;
    assert_true(msgr_send_lose_oldest(&window, 1));
    msgr_send_transmitted(&window, first, now_ms);
    now_ms += 1;
    least_ms = 10;
    assert_true(acknowledge(1, 33, 0));
    detect(0);
    assert_false(loss.is_any);
}

static void sample_of_an_older_transmission_is_not_taken(void **state)
{
    (void)state;
    transmit(1);
    now_ms += 5;
    transmit(1);
    now_ms += 10;
    assert_true(acknowledge(0, 33, 1));
    assert_int_equal(news.sample_ms, 10);
    now_ms += 10;
    assert_true(acknowledge(2, 31, 0));
    assert_int_equal(news.acknowledged, 1);
    assert_false(news.has_sample);
}

/* ---- loss ---- */

static void overtaken_and_old_enough_is_lost_script(void)
{
    transmit(3);
    now_ms += 10;
    assert_true(acknowledge(0, 33, 2));
    detect(15);
    assert_false(loss.is_any);
    assert_true(loss.is_due);
    assert_int_equal(loss.due_ms, 5);
    now_ms += 4;
    detect(15);
    assert_false(loss.is_any);
    now_ms += 1;
    detect(15);
    assert_true(loss.is_any);
    assert_false(loss.is_due);
    assert_int_equal(loss.order, first + 1);
    assert_int_equal(window.lost, 2);
    assert_int_equal(window.in_flight, 0);
    assert_int_equal(msgr_send_next_lost(&window), first);
}

static void overtaken_and_old_enough_is_lost(void **state)
{
    (void)state;
    at_every_wrap(overtaken_and_old_enough_is_lost_script);
}

static void not_overtaken_is_never_lost_by_time(void **state)
{
    (void)state;
    transmit(2);
    assert_true(acknowledge(1, 32, 0));
    now_ms += 100000;
    detect(1);
    assert_false(loss.is_any);
    assert_false(loss.is_due);
}

static void repeated_fragment_is_overtaken_anew_only(void **state)
{
    (void)state;
    transmit(2);
    now_ms += 20;
    assert_true(acknowledge(0, 33, 1));
    detect(20);
    assert_int_equal(window.lost, 1);
    msgr_send_transmitted(&window, msgr_send_next_lost(&window), now_ms);
    now_ms += 1000;
    detect(20);
    assert_false(loss.is_any);
    transmit(1);
    assert_true(acknowledge(0, 33, 3));
    detect(20);
    assert_true(loss.is_any);
}

static void next_detection_is_for_the_one_that_is_due_first(void **state)
{
    (void)state;
    transmit(1);
    now_ms += 3;
    transmit(1);
    now_ms += 3;
    transmit(1);
    assert_true(acknowledge(0, 33, 2));
    detect(10);
    assert_int_equal(loss.due_ms, 4);
    now_ms += 4;
    detect(10);
    assert_true(loss.is_any);
    assert_true(loss.is_due);
    assert_int_equal(loss.due_ms, 3);
}

/* The first is repeated, and so transmitted after the second: which is lost later, but sooner. */
static void latest_lost_transmission_is_told(void **state)
{
    (void)state;
    transmit(2);
    assert_true(msgr_send_lose_oldest(&window, 1));
    msgr_send_transmitted(&window, first, now_ms);
    transmit(1);
    now_ms += 10;
    assert_true(acknowledge(0, 33, 2));
    detect(10);
    assert_int_equal(window.lost, 2);
    assert_int_equal(loss.order, first + 2);
}

static void oldest_ones_are_repeated(void **state)
{
    (void)state;
    assert_false(msgr_send_lose_oldest(&window, 4));
    transmit(4);
    assert_true(acknowledge(0, 33, 1));
    assert_true(msgr_send_lose_oldest(&window, 1));
    assert_int_equal(window.lost, 1);
    assert_int_equal(state_of(0), MSGR_SEND_LOST);
    assert_true(msgr_send_lose_oldest(&window, 2)); /* one is lost already */
    assert_int_equal(window.lost, 2);
    assert_int_equal(state_of(2), MSGR_SEND_LOST);
    assert_int_equal(state_of(3), MSGR_SEND_IN_FLIGHT);
    assert_true(msgr_send_lose_oldest(&window, 100));
    assert_int_equal(window.lost, 3);
    assert_int_equal(window.in_flight, 0);
}

static void all_in_flight_are_repeated(void **state)
{
    (void)state;
    transmit(4);
    assert_true(acknowledge(0, 33, 2));
    msgr_send_lose_all(&window);
    assert_int_equal(window.lost, 3);
    assert_int_equal(window.in_flight, 0);
    assert_int_equal(state_of(2), MSGR_SEND_ACKNOWLEDGED);
}

static void what_did_not_leave_is_repeated_script(void)
{
    transmit(2);
    uint32_t order = window.order;
    transmit(2);
    msgr_send_lose_since(&window, order);
    assert_int_equal(window.in_flight, 2);
    assert_int_equal(window.lost, 2);
    assert_int_equal(msgr_send_next_lost(&window), first + 2);
}

static void what_did_not_leave_is_repeated(void **state)
{
    (void)state;
    at_every_wrap(what_did_not_leave_is_repeated_script);
}

static void lost_fragment_that_arrived_after_all_is_acknowledged(void **state)
{
    (void)state;
    transmit(2);
    msgr_send_lose_all(&window);
    assert_true(acknowledge(2, 31, 0));
    assert_int_equal(window.lost, 0);
    assert_int_equal(news.acknowledged, 2);
}

/* ---- floor ---- */

static void floor_is_behind_what_was_given_up_script(void)
{
    transmit(5);
    assert_false(msgr_send_has_floor(&window));
    give_up(0, false);
    assert_true(msgr_send_has_floor(&window));
    assert_int_equal(msgr_send_floor(&window), first + 1);
    give_up(2, false);
    assert_int_equal(msgr_send_floor(&window), first + 1);
    give_up(1, false);
    assert_int_equal(msgr_send_floor(&window), first + 3);
    assert_int_equal(window.in_flight, 2);
    assert_true(acknowledge(3, 30, 0));
    assert_false(msgr_send_has_floor(&window));
    assert_int_equal(window.base, first + 3);
}

static void floor_is_behind_what_was_given_up(void **state)
{
    (void)state;
    at_every_wrap(floor_is_behind_what_was_given_up_script);
}

/* Else it would lie within a message of which the peer has the beginning. */
static void floor_is_not_behind_what_was_acknowledged(void **state)
{
    (void)state;
    transmit(4);
    assert_true(acknowledge(0, 33, 1));
    give_up(0, false);
    assert_int_equal(msgr_send_floor(&window), 1001);
    give_up(2, false);
    assert_int_equal(msgr_send_floor(&window), 1003);
}

static void no_floor_while_the_oldest_lives(void **state)
{
    (void)state;
    transmit(3);
    give_up(1, false);
    assert_false(msgr_send_has_floor(&window));
    assert_true(acknowledge(1, 32, 0));
    assert_true(msgr_send_has_floor(&window));
    assert_int_equal(msgr_send_floor(&window), 1002);
}

static void given_up_fragments_are_neither_lost_nor_acknowledged(void **state)
{
    (void)state;
    transmit(3);
    msgr_send_lose_all(&window);
    give_up(1, false);
    assert_int_equal(window.lost, 2);
    assert_true(acknowledge(0, 33, 1)); /* it had arrived */
    assert_int_equal(news.acknowledged, 0);
    msgr_send_lose_all(&window);
    assert_int_equal(state_of(1), MSGR_SEND_GIVEN_UP);
    assert_true(acknowledge(3, 30, 0));
    assert_int_equal(news.acknowledged, 2);
}

static void message_keeps_what_was_acknowledged_of_it(void **state)
{
    (void)state;
    add(3 * (size_t)MSGR_FRAGMENT);
    transmit_next();
    transmit_next();
    transmit_next();
    assert_true(acknowledge(0, 33, 1));
    give_up(0, false);
    assert_int_equal(state_of(0), MSGR_SEND_GIVEN_UP);
    assert_int_equal(state_of(1), MSGR_SEND_ACKNOWLEDGED);
    assert_int_equal(state_of(2), MSGR_SEND_GIVEN_UP);
    assert_int_equal(msgr_send_floor(&window), 1003);
}

/* ---- cut ---- */

static void what_had_no_number_takes_one_script(void)
{
    add(3 * (size_t)MSGR_FRAGMENT);
    transmit_next();
    give_up(0, true);
    assert_int_equal(window.next, first + 2);
    assert_int_equal(state_of(1), MSGR_SEND_GIVEN_UP);
    assert_int_equal(msgr_send_floor(&window), first + 2);
    assert_false(window.cut);
}

static void what_had_no_number_takes_one(void **state)
{
    (void)state;
    at_every_wrap(what_had_no_number_takes_one_script);
}

/* Beyond the limit, too: FLOOR may be one beyond it. */
static void cut_takes_its_number_at_the_limit(void **state)
{
    (void)state;
    msgr_send_start(&window, first, first + 1);
    add(2 * (size_t)MSGR_FRAGMENT);
    transmit_next();
    give_up(0, true);
    assert_int_equal(msgr_send_floor(&window), 1002);
    assert_true(acknowledge(2, 0, 0));
    assert_int_equal(window.base, window.next);
}

static void cut_waits_for_a_place_and_nothing_overtakes_it_script(void)
{
    transmit(W - 1);
    add(2 * (size_t)MSGR_FRAGMENT);
    transmit_next();
    give_up(W - 1, true);
    assert_true(window.cut);
    assert_int_equal(window.next, first + W);
    assert_false(msgr_send_has_room(&window));
    assert_true(acknowledge(1, 33, 0));
    assert_false(window.cut);
    assert_int_equal(window.next, first + W + 1);
    assert_false(msgr_send_has_room(&window));
    assert_true(acknowledge(W - 1, 33, 0));
    assert_int_equal(msgr_send_floor(&window), first + W + 1);
}

static void cut_waits_for_a_place_and_nothing_overtakes_it(void **state)
{
    (void)state;
    at_every_wrap(cut_waits_for_a_place_and_nothing_overtakes_it_script);
}

static void new_start_forgets_all_but_the_order(void **state)
{
    uint32_t order;

    (void)state;
    transmit(5);
    order = window.order;
    msgr_send_start(&window, 7, 9);
    assert_int_equal(window.order, order);
    assert_int_equal(window.arrived, order);
    assert_int_equal(window.in_flight, 0);
    assert_int_equal(window.base, 7);
    assert_int_equal(window.next, 7);
    assert_int_equal(window.taken, 7);
    assert_int_equal(window.limit, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_end_at_the_limit),
        cmocka_unit_test(window_is_full_whatever_the_limit),
        cmocka_unit_test(received_acknowledges_all_below_it),
        cmocka_unit_test(bitmap_begins_behind_the_gap),
        cmocka_unit_test_setup(same_ack_twice_tells_nothing, setup),
        cmocka_unit_test(stale_ack_takes_nothing_back),
        cmocka_unit_test_setup(stale_ack_brings_no_news, setup),
        cmocka_unit_test_setup(old_bitmap_below_base_does_no_harm, setup),
        cmocka_unit_test_setup(taken_alone_is_progress, setup),
        cmocka_unit_test(received_beyond_what_was_sent_is_dropped_whole),
        cmocka_unit_test_setup(more_room_than_can_be_is_dropped_whole, setup),
        cmocka_unit_test(bitmap_of_what_was_not_sent_is_dropped_whole),
        cmocka_unit_test_setup(any_bitmap_of_long_ago_is_plausible, setup),
        cmocka_unit_test_setup(payload_is_freed_when_all_of_a_message_has_arrived, setup),
        cmocka_unit_test_setup(sample_is_of_the_latest_transmission_that_arrived, setup),
        cmocka_unit_test_setup(repeated_fragment_gives_no_sample, setup),
        cmocka_unit_test_setup(answer_to_an_earlier_transmission_overtakes_nothing, setup),
        cmocka_unit_test_setup(sample_of_an_older_transmission_is_not_taken, setup),
        cmocka_unit_test(overtaken_and_old_enough_is_lost),
        cmocka_unit_test_setup(not_overtaken_is_never_lost_by_time, setup),
        cmocka_unit_test_setup(repeated_fragment_is_overtaken_anew_only, setup),
        cmocka_unit_test_setup(next_detection_is_for_the_one_that_is_due_first, setup),
        cmocka_unit_test_setup(latest_lost_transmission_is_told, setup),
        cmocka_unit_test_setup(oldest_ones_are_repeated, setup),
        cmocka_unit_test_setup(all_in_flight_are_repeated, setup),
        cmocka_unit_test(what_did_not_leave_is_repeated),
        cmocka_unit_test_setup(lost_fragment_that_arrived_after_all_is_acknowledged, setup),
        cmocka_unit_test(floor_is_behind_what_was_given_up),
        cmocka_unit_test_setup(floor_is_not_behind_what_was_acknowledged, setup),
        cmocka_unit_test_setup(no_floor_while_the_oldest_lives, setup),
        cmocka_unit_test_setup(given_up_fragments_are_neither_lost_nor_acknowledged, setup),
        cmocka_unit_test_setup(message_keeps_what_was_acknowledged_of_it, setup),
        cmocka_unit_test(what_had_no_number_takes_one),
        cmocka_unit_test_setup(cut_takes_its_number_at_the_limit, setup),
        cmocka_unit_test(cut_waits_for_a_place_and_nothing_overtakes_it),
        cmocka_unit_test_setup(new_start_forgets_all_but_the_order, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
