/* SPDX-License-Identifier: BSD-3-Clause */
/* What the application says: messages, handles, and the table of peers. */
#include "pair.h"

static struct pair p;
static struct msgr *alice;
static int bob; /* alice's handle for him */

static int setup(void **state)
{
    (void)state;
    pair_up(&p);
    alice = p.node[ALICE].m;
    bob = p.node[ALICE].peer;
    return 0;
}

static int setup_alone(void **state)
{
    (void)state;
    pair_start(&p);
    pair_open(&p, ALICE);
    pair_open(&p, BOB);
    alice = p.node[ALICE].m;
    bob = msgr_peer(alice, "bob");
    p.node[ALICE].peer = bob;
    return 0;
}

/* As many of the longest as are accepted. */
static unsigned fill(void)
{
    static const uint8_t longest[MSGR_MESSAGE_MAX];
    unsigned count = 0;

    while (msgr_send(alice, bob, longest, sizeof longest, 0) > 0) {
        count++;
    }
    return count;
}

/* ---- accepted or not ---- */

static void arguments_are_checked(void **state)
{
    (void)state;
    assert_int_equal(msgr_send(alice, bob + 1, "x", 1, 0), MSGR_ERROR_PEER);
    assert_int_equal(msgr_send(alice, -1, "x", 1, 0), MSGR_ERROR_PEER);
    assert_int_equal(msgr_send(alice, bob + MSGR_PEERS_MAX, "x", 1, 0), MSGR_ERROR_PEER);
    assert_int_equal(msgr_send(alice, PAIR_PEERS, "x", 1, 0), MSGR_ERROR_PEER);
    assert_int_equal(msgr_send(alice, bob, NULL, 1, 0), MSGR_ERROR_RANGE);
    assert_int_equal(msgr_send(alice, bob, "x", 1, MSGR_DEADLINE_MAX_MS + 1), MSGR_ERROR_RANGE);
    assert_int_equal(pair_stats(&p, ALICE).sent, 0);
    assert_true(msgr_send(alice, bob, NULL, 0, 0) > 0);
    assert_true(msgr_send(alice, bob, "x", 1, MSGR_DEADLINE_MAX_MS) > 0);
    assert_int_equal(pair_stats(&p, ALICE).sent, 2);
}

static void too_long_for_this_node(void **state)
{
    static const uint8_t data[MSGR_MESSAGE_MAX + 1];

    (void)state;
    assert_int_equal(msgr_send(alice, bob, data, sizeof data, 0), MSGR_ERROR_TOO_LONG);
    assert_true(msgr_send(alice, bob, data, sizeof data - 1, 0) > 0);
}

static void too_long_for_the_peer(void **state)
{
    static const uint8_t data[301];

    (void)state;
    setup_alone(NULL);
    p.node[BOB].config.message_max = 300;
    pair_open(&p, BOB);
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    assert_int_equal(msgr_send(alice, bob, data, 301, 0), MSGR_ERROR_TOO_LONG);
    assert_true(msgr_send(alice, bob, data, 300, 0) > 0);
}

/* It was accepted before the peer's limit was known. What is behind it is not held up. */
static void too_long_for_the_peer_that_was_not_known(void **state)
{
    static const uint8_t data[301];
    int32_t longer;
    int32_t behind;

    (void)state;
    setup_alone(NULL);
    p.node[BOB].config.message_max = 300;
    pair_open(&p, BOB);
    longer = msgr_send(alice, bob, data, 301, 0);
    behind = msgr_send(alice, bob, "short", 5, 0);
    assert_true(longer > 0 && behind > 0);
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    pair_expect_outcome(&p, ALICE, longer, MSGR_OUTCOME_NOT_DELIVERED, MSGR_REASON_TOO_LONG);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
    pair_expect_message(&p, BOB, "short");
}

static void full_and_writable_again(void **state)
{
    unsigned writable = 0;

    (void)state;
    assert_true(fill() >= 1);
    pair_expect_nothing(&p, ALICE);
    for (int i = 0; i < 20 && writable == 0; i++) {
        pair_pass(&p, 100);
        assert_true(pair_pull(&p, BOB, MSGR_EVENT_MESSAGE) >= 1);
        pair_settle(&p);
        writable = pair_pull(&p, ALICE, MSGR_EVENT_WRITABLE);
    }
    assert_int_equal(writable, 1);
    pair_expect_nothing(&p, ALICE);
    assert_true(fill() >= 1);
}

static void guaranteed_room_is_there_though_another_peer_is_full(void **state)
{
    static const uint8_t longest[MSGR_MESSAGE_MAX];

    (void)state;
    fill();
    for (char name[2] = "x"; name[0] < 'x' + PAIR_PEERS - 1; name[0]++) {
        int other = msgr_peer(alice, name);
        assert_true(msgr_send(alice, other, longest, sizeof longest, 0) > 0);
        assert_int_equal(msgr_send(alice, other, longest, sizeof longest, 0), MSGR_ERROR_FULL);
    }
}

/* ---- deadlines ---- */

static void queued_message_is_not_delivered_at_its_deadline(void **state)
{
    int32_t message;

    (void)state;
    setup_alone(NULL);
    message = msgr_send(alice, bob, "x", 1, 250);
    pair_wait(&p, 249);
    pair_expect_nothing(&p, ALICE);
    pair_wait(&p, 1);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_NOT_DELIVERED, MSGR_REASON_DEADLINE);
}

static void transmitted_message_is_unknown_at_its_deadline(void **state)
{
    int32_t message = msgr_send(alice, bob, "x", 1, 250);

    (void)state;
    pair_collect(&p, ALICE);
    pair_drop_all(&p);
    pair_wait(&p, 250);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_DEADLINE);
}

static void deadline_is_30_s_where_none_is_given(void **state)
{
    int32_t message;

    (void)state;
    setup_alone(NULL);
    message = msgr_send(alice, bob, "x", 1, 0);
    pair_wait(&p, MSGR_DEADLINE_MS - 1);
    pair_expect_nothing(&p, ALICE);
    pair_wait(&p, 1);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_NOT_DELIVERED, MSGR_REASON_DEADLINE);
}

/* ---- cancelling ---- */

static void queued_message_is_cancelled_without_a_trace(void **state)
{
    int32_t message;
    int32_t next;

    (void)state;
    setup_alone(NULL);
    message = msgr_send(alice, bob, "never", 5, 0);
    next = msgr_send(alice, bob, "this", 4, 0);
    assert_int_equal(msgr_cancel(alice, message), 0);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_NOT_DELIVERED, MSGR_REASON_CANCELLED);
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
    pair_expect_message(&p, BOB, "this");
    pair_expect_nothing(&p, BOB);
    pair_settle(&p);
    pair_expect_outcome(&p, ALICE, next, MSGR_OUTCOME_DELIVERED, MSGR_REASON_NONE);
}

static void transmitted_message_is_cancelled_with_a_floor(void **state)
{
    int32_t message = pair_send(&p, ALICE, "perhaps");

    (void)state;
    pair_collect(&p, ALICE);
    pair_drop_all(&p);
    assert_int_equal(msgr_cancel(alice, message), 0);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_CANCELLED);
    pair_collect(&p, ALICE);
    assert_int_equal(pair_count(&p, MSGR_FRAME_FLOOR), 1);
    assert_int_equal(pair_count(&p, MSGR_FRAME_DATA), 0);
    pair_settle(&p);
    pair_expect_nothing(&p, BOB);
    pair_send(&p, ALICE, "next");
    pair_settle(&p);
    pair_expect_message(&p, BOB, "next");
}

/* The window takes its first fragments only. */
static void message_is_cancelled_half_way(void **state)
{
    int32_t message = pair_send_bytes(&p, ALICE, MSGR_MESSAGE_MAX);

    (void)state;
    pair_collect(&p, ALICE);
    assert_in_range(pair_count(&p, MSGR_FRAME_DATA), 1, MSGR_MESSAGE_MAX / MSGR_FRAGMENT - 1);
    assert_int_equal(msgr_cancel(alice, message), 0);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_CANCELLED);
    pair_send(&p, ALICE, "next");
    pair_settle(&p);
    pair_expect_message(&p, BOB, "next");
    pair_expect_nothing(&p, BOB);
    pair_settle(&p);
    pair_expect(&p, ALICE, MSGR_EVENT_OUTCOME);
    assert_int_equal(pair_stats(&p, ALICE).slots_used, 0);
}

static void received_message_that_was_not_taken_can_be_cancelled(void **state)
{
    int32_t message = pair_send(&p, ALICE, "there");

    (void)state;
    pair_pass(&p, 20);
    assert_int_equal(msgr_cancel(alice, message), 0);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_CANCELLED);
    pair_expect_message(&p, BOB, "there");
}

static void outcome_is_final(void **state)
{
    int32_t message = pair_send(&p, ALICE, "x");

    (void)state;
    pair_settle(&p);
    pair_expect_message(&p, BOB, "x");
    pair_expect_nothing(&p, BOB);
    pair_settle(&p);
    assert_int_equal(msgr_cancel(alice, message), MSGR_ERROR_MESSAGE); /* not pulled yet */
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_DELIVERED, MSGR_REASON_NONE);
    assert_int_equal(msgr_cancel(alice, message), MSGR_ERROR_MESSAGE);
    assert_int_equal(msgr_cancel(alice, 0), MSGR_ERROR_MESSAGE);
    assert_int_equal(msgr_cancel(alice, -1), MSGR_ERROR_MESSAGE);
}

static void one_of_many_is_cancelled(void **state)
{
    int32_t message[3];

    (void)state;
    message[0] = pair_send(&p, ALICE, "a");
    message[1] = pair_send(&p, ALICE, "b");
    message[2] = pair_send(&p, ALICE, "c");
    assert_int_equal(msgr_cancel(alice, message[1]), 0);
    assert_int_equal(msgr_cancel(alice, message[1]), MSGR_ERROR_MESSAGE);
    pair_settle(&p);
    pair_expect_message(&p, BOB, "a");
    pair_expect_message(&p, BOB, "c");
}

/* ---- handles of messages ---- */

static void handles_of_messages_are_unique_and_positive(void **state)
{
    int32_t a = pair_send(&p, ALICE, "a");
    int32_t b = pair_send(&p, ALICE, "b");

    (void)state;
    assert_true(a >= 1 && b >= 1);
    assert_int_not_equal(a, b);
    alice->handles = INT32_MAX - 1;
    assert_int_equal(pair_send(&p, ALICE, "c"), INT32_MAX);
    assert_int_equal(pair_send(&p, ALICE, "d"), 1);
}

static void transport_is_woken(void **state)
{
    unsigned before = p.node[ALICE].wakes;
    int32_t message = pair_send(&p, ALICE, "a");

    (void)state;
    assert_true(p.node[ALICE].wakes > before);
    pair_collect(&p, ALICE);
    before = p.node[ALICE].wakes;
    msgr_cancel(alice, message);
    assert_true(p.node[ALICE].wakes > before);
}

/* ---- peers ---- */

static void names_are_checked(void **state)
{
    (void)state;
    assert_int_equal(msgr_peer(alice, ""), MSGR_ERROR_NAME);
    assert_int_equal(msgr_peer(alice, "a\tb"), MSGR_ERROR_NAME);
    assert_int_equal(msgr_peer(alice, "alice"), MSGR_ERROR_NAME); /* itself */
    assert_int_equal(msgr_peer(alice, "bob"), bob);
    assert_int_not_equal(msgr_peer(alice, "bo"), bob);
    assert_int_not_equal(msgr_peer(alice, "bobo"), bob);
}

static void what_is_known_of_a_peer(void **state)
{
    struct msgr_peer_info info;

    (void)state;
    pair_send(&p, ALICE, "a");
    pair_collect(&p, ALICE);
    assert_true(msgr_peer_get(alice, bob, &info));
    assert_string_equal(info.name, "bob");
    assert_int_equal(info.identity, 0xB0B0B0);
    assert_true(info.up);
    assert_int_equal(info.queued, 1);
    assert_int_equal(info.in_flight, 1);
    assert_int_equal(info.window, 10);
    assert_int_equal(info.link, p.wire[0].link[ALICE]);
    assert_false(info.has_estimate);
    p.now_ms += 3;
    pair_deliver_all(&p);
    pair_wait(&p, 5);
    pair_settle(&p);
    assert_true(msgr_peer_get(alice, bob, &info));
    assert_true(info.has_estimate);
    assert_int_equal(info.round_trip_ms, 8);
    assert_int_equal(info.variation_ms, 4);
    assert_int_equal(info.in_flight, 0);
}

static void place_is_kept_for_who_has_not_come(void **state)
{
    struct msgr_peer_info info;
    int carol = msgr_peer(alice, "carol");

    (void)state;
    assert_true(msgr_peer_get(alice, carol, &info));
    assert_int_equal(info.identity, 0);
    assert_false(info.up);
    assert_int_equal(info.link, -1);
    assert_int_equal(msgr_peer(alice, "carol"), carol);
}

static void nobody_is_not_described(void **state)
{
    struct msgr_peer_info info = {.queued = 77};

    (void)state;
    assert_false(msgr_peer_get(alice, -1, &info));
    assert_false(msgr_peer_get(alice, bob + 1, &info));
    assert_false(msgr_peer_get(alice, INT32_MAX, &info));
    assert_int_equal(info.queued, 77);
}

static void peers_are_walked_through(void **state)
{
    int carol = msgr_peer(alice, "carol");
    int dave = msgr_peer(alice, "dave");

    (void)state;
    assert_int_equal(msgr_peer_after(alice, -1), bob);
    assert_int_equal(msgr_peer_after(alice, bob), carol);
    assert_int_equal(msgr_peer_after(alice, carol), dave);
    assert_int_equal(msgr_peer_after(alice, dave), -1);
}

static void idle_peer_gives_way_and_its_handle_is_dead(void **state)
{
    struct msgr_peer_info info;
    int old;

    (void)state;
    old = msgr_peer(alice, "idle");
    msgr_peer(alice, "c");
    msgr_peer(alice, "d");
    int new = msgr_peer(alice, "new"); /* bob is up, so it is `idle` who goes */
    assert_true(new >= 0);
    assert_int_not_equal(new, old);
    assert_false(msgr_peer_get(alice, old, &info));
    assert_int_equal(msgr_send(alice, old, "x", 1, 0), MSGR_ERROR_PEER);
    assert_true(msgr_peer_get(alice, bob, &info));
    assert_true(msgr_peer_get(alice, new, &info));
}

static void peer_with_a_message_does_not_give_way(void **state)
{
    (void)state;
    for (char name[2] = "x"; name[0] < 'x' + PAIR_PEERS - 1; name[0]++) {
        assert_true(msgr_send(alice, msgr_peer(alice, name), "m", 1, 1000) > 0);
    }
    assert_int_equal(msgr_peer(alice, "another"), MSGR_ERROR_FULL);
    pair_wait(&p, 1000); /* they have their outcomes, not pulled yet */
    assert_int_equal(msgr_peer(alice, "another"), MSGR_ERROR_FULL);
    assert_int_equal(pair_pull(&p, ALICE, MSGR_EVENT_OUTCOME), PAIR_PEERS - 1);
    assert_true(msgr_peer(alice, "another") >= 0);
}

static void peer_gives_way_when_it_is_known_to_be_down(void **state)
{
    (void)state;
    msgr_link_down(alice, p.wire[0].link[ALICE], p.now_ms);
    for (char name[2] = "x"; name[0] < 'x' + PAIR_PEERS - 1; name[0]++) {
        assert_true(msgr_send(alice, msgr_peer(alice, name), "m", 1, 0) > 0);
    }
    assert_int_equal(msgr_peer(alice, "another"), MSGR_ERROR_FULL);
    pair_expect_down(&p, ALICE, MSGR_REASON_LINK);
    assert_true(msgr_peer(alice, "another") >= 0);
}

static void peer_with_a_message_for_the_application_does_not_give_way(void **state)
{
    (void)state;
    pair_send(&p, BOB, "for alice");
    pair_settle(&p);
    msgr_link_down(alice, p.wire[0].link[ALICE], p.now_ms);
    for (char name[2] = "x"; name[0] < 'x' + PAIR_PEERS - 1; name[0]++) {
        assert_true(msgr_send(alice, msgr_peer(alice, name), "m", 1, 0) > 0);
    }
    pair_expect_message(&p, ALICE, "for alice");
    assert_int_equal(msgr_peer(alice, "another"), MSGR_ERROR_FULL);
    pair_expect_down(&p, ALICE, MSGR_REASON_LINK);
    assert_true(msgr_peer(alice, "another") >= 0);
}

/* More often than a handle's generation can tell. */
static void handles_of_peers_stay_handles(void **state)
{
    int before = -1;

    (void)state;
    msgr_peer(alice, "c");
    msgr_peer(alice, "d");
    for (int i = 0; i < 5000; i++) {
        char name[3] = {'n', (char)('a' + i % 26), 0};
        int handle = msgr_peer(alice, name);
        assert_true(handle >= 0);
        assert_int_not_equal(handle, before);
        before = handle;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(arguments_are_checked, setup),
        cmocka_unit_test_setup(too_long_for_this_node, setup),
        cmocka_unit_test_setup(too_long_for_the_peer, setup),
        cmocka_unit_test_setup(too_long_for_the_peer_that_was_not_known, setup),
        cmocka_unit_test_setup(full_and_writable_again, setup),
        cmocka_unit_test_setup(guaranteed_room_is_there_though_another_peer_is_full, setup),
        cmocka_unit_test_setup(queued_message_is_not_delivered_at_its_deadline, setup),
        cmocka_unit_test_setup(transmitted_message_is_unknown_at_its_deadline, setup),
        cmocka_unit_test_setup(deadline_is_30_s_where_none_is_given, setup),
        cmocka_unit_test_setup(queued_message_is_cancelled_without_a_trace, setup),
        cmocka_unit_test_setup(transmitted_message_is_cancelled_with_a_floor, setup),
        cmocka_unit_test_setup(message_is_cancelled_half_way, setup),
        cmocka_unit_test_setup(received_message_that_was_not_taken_can_be_cancelled, setup),
        cmocka_unit_test_setup(outcome_is_final, setup),
        cmocka_unit_test_setup(one_of_many_is_cancelled, setup),
        cmocka_unit_test_setup(handles_of_messages_are_unique_and_positive, setup),
        cmocka_unit_test_setup(transport_is_woken, setup),
        cmocka_unit_test_setup(names_are_checked, setup),
        cmocka_unit_test_setup(what_is_known_of_a_peer, setup),
        cmocka_unit_test_setup(place_is_kept_for_who_has_not_come, setup),
        cmocka_unit_test_setup(nobody_is_not_described, setup),
        cmocka_unit_test_setup(peers_are_walked_through, setup),
        cmocka_unit_test_setup(idle_peer_gives_way_and_its_handle_is_dead, setup),
        cmocka_unit_test_setup(peer_with_a_message_does_not_give_way, setup),
        cmocka_unit_test_setup(peer_gives_way_when_it_is_known_to_be_down, setup),
        cmocka_unit_test_setup(peer_with_a_message_for_the_application_does_not_give_way, setup),
        cmocka_unit_test_setup(handles_of_peers_stay_handles, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
