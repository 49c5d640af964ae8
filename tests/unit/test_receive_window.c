/* SPDX-License-Identifier: BSD-3-Clause */
/* Scripts run with first numbers all around the end of 2^32. */
#include "receive_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SLOTS       48
#define MESSAGE_MAX 8
#define FIRST       MSGR_DATA_FIRST
#define LAST        MSGR_DATA_LAST
#define WHOLE       (MSGR_DATA_FIRST | MSGR_DATA_LAST)
#define FRAGMENTS   5 /* of those that come in every order */

static struct msgr_slot slots[SLOTS];
static uint8_t bytes[SLOTS * MSGR_FRAGMENT];
static struct msgr_pool pool;
static struct msgr_receive_window window;
static uint32_t first;

static void begin_with(uint32_t number, uint16_t guaranteed, uint16_t shared)
{
    msgr_pool_start(&pool, slots, bytes, SLOTS);
    pool.shared = shared;
    memset(&window, 0, sizeof window);
    window.quota.guaranteed = guaranteed;
    first = number;
    msgr_receive_start(&window, first);
    assert_true(msgr_receive_grant(&window, &pool));
}

static void begin(uint32_t number)
{
    begin_with(number, SLOTS, 0);
}

static int setup(void **state)
{
    (void)state;
    begin(1000);
    return 0;
}

static enum msgr_receive_result receive_text(uint32_t number, uint8_t flags, const char *text)
{
    struct msgr_data data = {
        .number = first + number, .size = (uint16_t)strlen(text), .payload = (const uint8_t *)text};

    return msgr_receive_fragment(&window, &pool, &data, flags, MESSAGE_MAX);
}

/* Its payload is its number's letter. */
static enum msgr_receive_result receive(uint32_t number, uint8_t flags)
{
    char text[2] = {(char)('a' + number), 0};

    return receive_text(number, flags, text);
}

static bool receive_floor(uint32_t floor)
{
    return msgr_receive_floor(&window, &pool, first + floor, MESSAGE_MAX);
}

/* The oldest complete message as text, which is taken; "-" if there is none. */
static const char *take(void)
{
    static char text[MESSAGE_MAX + 1];
    size_t size = 0;

    if (window.ready == MSGR_NO_SLOT) {
        return "-";
    }
    for (uint16_t slot = window.ready; slot != MSGR_NO_SLOT; slot = slots[slot].next) {
        memcpy(text + size, msgr_pool_data(&pool, slot), slots[slot].in.size);
        size += slots[slot].in.size;
    }
    assert_int_equal(size, slots[window.ready].in.message_size);
    text[size] = '\0';
    msgr_receive_taken(&window, &pool);
    return text;
}

static struct msgr_ack ack(void)
{
    struct msgr_ack ack;

    msgr_receive_state(&window, &pool, &ack);
    return ack;
}

static uint32_t received(void)
{
    return window.received - first;
}

/* Nothing is held but what has been promised. */
static void assert_nothing_is_held(void)
{
    assert_int_equal(window.ready, MSGR_NO_SLOT);
    assert_int_equal(window.partial, MSGR_NO_SLOT);
    assert_int_equal(window.ahead_count, 0);
    assert_int_equal(pool.used, 0);
    assert_int_equal(window.quota.committed, window.limit - window.received);
}

/* ---- in every order ---- */

/* The flags of five fragments: bit n set means that one message ends with fragment n. */
static uint8_t flags_of(unsigned number, unsigned ends)
{
    bool is_first = number == 0 || (ends >> (number - 1) & 1) != 0;
    bool is_last = number == FRAGMENTS - 1 || (ends >> number & 1) != 0;

    return (uint8_t)((is_first ? FIRST : 0) | (is_last ? LAST : 0));
}

static void assert_messages(unsigned ends)
{
    char text[FRAGMENTS + 1] = "";
    size_t size = 0;

    for (unsigned number = 0; number < FRAGMENTS; number++) {
        text[size++] = (char)('a' + number);
        text[size] = '\0';
        if ((flags_of(number, ends) & LAST) != 0) {
            assert_string_equal(take(), text);
            size = 0;
        }
    }
    assert_string_equal(take(), "-");
    assert_nothing_is_held();
}

static void receive_in_order(const unsigned order[FRAGMENTS], unsigned ends)
{
    unsigned seen = 0;

    for (unsigned i = 0; i < FRAGMENTS; i++) {
        unsigned below = 0;
        bool fills = seen >> (order[i] + 1) != 0;
        while ((seen >> below & 1) != 0) {
            below++;
        }
        bool is_next = order[i] == below;
        assert_int_equal(receive(order[i], flags_of(order[i], ends)),
                         is_next && !fills ? MSGR_RECEIVE_IN_ORDER : MSGR_RECEIVE_GAP);
        seen |= 1u << order[i];
        assert_int_equal(receive(order[i], WHOLE), MSGR_RECEIVE_DUPLICATE);
        below = 0;
        while ((seen >> below & 1) != 0) {
            below++;
        }
        assert_int_equal(received(), below);
        assert_int_equal(ack().bitmap, seen >> (below + 1));
    }
}

static void permute(unsigned order[FRAGMENTS], unsigned fixed, uint32_t number, unsigned ends)
{
    if (fixed == FRAGMENTS) {
        begin(number);
        receive_in_order(order, ends);
        assert_messages(ends);
        return;
    }
    for (unsigned i = fixed; i < FRAGMENTS; i++) {
        unsigned swapped = order[i];
        order[i] = order[fixed];
        order[fixed] = swapped;
        permute(order, fixed + 1, number, ends);
        order[fixed] = order[i];
        order[i] = swapped;
    }
}

static void any_order_gives_the_same_messages(void **state)
{
    unsigned order[FRAGMENTS] = {0, 1, 2, 3, 4};

    (void)state;
    for (unsigned ends = 0; ends < 1u << (FRAGMENTS - 1); ends++) {
        for (uint32_t before = 0; before <= FRAGMENTS; before++) {
            permute(order, 0, 0u - before, ends);
        }
    }
}

/* ---- limits ---- */

static void numbers_beyond_the_limit_are_not_taken_script(void)
{
    uint32_t limit = window.limit - first;

    assert_int_equal(limit, MSGR_WINDOW);
    assert_int_equal(receive(limit, WHOLE), MSGR_RECEIVE_BEYOND);
    assert_int_equal(receive(limit + 1000, WHOLE), MSGR_RECEIVE_BEYOND);
    assert_int_equal(receive(limit - 1, WHOLE), MSGR_RECEIVE_GAP);
    assert_int_equal(receive(0u - 1, WHOLE), MSGR_RECEIVE_DUPLICATE);
    assert_int_equal(pool.used, 1);
}

static void numbers_beyond_the_limit_are_not_taken(void **state)
{
    (void)state;
    for (uint32_t before = 0; before <= MSGR_WINDOW + 1; before++) {
        begin(0u - before);
        numbers_beyond_the_limit_are_not_taken_script();
    }
}

static void whole_window_arrives_backwards(void **state)
{
    (void)state;
    for (uint32_t before = 0; before <= MSGR_WINDOW + 1; before++) {
        begin(0u - before);
        for (uint32_t n = MSGR_WINDOW - 1; n > 0; n--) {
            assert_int_equal(receive_text(n, WHOLE, "x"), MSGR_RECEIVE_GAP);
        }
        assert_int_equal(ack().bitmap, UINT32_MAX >> (33 - MSGR_WINDOW));
        assert_int_equal(receive_text(0, WHOLE, "x"), MSGR_RECEIVE_GAP);
        assert_int_equal(received(), MSGR_WINDOW);
        assert_int_equal(ack().room, 0);
        assert_int_equal(ack().bitmap, 0);
        assert_int_equal(ack().untaken, MSGR_WINDOW);
    }
}

static void limit_grows_when_messages_are_taken(void **state)
{
    (void)state;
    begin_with(1000, 4, 0);
    assert_int_equal(ack().room, 4);
    receive(0, WHOLE);
    receive(1, WHOLE);
    assert_int_equal(ack().room, 2);
    assert_false(msgr_receive_grant(&window, &pool));
    take();
    assert_true(msgr_receive_grant(&window, &pool));
    assert_int_equal(ack().room, 3);
    assert_int_equal(ack().untaken, 1);
}

static void limit_grows_by_what_is_shared(void **state)
{
    (void)state;
    begin_with(1000, 4, 3);
    assert_int_equal(ack().room, 7);
    receive(0, WHOLE);
    take();
    assert_true(msgr_receive_grant(&window, &pool));
    assert_int_equal(ack().room, 7);
}

/* ---- messages ---- */

static void message_of_the_longest_kind_is_taken(void **state)
{
    (void)state;
    receive_text(0, FIRST, "1234");
    receive_text(1, LAST, "5678");
    assert_string_equal(take(), "12345678");
    receive_text(2, WHOLE, "12345678");
    assert_string_equal(take(), "12345678");
}

static void longer_message_is_dropped_and_the_next_is_not(void **state)
{
    (void)state;
    receive_text(0, FIRST, "1234");
    receive_text(1, 0, "56789");
    receive_text(2, LAST, "x");
    receive_text(3, WHOLE, "123456789");
    receive_text(4, WHOLE, "next");
    assert_string_equal(take(), "next");
    assert_nothing_is_held();
    assert_int_equal(ack().untaken, 0);
}

static void first_drops_the_message_that_was_not_complete(void **state)
{
    (void)state;
    receive(0, FIRST);
    receive(1, 0);
    receive(2, WHOLE);
    assert_string_equal(take(), "c");
    assert_nothing_is_held();
}

static void rest_without_a_first_is_ignored(void **state)
{
    (void)state;
    receive(0, 0);
    receive(1, LAST);
    assert_nothing_is_held();
    receive(2, WHOLE);
    assert_string_equal(take(), "c");
}

static void empty_fragments_make_an_empty_message(void **state)
{
    (void)state;
    receive_text(0, WHOLE, "");
    assert_int_not_equal(window.ready, MSGR_NO_SLOT);
    assert_string_equal(take(), "");
}

static void untaken_counts_from_the_oldest_message(void **state)
{
    (void)state;
    receive(0, FIRST);
    receive(1, LAST);
    receive(2, FIRST);
    assert_int_equal(ack().untaken, 3);
    take();
    assert_int_equal(ack().untaken, 1); /* of the incomplete one */
    receive(3, LAST);
    take();
    assert_int_equal(ack().untaken, 0);
}

/* ---- floor ---- */

/* Five fragments of which each subset is held, and a floor at each place. All of one fragment. */
static void floor_passes_what_is_missing_script(uint32_t number, unsigned held, uint32_t floor)
{
    begin(number);
    for (unsigned n = 0; n < FRAGMENTS; n++) {
        if ((held >> n & 1) != 0) {
            receive(n, WHOLE);
        }
    }
    uint32_t before = received();
    assert_true(receive_floor(floor));
    uint32_t expected = floor > before ? floor : before;
    while ((held >> expected & 1) != 0) {
        expected++;
    }
    assert_int_equal(received(), expected);
    for (unsigned n = 0; n < expected; n++) {
        char text[2] = {(char)('a' + n), 0};
        if ((held >> n & 1) != 0) {
            assert_string_equal(take(), text);
        }
    }
    assert_string_equal(take(), "-");
    assert_int_equal(window.quota.committed, window.limit - window.received);
}

static void floor_at_every_place_passes_what_is_missing(void **state)
{
    (void)state;
    for (uint32_t before = 0; before <= FRAGMENTS; before++) {
        for (unsigned held = 0; held < 1u << FRAGMENTS; held++) {
            for (uint32_t floor = 0; floor <= FRAGMENTS; floor++) {
                floor_passes_what_is_missing_script(0u - before, held, floor);
            }
        }
    }
}

static void gap_drops_the_message_that_it_would_belong_to(void **state)
{
    (void)state;
    receive(0, FIRST);
    receive(2, LAST);
    receive(3, WHOLE);
    assert_true(receive_floor(3));
    assert_int_equal(received(), 4);
    assert_string_equal(take(), "d");
    assert_nothing_is_held();
}

static void floor_drops_the_incomplete_message_that_a_gap_cuts(void **state)
{
    (void)state;
    receive(0, FIRST);
    assert_true(receive_floor(1)); /* not beyond `received`: nothing to drop */
    assert_int_not_equal(window.partial, MSGR_NO_SLOT);
    assert_true(receive_floor(2)); /* the number that is used up for the rest of it */
    assert_int_equal(received(), 2);
    assert_nothing_is_held();
}

static void floor_before_what_was_received_changes_nothing(void **state)
{
    (void)state;
    receive(0, WHOLE);
    receive(1, WHOLE);
    assert_true(receive_floor(0));
    assert_true(receive_floor(0u - 100));
    assert_true(receive_floor(2));
    assert_int_equal(received(), 2);
    assert_string_equal(take(), "a");
}

static void floor_one_beyond_the_limit_moves_it(void **state)
{
    (void)state;
    for (uint32_t before = 0; before <= MSGR_WINDOW + 2; before++) {
        begin(0u - before);
        assert_false(receive_floor(MSGR_WINDOW + 2));
        assert_int_equal(received(), 0);
        assert_true(receive_floor(MSGR_WINDOW + 1));
        assert_int_equal(received(), MSGR_WINDOW + 1);
        assert_int_equal(ack().room, 0);
        assert_nothing_is_held();
        assert_true(msgr_receive_grant(&window, &pool));
    }
}

/* ---- the end ---- */

static void fill(void)
{
    receive(0, FIRST);
    receive(1, LAST);
    receive(2, WHOLE);
    receive(3, FIRST);
    receive(5, 0);
}

static void stop_gives_everything_back(void **state)
{
    (void)state;
    fill();
    msgr_receive_stop(&window, &pool, MSGR_NO_SLOT);
    assert_nothing_is_held();
    assert_int_equal(window.quota.committed, 0);
}

static void stop_keeps_what_is_lent(void **state)
{
    uint16_t lent;

    (void)state;
    receive(0, WHOLE);
    lent = window.ready;
    receive(1, WHOLE);
    msgr_receive_stop(&window, &pool, lent);
    assert_int_equal(pool.used, 1);
    assert_int_equal(window.quota.committed, 0);
    assert_memory_equal(msgr_pool_data(&pool, lent), "a", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_gives_the_same_messages),
        cmocka_unit_test(numbers_beyond_the_limit_are_not_taken),
        cmocka_unit_test(whole_window_arrives_backwards),
        cmocka_unit_test_setup(limit_grows_when_messages_are_taken, setup),
        cmocka_unit_test_setup(limit_grows_by_what_is_shared, setup),
        cmocka_unit_test_setup(message_of_the_longest_kind_is_taken, setup),
        cmocka_unit_test_setup(longer_message_is_dropped_and_the_next_is_not, setup),
        cmocka_unit_test_setup(first_drops_the_message_that_was_not_complete, setup),
        cmocka_unit_test_setup(rest_without_a_first_is_ignored, setup),
        cmocka_unit_test_setup(empty_fragments_make_an_empty_message, setup),
        cmocka_unit_test_setup(untaken_counts_from_the_oldest_message, setup),
        cmocka_unit_test(floor_at_every_place_passes_what_is_missing),
        cmocka_unit_test_setup(gap_drops_the_message_that_it_would_belong_to, setup),
        cmocka_unit_test_setup(floor_drops_the_incomplete_message_that_a_gap_cuts, setup),
        cmocka_unit_test_setup(floor_before_what_was_received_changes_nothing, setup),
        cmocka_unit_test(floor_one_beyond_the_limit_moves_it),
        cmocka_unit_test_setup(stop_gives_everything_back, setup),
        cmocka_unit_test_setup(stop_keeps_what_is_lent, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
