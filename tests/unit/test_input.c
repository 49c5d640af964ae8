/* SPDX-License-Identifier: BSD-3-Clause */
/* Bytes that came: whole, in pieces, changed, and not ours. */
#include "pair.h"

static struct pair p;
static struct msgr *bob;
static int link;

static int setup(void **state)
{
    (void)state;
    pair_up(&p);
    bob = p.node[BOB].m;
    link = p.wire[0].link[BOB];
    return 0;
}

static int setup_stream(void **state)
{
    (void)state;
    pair_up_on(&p, MSGR_LINK_STREAM);
    bob = p.node[BOB].m;
    link = p.wire[0].link[BOB];
    return 0;
}

/* What alice sends for a message, without a queue. */
static size_t message_of(uint8_t *data, size_t room, const char *text)
{
    struct msgr *alice = p.node[ALICE].m;

    pair_send(&p, ALICE, text);
    return msgr_link_output(alice, p.wire[0].link[ALICE], p.now_ms, data, room);
}

static void give(const uint8_t *data, size_t size)
{
    assert_int_equal(msgr_link_input(bob, link, p.now_ms, data, size), size);
}

static void datagram_that_is_cut_anywhere_does_no_harm(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size = message_of(data, sizeof data, "hello");

    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        uint32_t before = pair_stats(&p, BOB).drop_malformed;

        give(data, cut);
        /* Nothing but the mark is a datagram without frames. */
        assert_int_equal(pair_stats(&p, BOB).drop_malformed, before + (cut != MSGR_MARK_SIZE));
        pair_expect_nothing(&p, BOB);
    }
    give(data, size);
    pair_expect_message(&p, BOB, "hello");
}

static void datagram_with_any_bit_flipped_delivers_nothing(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size = message_of(data, sizeof data, "hello");

    (void)state;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        give(data, size);
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        pair_expect_nothing(&p, BOB);
    }
    give(data, size);
    pair_expect_message(&p, BOB, "hello");
}

static void frames_before_a_bad_one_stand_those_behind_fall(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t one;
    size_t two;

    (void)state;
    one = message_of(data, sizeof data, "one");
    two = message_of(data + one, sizeof data - one, "two") - MSGR_MARK_SIZE;
    memmove(data + one, data + one + MSGR_MARK_SIZE, two);
    memcpy(data + one + two, data + one, two);
    data[one + two - 1] ^= 1; /* the first "two"'s check */
    give(data, one + two + two);
    pair_expect_message(&p, BOB, "one");
    pair_expect_nothing(&p, BOB);
    assert_int_equal(pair_stats(&p, BOB).drop_check, 1);
}

static void unknown_type_is_skipped(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    uint8_t message[MSGR_DATAGRAM_MAX];
    size_t size = message_of(message, sizeof message, "behind");
    uint8_t *at = msgr_frame_put_mark(data);

    (void)state;
    for (uint8_t type = MSGR_FRAME_TYPES; type < 32; type++) {
        uint8_t *start = at;

        at = msgr_frame_begin(at, type, 7, 3) + 3;
        at = msgr_frame_end(start, at, 0x12345678);
    }
    memcpy(at, message + MSGR_MARK_SIZE, size - MSGR_MARK_SIZE);
    give(data, (size_t)(at - data) + size - MSGR_MARK_SIZE);
    pair_expect_message(&p, BOB, "behind");
}

static void mark_of_another_version_is_dropped(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size = message_of(data, sizeof data, "hello");

    (void)state;
    data[3] = 2;
    give(data, size);
    pair_expect_nothing(&p, BOB);
    assert_int_equal(pair_stats(&p, BOB).drop_malformed, 1);
}

static void short_bodies_of_every_type_are_malformed(void **state)
{
    (void)state;
    for (unsigned type = MSGR_FRAME_HELLO; type <= MSGR_FRAME_RESET; type++) {
        uint8_t data[32];
        uint8_t *start = msgr_frame_put_mark(data);
        uint8_t *end = msgr_frame_begin(start, (uint8_t)type, 0, 3) + 3;
        uint32_t before = pair_stats(&p, BOB).drop_malformed;

        if (type == MSGR_FRAME_UNKNOWN) {
            continue; /* has no body */
        }
        end = msgr_frame_end(start, end, MSGR_CRC32C_START);
        give(data, (size_t)(end - data));
        assert_int_equal(pair_stats(&p, BOB).drop_malformed, before + 1);
    }
}

static void frames_of_conversations_need_a_proved_link(void **state)
{
    struct msgr *alice;
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size = message_of(data, sizeof data, "hello");
    int other;

    (void)state;
    alice = p.node[ALICE].m;
    other = msgr_link_connect(alice, p.now_ms, MSGR_LINK_DATAGRAM);
    assert_true(other >= 0);
    msgr_link_input(alice, other, p.now_ms, data, size);
    assert_int_equal(pair_stats(&p, ALICE).drop_stranger, 1);
}

static void link_that_is_none_takes_all_and_does_nothing(void **state)
{
    (void)state;
    assert_int_equal(msgr_link_input(bob, link + 1, p.now_ms, "\xF9MG\1", 4), 4);
    assert_int_equal(pair_stats(&p, BOB).drop_malformed, 0);
}

/* ---- streams ---- */

static void stream_byte_by_byte_arrives_once(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size = message_of(data, sizeof data, "in pieces");
    size_t held = 0;

    (void)state;
    for (size_t end = 1; end <= size; end++) {
        size_t used = msgr_link_input(bob, link, p.now_ms, data + held, end - held);

        assert_true(used == 0 || held + used == end); /* whole frames only */
        held += used;
    }
    assert_int_equal(held, size);
    pair_expect_message(&p, BOB, "in pieces");
    pair_expect_nothing(&p, BOB);
}

static void two_frames_and_a_half_leave_the_half(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t two = message_of(data, sizeof data, "one");
    size_t three;

    (void)state;
    two += message_of(data + two, sizeof data - two, "two");
    three = message_of(data + two, sizeof data - two, "three");
    assert_int_equal(msgr_link_input(bob, link, p.now_ms, data, two + three / 2), two);
    assert_int_equal(msgr_link_input(bob, link, p.now_ms, data + two, three), three);
    pair_expect_message(&p, BOB, "one");
    pair_expect_message(&p, BOB, "two");
    pair_expect_message(&p, BOB, "three");
}

static void stream_with_a_changed_byte_is_closed(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size = message_of(data, sizeof data, "hello");

    (void)state;
    data[size - 1] ^= 1;
    give(data, size);
    assert_true(msgr_link_is_over(bob, link));
    assert_int_equal(msgr_link_reason(bob, link), MSGR_REASON_PROTOCOL);
    pair_expect_down(&p, BOB, MSGR_REASON_PROTOCOL);
    give((const uint8_t *)"more", 4); /* is taken and ignored */
}

static void length_that_cannot_be_closes_the_stream(void **state)
{
    static const uint8_t too_long[] = {MSGR_FRAME_DATA, 0xFF, 0xFF};
    static const uint8_t not_shortest[] = {MSGR_FRAME_DATA, 0x80, 0x05};

    (void)state;
    give(too_long, sizeof too_long);
    assert_true(msgr_link_is_over(bob, link));
    setup_stream(state);
    give(not_shortest, sizeof not_shortest);
    assert_true(msgr_link_is_over(bob, link));
}

static void stream_that_begins_with_something_else_is_closed(void **state)
{
    int accepted;

    (void)state;
    accepted = msgr_link_accept(bob, p.now_ms);
    assert_int_equal(msgr_link_input(bob, accepted, p.now_ms, "\xF9M", 2), 0);
    assert_int_equal(msgr_link_input(bob, accepted, p.now_ms, "\xF9Mx\1", 4), 4);
    assert_true(msgr_link_is_over(bob, accepted));
}

/* ---- frames that alice would not make ---- */

static uint8_t frames[MSGR_DATAGRAM_MAX];

static void give_frames(const uint8_t *end)
{
    pair_inject(&p, BOB, 0, frames, (size_t)(end - frames));
}

static uint8_t *write_body(uint8_t *start, uint8_t type, size_t size)
{
    const struct msgr_incarnation *from = &pair_peer(&p, ALICE)->current;
    bool is_of_conversation = type >= MSGR_FRAME_DATA && type <= MSGR_FRAME_FLOOR;
    uint8_t *at = msgr_frame_begin(start, type, 0, size);
    uint8_t id[4] = {(uint8_t)(from->peer_id >> 24), (uint8_t)(from->peer_id >> 16),
                     (uint8_t)(from->peer_id >> 8), (uint8_t)from->peer_id};

    memset(at, 0, size);
    memcpy(at, id, size < 4 ? size : 4);
    return msgr_frame_end(start, at + size, is_of_conversation ? from->prefix : MSGR_CRC32C_START);
}

/* The least body of each type; one byte less is malformed, more is not. */
static void bodies_have_a_least_length(void **state)
{
    static const uint8_t least[MSGR_FRAME_TYPES] = {
        [MSGR_FRAME_COOKIE] = 16, [MSGR_FRAME_REFUSE] = 11, [MSGR_FRAME_RESET] = 4,
        [MSGR_FRAME_DATA] = 8,    [MSGR_FRAME_ACK] = 12,    [MSGR_FRAME_FLOOR] = 8};

    (void)state;
    for (unsigned type = 1; type < MSGR_FRAME_TYPES; type++) {
        for (size_t size = 0; least[type] > 0 && size < least[type] + 3u; size++) {
            setup(NULL);
            give_frames(write_body(frames, (uint8_t)type, size));
            assert_int_equal(pair_stats(&p, BOB).drop_malformed, size < least[type] ? 1 : 0);
            assert_int_equal(pair_stats(&p, BOB).drop_check, 0);
        }
    }
}

/* HELLO, WELCOME, OPEN and ACCEPT of zeros are malformed at every length. */
static void bodies_have_ranges(void **state)
{
    static const uint8_t types[] = {MSGR_FRAME_HELLO, MSGR_FRAME_WELCOME, MSGR_FRAME_OPEN,
                                    MSGR_FRAME_ACCEPT};

    (void)state;
    for (unsigned i = 0; i < sizeof types; i++) {
        for (size_t size = 0; size < 60; size++) {
            uint32_t before = pair_stats(&p, BOB).drop_malformed;
            give_frames(write_body(frames, types[i], size));
            assert_int_equal(pair_stats(&p, BOB).drop_malformed, before + 1);
        }
    }
}

static void ack_with_a_bitmap_needs_it(void **state)
{
    const struct msgr_incarnation *from = &pair_peer(&p, ALICE)->current;
    uint8_t *end = write_body(frames, MSGR_FRAME_ACK, 12);

    (void)state;
    frames[0] |= MSGR_ACK_BITMAP << 5;
    give_frames(msgr_frame_end(frames, end - 4, from->prefix));
    assert_int_equal(pair_stats(&p, BOB).drop_malformed, 1);
}

static void what_follows_a_refused_hello_is_swallowed(void **state)
{
    struct msgr_hello hello = {.lowest = 2,
                               .highest = 3,
                               .identity = 5,
                               .token = 6,
                               .name = {(const uint8_t *)"carol", 5}};
    uint8_t *end = msgr_hello_write(msgr_frame_put_mark(frames), &hello);
    int another = msgr_link_accept(bob, p.now_ms);

    (void)state;
    memset(end, 0xEE, 10);
    size_t size = (size_t)(end - frames) + 10;
    assert_int_equal(msgr_link_input(bob, another, p.now_ms, frames, size), size);
    assert_int_equal(msgr_link_reason(bob, another), MSGR_REASON_VERSION);
    assert_int_equal(pair_stats(&p, BOB).drop_malformed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(datagram_that_is_cut_anywhere_does_no_harm, setup),
        cmocka_unit_test_setup(datagram_with_any_bit_flipped_delivers_nothing, setup),
        cmocka_unit_test_setup(frames_before_a_bad_one_stand_those_behind_fall, setup),
        cmocka_unit_test_setup(unknown_type_is_skipped, setup),
        cmocka_unit_test_setup(mark_of_another_version_is_dropped, setup),
        cmocka_unit_test_setup(short_bodies_of_every_type_are_malformed, setup),
        cmocka_unit_test_setup(frames_of_conversations_need_a_proved_link, setup),
        cmocka_unit_test_setup(link_that_is_none_takes_all_and_does_nothing, setup),
        cmocka_unit_test_setup(stream_byte_by_byte_arrives_once, setup_stream),
        cmocka_unit_test_setup(two_frames_and_a_half_leave_the_half, setup_stream),
        cmocka_unit_test_setup(stream_with_a_changed_byte_is_closed, setup_stream),
        cmocka_unit_test_setup(length_that_cannot_be_closes_the_stream, setup_stream),
        cmocka_unit_test_setup(stream_that_begins_with_something_else_is_closed, setup_stream),
        cmocka_unit_test_setup(bodies_have_a_least_length, setup),
        cmocka_unit_test_setup(bodies_have_ranges, setup),
        cmocka_unit_test_setup(ack_with_a_bitmap_needs_it, setup),
        cmocka_unit_test_setup(what_follows_a_refused_hello_is_swallowed, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
