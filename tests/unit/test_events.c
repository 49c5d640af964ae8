/* SPDX-License-Identifier: BSD-3-Clause */
#include "pair.h"

static struct pair p;
static struct pair q; /* carol, who knows the same bob */

static int setup(void **state)
{
    (void)state;
    pair_up(&p);
    return 0;
}

static void join_carol(void)
{
    pair_start(&q);
    q.now_ms = p.now_ms;
    q.node[ALICE].config.name = "carol";
    q.node[ALICE].config.identity = 0xCA401;
    pair_open(&q, ALICE);
    q.node[BOB].m = p.node[BOB].m;
    pair_connect(&q, 0, MSGR_LINK_DATAGRAM);
    pair_settle(&q);
    pair_expect(&q, ALICE, MSGR_EVENT_PEER_UP);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
    q.node[ALICE].peer = msgr_peer(q.node[ALICE].m, "bob");
    q.node[BOB].peer = msgr_peer(p.node[BOB].m, "carol");
}

static void nothing_has_happened(void **state)
{
    struct msgr_event event = {.peer = 77};

    (void)state;
    assert_false(msgr_next(p.node[ALICE].m, &event));
    assert_int_equal(event.peer, 77);
}

static void peer_is_up_before_its_messages(void **state)
{
    (void)state;
    pair_start(&p);
    pair_open(&p, ALICE);
    pair_open(&p, BOB);
    p.node[ALICE].peer = msgr_peer(p.node[ALICE].m, "bob");
    pair_send(&p, ALICE, "early");
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
    pair_expect_message(&p, BOB, "early");
    pair_expect_nothing(&p, BOB);
}

static void messages_come_before_the_peer_is_down(void **state)
{
    (void)state;
    pair_send(&p, ALICE, "one");
    pair_send(&p, ALICE, "two");
    pair_settle(&p);
    msgr_link_down(p.node[BOB].m, p.wire[0].link[BOB], p.now_ms);
    pair_expect_message(&p, BOB, "one");
    pair_expect_message(&p, BOB, "two");
    pair_expect_down(&p, BOB, MSGR_REASON_LINK);
    pair_expect_nothing(&p, BOB);
}

/* A peer that is gone and back between two questions was never away. */
static void short_absence_is_not_told(void **state)
{
    (void)state;
    msgr_link_down(p.node[ALICE].m, p.wire[0].link[ALICE], p.now_ms);
    p.wire[0].link[ALICE] = -1;
    pair_connect(&p, 1, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    pair_expect_nothing(&p, ALICE);
}

/* But that its conversation ended is. */
static void restart_of_the_peer_is_told(void **state)
{
    (void)state;
    pair_restart(&p, BOB);
    pair_pass(&p, 20000);
    pair_expect_down(&p, ALICE, MSGR_REASON_RESTARTED);
    pair_expect(&p, ALICE, MSGR_EVENT_PEER_UP);
    pair_expect_nothing(&p, ALICE);
}

static void outcomes_come_first_and_writable_last(void **state)
{
    struct msgr *alice = p.node[ALICE].m;
    static const uint8_t longest[MSGR_MESSAGE_MAX];
    int32_t message = 0;

    (void)state;
    while (msgr_send(alice, p.node[ALICE].peer, longest, sizeof longest, 0) > 0) {
        message++;
    }
    pair_send(&p, BOB, "hi");
    pair_settle(&p);
    assert_int_equal(msgr_cancel(alice, message), 0);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_NOT_DELIVERED, MSGR_REASON_CANCELLED);
    pair_expect_message(&p, ALICE, "hi");
    pair_expect(&p, ALICE, MSGR_EVENT_WRITABLE);
    pair_expect_nothing(&p, ALICE);
}

static void peers_take_turns(void **state)
{
    (void)state;
    join_carol();
    for (int i = 0; i < 3; i++) {
        pair_send(&p, ALICE, "from alice");
        pair_send(&q, ALICE, "from carol");
    }
    pair_settle(&p);
    pair_settle(&q);
    int first = pair_next(&p, BOB).peer;
    for (int i = 1; i < 6; i++) {
        struct msgr_event event = pair_next(&p, BOB);
        assert_int_equal(event.type, MSGR_EVENT_MESSAGE);
        assert_int_equal(event.peer == first, i % 2 == 0);
    }
    pair_expect_nothing(&p, BOB);
}

static void asking_takes_the_message(void **state)
{
    int32_t message = pair_send(&p, ALICE, "x");

    (void)state;
    pair_settle(&p);
    pair_expect_message(&p, BOB, "x");
    pair_pass(&p, 1000);
    pair_expect_nothing(&p, ALICE);
    pair_expect_nothing(&p, BOB); /* taken */
    pair_settle(&p);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_DELIVERED, MSGR_REASON_NONE);
    assert_int_equal(pair_stats(&p, BOB).slots_used, 0);
    assert_int_equal(pair_stats(&p, BOB).received, 1);
}

static void payload_is_aligned_and_whole(void **state)
{
    (void)state;
    for (size_t size = 0; size <= MSGR_MESSAGE_MAX; size += size < 520 ? 64 : 511) {
        pair_send_bytes(&p, ALICE, size);
        pair_pass(&p, 200);
        struct msgr_event event = pair_next(&p, BOB);
        assert_int_equal(event.type, MSGR_EVENT_MESSAGE);
        assert_int_equal(event.size, size);
        assert_int_equal((uintptr_t)event.data % _Alignof(uint32_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(((const uint8_t *)event.data)[i], (uint8_t)(i * 7 + i / 256));
        }
        pair_expect_nothing(&p, BOB);
        pair_pass(&p, 200);
        pair_expect(&p, ALICE, MSGR_EVENT_OUTCOME);
    }
}

/* Bob holds a message; alice restarts, and her new conversation ends the old one. */
static void payload_stays_while_the_conversation_ends(size_t size)
{
    static uint8_t copy[MSGR_MESSAGE_MAX];
    struct msgr_event event;

    pair_send_bytes(&p, ALICE, size);
    pair_send(&p, ALICE, "behind");
    pair_pass(&p, 100);
    event = pair_next(&p, BOB);
    assert_int_equal(event.size, size);
    memcpy(copy, event.data, size);
    pair_restart(&p, ALICE);
    pair_connect(&p, 1, MSGR_LINK_DATAGRAM);
    p.node[ALICE].peer = msgr_peer(p.node[ALICE].m, "bob");
    for (int i = 0; i < 5; i++) { /* they would take its memory, if it were free */
        assert_true(msgr_send(p.node[ALICE].m, p.node[ALICE].peer, "other bytes", 11, 0) > 0);
    }
    pair_settle(&p);
    assert_memory_equal(event.data, copy, size);
    pair_expect_down(&p, BOB, MSGR_REASON_RESTARTED);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
    for (int i = 0; i < 5; i++) {
        pair_expect_message(&p, BOB, "other bytes");
    }
    pair_expect_nothing(&p, BOB);
    pair_settle(&p);
    assert_int_equal(pair_stats(&p, BOB).slots_used, 0);
    assert_int_equal(pair_pull(&p, ALICE, MSGR_EVENT_OUTCOME), 5);
}

static void short_payload_stays_while_the_conversation_ends(void **state)
{
    (void)state;
    payload_stays_while_the_conversation_ends(MSGR_FRAGMENT);
}

static void long_payload_stays_while_the_conversation_ends(void **state)
{
    (void)state;
    payload_stays_while_the_conversation_ends(3 * (size_t)MSGR_FRAGMENT);
}

/* ---- dispatch ---- */

struct seen {
    int up;
    int down;
    int message;
    int outcome;
    int writable;
    struct msgr *m;
};

static void on_up(void *ctx, struct msgr *m, int peer)
{
    struct seen *seen = ctx;

    assert_int_equal(msgr_peer(m, "bob"), peer);
    seen->up++;
}

static void on_down(void *ctx, struct msgr *m, int peer, enum msgr_reason reason)
{
    struct seen *seen = ctx;

    assert_int_equal(msgr_peer(m, "bob"), peer);
    assert_int_equal(reason, MSGR_REASON_LINK);
    seen->down++;
}

static void on_message(void *ctx, struct msgr *m, int peer, const void *data, size_t size)
{
    struct seen *seen = ctx;

    assert_int_equal(size, 4);
    assert_memory_equal(data, "ping", 4);
    assert_true(msgr_send(m, peer, "pong", 4, 0) > 0);
    seen->message++;
}

static void on_outcome(void *ctx, struct msgr *m, int peer, int32_t message,
                       enum msgr_outcome outcome, enum msgr_reason reason)
{
    struct seen *seen = ctx;

    (void)peer;
    assert_ptr_equal(m, seen->m);
    assert_int_equal(message, 1);
    assert_int_equal(outcome, MSGR_OUTCOME_NOT_DELIVERED);
    assert_int_equal(reason, MSGR_REASON_CANCELLED);
    seen->outcome++;
}

static void on_writable(void *ctx, struct msgr *m, int peer)
{
    struct seen *seen = ctx;

    (void)peer;
    assert_ptr_equal(m, seen->m);
    seen->writable++;
}

/* One event of each kind waits at alice. */
static void make_events(void)
{
    static const uint8_t longest[MSGR_MESSAGE_MAX];
    struct msgr *alice;

    pair_start(&p);
    pair_open(&p, ALICE);
    pair_open(&p, BOB);
    alice = p.node[ALICE].m;
    p.node[ALICE].peer = msgr_peer(alice, "bob");
    while (msgr_send(alice, p.node[ALICE].peer, longest, sizeof longest, 0) > 0) {
    }
    assert_int_equal(msgr_cancel(alice, 1), 0);
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    p.node[BOB].peer = msgr_peer(p.node[BOB].m, "alice");
    pair_send(&p, BOB, "ping");
    pair_settle(&p);
    msgr_link_down(alice, p.wire[0].link[ALICE], p.now_ms);
}

static void every_event_is_dispatched(void **state)
{
    struct seen seen = {0};
    const struct msgr_handlers handlers = {.peer_up = on_up,
                                           .peer_down = on_down,
                                           .message = on_message,
                                           .outcome = on_outcome,
                                           .writable = on_writable,
                                           .ctx = &seen};

    (void)state;
    make_events();
    seen.m = p.node[ALICE].m;
    msgr_dispatch(p.node[ALICE].m, &handlers);
    assert_int_equal(seen.up, 1);
    assert_int_equal(seen.message, 1);
    assert_int_equal(seen.down, 1);
    assert_int_equal(seen.outcome, 1);
    assert_int_equal(seen.writable, 1);
    pair_expect_nothing(&p, ALICE);
}

static void events_without_a_handler_are_passed_over(void **state)
{
    const struct msgr_handlers handlers = {0};

    (void)state;
    make_events();
    assert_true(pair_stats(&p, ALICE).slots_used > 0);
    msgr_dispatch(p.node[ALICE].m, &handlers);
    pair_expect_nothing(&p, ALICE);
    assert_int_equal(pair_stats(&p, ALICE).received, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_has_happened, setup),
        cmocka_unit_test_setup(peer_is_up_before_its_messages, setup),
        cmocka_unit_test_setup(messages_come_before_the_peer_is_down, setup),
        cmocka_unit_test_setup(short_absence_is_not_told, setup),
        cmocka_unit_test_setup(restart_of_the_peer_is_told, setup),
        cmocka_unit_test_setup(outcomes_come_first_and_writable_last, setup),
        cmocka_unit_test_setup(peers_take_turns, setup),
        cmocka_unit_test_setup(asking_takes_the_message, setup),
        cmocka_unit_test_setup(payload_is_aligned_and_whole, setup),
        cmocka_unit_test_setup(short_payload_stays_while_the_conversation_ends, setup),
        cmocka_unit_test_setup(long_payload_stays_while_the_conversation_ends, setup),
        cmocka_unit_test_setup(every_event_is_dispatched, setup),
        cmocka_unit_test_setup(events_without_a_handler_are_passed_over, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
