/* SPDX-License-Identifier: BSD-3-Clause */
/* What is rendered, into how much room, and what becomes of it when it cannot be sent. */
#include "pair.h"

static struct pair p;
static struct msgr *alice;
static int link;

static int setup_on(enum msgr_link_kind kind)
{
    pair_up_on(&p, kind);
    alice = p.node[ALICE].m;
    link = p.wire[0].link[ALICE];
    return 0;
}

static int setup(void **state)
{
    (void)state;
    return setup_on(MSGR_LINK_DATAGRAM);
}

static int setup_stream(void **state)
{
    (void)state;
    return setup_on(MSGR_LINK_STREAM);
}

static size_t output(uint8_t *data, size_t room)
{
    return msgr_link_output(alice, link, p.now_ms, data, room);
}

static void nothing_is_said_without_cause(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];

    (void)state;
    assert_int_equal(msgr_link_pending(alice, -1), -1);
    assert_int_equal(output(data, sizeof data), 0);
    pair_wait(&p, 1000);
    assert_int_equal(msgr_link_pending(alice, -1), -1);
}

static void datagram_holds_as_many_frames_as_fit(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t first;

    (void)state;
    for (int i = 0; i < 6; i++) {
        pair_send_bytes(&p, ALICE, 250);
    }
    first = output(data, sizeof data);
    assert_in_range(first, MSGR_DATAGRAM_MAX - 300, MSGR_DATAGRAM_MAX);
    assert_int_equal(msgr_link_pending(alice, -1), link);
    assert_in_range(output(data, sizeof data), 250, 1000);
    assert_int_equal(output(data, sizeof data), 0);
    assert_int_equal(msgr_link_pending(alice, -1), -1);
}

static void little_room_gives_nothing_and_loses_nothing(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];

    (void)state;
    pair_send(&p, ALICE, "patience");
    for (size_t room = 0; room < 18 + 8; room++) {
        assert_int_equal(output(data, room), 0);
        assert_int_equal(msgr_link_pending(alice, -1), link);
    }
    pair_settle(&p);
    pair_expect_message(&p, BOB, "patience");
    assert_int_equal(pair_stats(&p, ALICE).retransmitted, 0);
}

static void room_for_a_few_frames_is_filled(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];

    (void)state;
    pair_send(&p, ALICE, "one");
    pair_send(&p, ALICE, "two");
    for (size_t room = 0; room <= 64; room++) {
        size_t size = output(data, room);

        assert_true(size <= room);
        if (size > 0) {
            msgr_link_unsent(alice, link);
        }
    }
    pair_settle(&p);
    pair_expect_message(&p, BOB, "one");
    pair_expect_message(&p, BOB, "two");
}

static void datagrams_are_at_most_1200_bytes(void **state)
{
    uint8_t data[4 * MSGR_DATAGRAM_MAX];

    (void)state;
    for (int i = 0; i < 10; i++) {
        pair_send_bytes(&p, ALICE, MSGR_FRAGMENT);
    }
    for (size_t size = output(data, sizeof data); size > 0; size = output(data, sizeof data)) {
        assert_in_range(size, 1, MSGR_DATAGRAM_MAX);
    }
}

static void message_of_64_bytes_takes_18_around_it_and_22_for_its_acknowledgement(void **state)
{
    (void)state;
    pair_send_bytes(&p, ALICE, 64);
    assert_int_equal(pair_collect(&p, ALICE), 1);
    assert_int_equal(p.queue[0].size, 64 + 18);
    pair_deliver_all(&p);
    pair_pull(&p, BOB, MSGR_EVENT_MESSAGE);
    assert_int_equal(pair_collect(&p, BOB), 1);
    assert_int_equal(p.queue[0].size, 22);
}

static void unsent_message_is_given_again_the_same(void **state)
{
    uint8_t first[MSGR_DATAGRAM_MAX];
    uint8_t again[MSGR_DATAGRAM_MAX];
    size_t size;

    (void)state;
    pair_send(&p, ALICE, "again");
    size = output(first, sizeof first);
    msgr_link_unsent(alice, link);
    assert_int_equal(msgr_link_pending(alice, -1), link);
    assert_int_equal(output(again, sizeof again), size);
    assert_memory_equal(first, again, size);
    assert_int_equal(output(again, sizeof again), 0);
}

static void unsent_acknowledgement_is_given_again(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];

    (void)state;
    pair_send(&p, BOB, "to alice");
    pair_collect(&p, BOB);
    pair_deliver_all(&p);
    pair_pull(&p, ALICE, MSGR_EVENT_MESSAGE);
    assert_int_equal(output(data, sizeof data), 22);
    msgr_link_unsent(alice, link);
    assert_int_equal(output(data, sizeof data), 22);
}

static void unsent_beginning_of_a_stream_is_given_with_its_mark(void **state)
{
    uint8_t first[MSGR_DATAGRAM_MAX];
    uint8_t again[MSGR_DATAGRAM_MAX];
    int fresh;
    size_t size;

    (void)state;
    fresh = msgr_link_connect(alice, p.now_ms, MSGR_LINK_STREAM);
    size = msgr_link_output(alice, fresh, p.now_ms, first, sizeof first);
    assert_memory_equal(first, "\xF9MG\1", MSGR_MARK_SIZE);
    msgr_link_unsent(alice, fresh);
    assert_int_equal(msgr_link_output(alice, fresh, p.now_ms, again, sizeof again), size);
    assert_memory_equal(first, again, size);
}

static void only_what_was_given_last_can_be_unsent(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];

    (void)state;
    pair_send(&p, ALICE, "once");
    assert_true(output(data, sizeof data) > 0);
    msgr_link_unsent(alice, link + 1); /* it was not on that link */
    assert_int_equal(output(data, sizeof data), 0);
    msgr_link_unsent(alice, link);
    assert_true(output(data, sizeof data) == 0); /* the last time it gave nothing */
}

static void stream_has_one_mark(void **state)
{
    (void)state;
    pair_send(&p, ALICE, "no mark");
    pair_collect(&p, ALICE);
    assert_int_equal(p.queue[0].data[0] & 0x1F, MSGR_FRAME_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_said_without_cause, setup),
        cmocka_unit_test_setup(datagram_holds_as_many_frames_as_fit, setup),
        cmocka_unit_test_setup(little_room_gives_nothing_and_loses_nothing, setup),
        cmocka_unit_test_setup(room_for_a_few_frames_is_filled, setup),
        cmocka_unit_test_setup(datagrams_are_at_most_1200_bytes, setup),
        cmocka_unit_test_setup(
            message_of_64_bytes_takes_18_around_it_and_22_for_its_acknowledgement, setup),
        cmocka_unit_test_setup(unsent_message_is_given_again_the_same, setup),
        cmocka_unit_test_setup(unsent_acknowledgement_is_given_again, setup),
        cmocka_unit_test_setup(unsent_beginning_of_a_stream_is_given_with_its_mark, setup),
        cmocka_unit_test_setup(only_what_was_given_last_can_be_unsent, setup),
        cmocka_unit_test_setup(stream_has_one_mark, setup_stream),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
