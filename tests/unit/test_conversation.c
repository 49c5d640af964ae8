/* SPDX-License-Identifier: BSD-3-Clause */
/* How conversations begin and end: OPEN, ACCEPT, RESET. Alice is the opener. */
#include "conversation.h"

#include "pair.h"

static struct pair p;
static struct msgr *alice;
static struct msgr *bob;

static int setup(void **state)
{
    (void)state;
    pair_up(&p);
    alice = p.node[ALICE].m;
    bob = p.node[BOB].m;
    return 0;
}

/* The link is proved at both ends; alice's OPEN waits in the queue. */
static int setup_proved(void **state)
{
    (void)state;
    pair_start(&p);
    pair_open(&p, ALICE);
    pair_open(&p, BOB);
    alice = p.node[ALICE].m;
    bob = p.node[BOB].m;
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    while (pair_count(&p, MSGR_FRAME_OPEN) == 0) {
        pair_deliver_all(&p);
        pair_collect(&p, BOB);
        pair_deliver_all(&p);
        pair_collect(&p, ALICE);
    }
    return 0;
}

static struct msgr_open_frame queued_open(void)
{
    struct msgr_frame frame = pair_frame(&p, MSGR_FRAME_OPEN, 0);
    struct msgr_open_frame open;

    assert_true(msgr_open_parse(&open, &frame));
    return open;
}

static void give_open(enum pair_side to, const struct msgr_open_frame *open)
{
    uint8_t frame[MSGR_OPEN_FRAME_SIZE];

    msgr_open_write(frame, open);
    pair_inject(&p, to, 0, frame, sizeof frame);
}

static void give_reset(enum pair_side to, uint32_t id)
{
    uint8_t frame[MSGR_RESET_FRAME_SIZE];

    msgr_reset_write(frame, id);
    pair_inject(&p, to, 0, frame, sizeof frame);
}

/* What bob accepts with; it leaves the queue. */
static struct msgr_accept bobs_accept(void)
{
    struct msgr_accept accept;

    pair_drop_all(&p);
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_ACCEPT), 1);
    struct msgr_frame frame = pair_frame(&p, MSGR_FRAME_ACCEPT, 0);
    assert_true(msgr_accept_parse(&accept, &frame));
    pair_drop_all(&p);
    return accept;
}

/* ---- limits ---- */

static void open_says_who_and_what(void **state)
{
    struct msgr_open_frame open = queued_open();

    (void)state;
    assert_int_equal(open.from, 0xA11CE);
    assert_int_equal(open.to, 0xB0B0B0);
    assert_int_not_equal(open.id, 0);
    assert_int_equal(open.limits.suite, 0);
    assert_int_equal(1u << open.limits.fragment, MSGR_FRAGMENT);
    assert_int_equal(open.limits.message, MSGR_MESSAGE_MAX);
    assert_int_equal(open.limits.guaranteed, MSGR_MESSAGE_MAX / MSGR_FRAGMENT);
    assert_int_equal(open.limits.initial, MSGR_MESSAGE_MAX / MSGR_FRAGMENT);
}

static void smaller_fragment_of_both_is_used(void **state)
{
    struct msgr_open_frame open = queued_open();

    (void)state;
    open.limits.fragment = 6;
    give_open(BOB, &open);
    bobs_accept();
    assert_int_equal(pair_peer(&p, BOB)->next.fragment, 6);
    open.nonce++;
    open.limits.fragment = 10;
    give_open(BOB, &open);
    bobs_accept();
    assert_int_equal(1u << pair_peer(&p, BOB)->next.fragment, MSGR_FRAGMENT);
}

static void longest_message_is_bounded_by_what_is_guaranteed(void **state)
{
    (void)state;
    setup(NULL);
    struct msgr_peer *peer = pair_peer(&p, ALICE);
    assert_int_equal(msgr_conversation_message_max(peer), MSGR_MESSAGE_MAX);
    peer->current.theirs.guaranteed = 3;
    assert_int_equal(msgr_conversation_message_max(peer), 3 * MSGR_FRAGMENT);
}

/* ---- OPEN ---- */

static void open_is_repeated_the_same_at_growing_times(void **state)
{
    uint32_t expected_ms = 100;
    struct msgr_open_frame first = queued_open();

    (void)state;
    for (int i = 0; i < 12; i++) {
        uint32_t waited_ms = 0;
        pair_drop_all(&p);
        while (pair_count(&p, MSGR_FRAME_OPEN) == 0) {
            pair_wait(&p, 1);
            waited_ms++;
            pair_collect(&p, ALICE);
            pair_link(&p, ALICE, 0)->heard_ms = p.now_ms; /* bob lives */
        }
        assert_in_range(waited_ms, expected_ms - expected_ms / 4, expected_ms);
        struct msgr_open_frame again = queued_open();
        assert_int_equal(again.nonce, first.nonce);
        assert_int_equal(again.id, first.id);
        expected_ms += expected_ms / 2;
        expected_ms = expected_ms < MSGR_HEARTBEAT_MS ? expected_ms : MSGR_HEARTBEAT_MS;
    }
}

static void open_is_repeated_on_each_link_in_turn(void **state)
{
    (void)state;
    pair_drop_all(&p);
    pair_connect(&p, 1, MSGR_LINK_DATAGRAM);
    unsigned on[2] = {0, 0};
    for (int i = 0; i < 2000; i++) {
        pair_collect(&p, ALICE);
        pair_collect(&p, BOB);
        while (p.queued > 0) {
            bool is_open = pair_count(&p, MSGR_FRAME_OPEN) > 0;
            if (is_open) { /* none gets through */
                on[p.queue[p.queued - 1].wire]++;
                pair_drop_all(&p);
            } else {
                pair_deliver(&p, 0);
            }
        }
        pair_wait(&p, 10);
    }
    assert_in_range(on[0], 2, 20);
    assert_in_range(on[1], 2, 20);
}

static void repeated_open_is_accepted_with_the_same(void **state)
{
    struct msgr_open_frame open = queued_open();

    (void)state;
    give_open(BOB, &open);
    struct msgr_accept first = bobs_accept();
    give_open(BOB, &open);
    struct msgr_accept second = bobs_accept();
    assert_int_equal(first.to_id, open.id);
    assert_int_equal(first.echo, open.nonce);
    assert_int_equal(first.id, second.id);
    assert_int_equal(first.nonce, second.nonce);
}

static void another_open_replaces_the_candidate(void **state)
{
    struct msgr_open_frame open = queued_open();

    (void)state;
    give_open(BOB, &open);
    struct msgr_accept first = bobs_accept();
    open.nonce++;
    give_open(BOB, &open);
    struct msgr_accept second = bobs_accept();
    assert_int_not_equal(first.id, second.id);
    assert_int_not_equal(first.nonce, second.nonce);
    assert_int_equal(second.echo, open.nonce);
}

static void open_of_the_living_conversation_is_accepted_again(void **state)
{
    struct msgr_open_frame open = queued_open();

    (void)state;
    pair_settle(&p);
    uint32_t id = pair_peer(&p, BOB)->current.id;
    pair_pull(&p, BOB, MSGR_EVENT_PEER_UP);
    give_open(BOB, &open);
    struct msgr_accept accept = bobs_accept();
    assert_int_equal(accept.id, id);
    assert_int_equal(accept.nonce, pair_peer(&p, BOB)->current.nonce);
    pair_expect_nothing(&p, BOB);
}

/* A late OPEN makes a candidate, and that one never becomes anything. */
static void forged_open_does_not_end_a_living_conversation(void **state)
{
    struct msgr_open_frame open = queued_open();

    (void)state;
    pair_settle(&p);
    pair_pull(&p, ALICE, MSGR_EVENT_PEER_UP);
    pair_pull(&p, BOB, MSGR_EVENT_PEER_UP);
    p.node[ALICE].peer = msgr_peer(alice, "bob");
    open.nonce ^= 0x5555;
    give_open(BOB, &open);
    pair_settle(&p); /* the ACCEPT is none of alice's */
    pair_send(&p, ALICE, "still here");
    pair_settle(&p);
    pair_expect_message(&p, BOB, "still here");
}

static void open_that_does_not_belong_is_dropped(void **state)
{
    struct msgr_open_frame open = queued_open();
    uint32_t dropped = pair_stats(&p, BOB).drop_stranger;

    (void)state;
    open.to++;
    give_open(BOB, &open);
    open.to--;
    open.from++;
    give_open(BOB, &open);
    open.from--;
    assert_int_equal(pair_stats(&p, BOB).drop_stranger, dropped + 2);
    dropped = pair_stats(&p, ALICE).drop_stranger;
    struct msgr_open_frame wrong_end = open; /* bob is not the opener */
    wrong_end.to = open.from;
    wrong_end.from = open.to;
    give_open(ALICE, &wrong_end);
    assert_int_equal(pair_stats(&p, ALICE).drop_stranger, dropped + 1);
    pair_drop_all(&p);
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_ACCEPT), 0);
}

static void unknown_suite_is_refused_and_tried_again_after_a_heartbeat(void **state)
{
    struct msgr_open_frame open = queued_open();

    (void)state;
    open.limits.suite = 1;
    pair_drop_all(&p);
    give_open(BOB, &open);
    pair_collect(&p, BOB);
    struct msgr_frame frame = pair_frame(&p, MSGR_FRAME_REFUSE, 0);
    struct msgr_refuse refuse;
    assert_true(msgr_refuse_parse(&refuse, &frame));
    assert_int_equal(refuse.token, open.nonce);
    assert_int_equal(refuse.code, MSGR_REFUSAL_SUITE);
    pair_deliver_all(&p);
    assert_int_equal(msgr_link_reason(alice, 0), MSGR_REASON_SUITE);
    for (uint32_t ms = 0; ms < MSGR_HEARTBEAT_MS - 1; ms++) {
        pair_wait(&p, 1);
        pair_collect(&p, ALICE);
    }
    assert_int_equal(pair_count(&p, MSGR_FRAME_OPEN), 0);
    pair_wait(&p, 1);
    pair_collect(&p, ALICE);
    assert_int_equal(pair_count(&p, MSGR_FRAME_OPEN), 1);
}

static void refusal_of_another_nonce_is_dropped(void **state)
{
    uint8_t frame[MSGR_REFUSE_FRAME_SIZE];
    struct msgr_refuse refuse = {.token = queued_open().nonce + 1, .code = MSGR_REFUSAL_SUITE};

    (void)state;
    msgr_refuse_write(frame, &refuse);
    pair_inject(&p, ALICE, 0, frame, sizeof frame);
    assert_int_equal(msgr_link_reason(alice, 0), MSGR_REASON_NONE);
    assert_int_equal(pair_stats(&p, ALICE).drop_stranger, 1);
    pair_settle(&p);
    refuse.token--; /* late: the conversation is open */
    msgr_refuse_write(frame, &refuse);
    pair_inject(&p, ALICE, 0, frame, sizeof frame);
    assert_int_equal(msgr_link_reason(alice, 0), MSGR_REASON_NONE);
}

/* ---- ACCEPT ---- */

static void accept_must_echo_and_address_the_open(void **state)
{
    struct msgr_open_frame open = queued_open();
    uint8_t frame[MSGR_ACCEPT_FRAME_SIZE];

    (void)state;
    give_open(BOB, &open);
    struct msgr_accept accept = bobs_accept();
    for (int wrong = 0; wrong < 4; wrong++) {
        struct msgr_accept other = accept;
        other.echo += wrong == 0;
        other.to_id += wrong == 1;
        other.limits.suite = wrong == 2;
        msgr_accept_write(frame, &other);
        pair_inject(&p, ALICE, 0, frame, sizeof frame);
        assert_int_equal(pair_peer(&p, ALICE)->is_open, wrong == 3);
    }
    accept.id++; /* a second one is late */
    msgr_accept_write(frame, &accept);
    pair_inject(&p, ALICE, 0, frame, sizeof frame);
    assert_int_equal(pair_peer(&p, ALICE)->current.peer_id, accept.id - 1);
}

static void opener_proves_the_candidate_at_once(void **state)
{
    uint8_t flags = 0;

    (void)state;
    pair_deliver_all(&p);
    pair_collect(&p, BOB);
    assert_false(pair_peer(&p, BOB)->is_open);
    pair_deliver_all(&p);
    pair_collect(&p, ALICE);
    pair_ack(&p, &flags);
    assert_true((flags & MSGR_ACK_PROBE) != 0);
    pair_deliver_all(&p);
    assert_true(pair_peer(&p, BOB)->is_open);
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_ACK), 1);
}

static void frame_for_the_candidate_is_checked(void **state)
{
    (void)state;
    pair_deliver_all(&p);
    pair_collect(&p, BOB);
    pair_deliver_all(&p);
    pair_collect(&p, ALICE);
    p.queue[0].data[p.queue[0].size - 1] ^= 1;
    pair_deliver(&p, 0);
    assert_false(pair_peer(&p, BOB)->is_open);
    assert_int_equal(pair_stats(&p, BOB).drop_check, 1);
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_RESET), 0); /* its id is known */
}

/* ---- RESET ---- */

static void frame_for_an_unknown_id_is_answered_with_reset(void **state)
{
    static const struct msgr_ack ack = {.received = 1};
    uint8_t frames[2 * MSGR_ACK_FRAME_MAX];

    (void)state;
    uint8_t *end = msgr_ack_write(frames, 0xDEAD0000, 0, &ack, 0);
    end = msgr_ack_write(end, 0xDEAD0000, 0, &ack, 0);
    pair_inject(&p, BOB, 0, frames, (size_t)(end - frames));
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_RESET), 1);
    struct msgr_frame frame = pair_frame(&p, MSGR_FRAME_RESET, 0);
    uint32_t id;
    assert_true(msgr_frame_id(&id, &frame));
    assert_int_equal(id, 0xDEAD0000);
    pair_deliver_all(&p);
    assert_true(pair_peer(&p, ALICE)->is_open);
}

static void reset_for_another_id_is_dropped(void **state)
{
    struct msgr_incarnation current = pair_peer(&p, ALICE)->current;

    (void)state;
    give_reset(ALICE, current.id);
    give_reset(ALICE, current.peer_id + 16);
    assert_true(pair_peer(&p, ALICE)->is_open);
    assert_int_equal(pair_stats(&p, ALICE).drop_stranger, 2);
    give_reset(ALICE, current.peer_id);
    assert_false(pair_peer(&p, ALICE)->is_open);
    give_reset(ALICE, current.peer_id);
    assert_int_equal(pair_stats(&p, ALICE).drop_stranger, 3);
}

/* ---- ends ---- */

/* Bob restarts, having the first message; the second was on its way; the third never left. */
static void what_becomes_of_messages_when_the_conversation_ends(void **state)
{
    int32_t taken;
    int32_t transmitted;
    int32_t queued;

    (void)state;
    taken = pair_send(&p, ALICE, "taken");
    pair_settle(&p);
    pair_expect_message(&p, BOB, "taken");
    pair_expect_nothing(&p, BOB);
    pair_settle(&p);
    transmitted = pair_send(&p, ALICE, "on its way");
    pair_collect(&p, ALICE);
    pair_drop_all(&p);
    pair_restart(&p, BOB);
    queued = pair_send(&p, ALICE, "never left");
    give_reset(ALICE, pair_peer(&p, ALICE)->current.peer_id);
    pair_expect_outcome(&p, ALICE, taken, MSGR_OUTCOME_DELIVERED, MSGR_REASON_NONE);
    pair_expect_outcome(&p, ALICE, transmitted, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_RESTARTED);
    pair_expect_down(&p, ALICE, MSGR_REASON_RESTARTED);
    pair_expect_nothing(&p, ALICE);
    pair_pass(&p, 10000); /* bob knows nobody: UNKNOWN, HELLO, OPEN */
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
    pair_expect_message(&p, BOB, "never left");
    pair_expect_nothing(&p, BOB);
    pair_settle(&p);
    pair_expect_outcome(&p, ALICE, queued, MSGR_OUTCOME_DELIVERED, MSGR_REASON_NONE);
}

static void new_conversation_starts_with_fresh_numbers(void **state)
{
    uint64_t nonce = pair_peer(&p, BOB)->current.nonce;

    (void)state;
    pair_restart(&p, ALICE);
    pair_connect(&p, 1, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    assert_int_not_equal(pair_peer(&p, BOB)->current.nonce, nonce);
    assert_int_equal(pair_peer(&p, BOB)->sent.next, (uint32_t)pair_peer(&p, BOB)->current.nonce);
    assert_int_equal(pair_peer(&p, BOB)->received.received,
                     (uint32_t)pair_peer(&p, ALICE)->current.nonce);
    pair_expect_down(&p, BOB, MSGR_REASON_RESTARTED);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
}

static void lose_both_ends(void)
{
    for (int side = ALICE; side <= BOB; side++) {
        msgr_link_down(p.node[side].m, p.wire[0].link[side], p.now_ms);
        p.wire[0].link[side] = -1;
    }
}

static void conversation_outlives_its_link(void **state)
{
    int32_t message;
    uint32_t id = pair_peer(&p, BOB)->current.id;

    (void)state;
    lose_both_ends();
    message = pair_send(&p, ALICE, "kept");
    pair_pass(&p, 5000);
    pair_expect_down(&p, BOB, MSGR_REASON_LINK);
    pair_connect(&p, 1, MSGR_LINK_STREAM);
    pair_settle(&p);
    assert_int_equal(pair_peer(&p, BOB)->current.id, id);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
    pair_expect_message(&p, BOB, "kept");
    pair_expect_nothing(&p, BOB);
    pair_settle(&p);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_DELIVERED, MSGR_REASON_NONE);
}

/* The datagrams in the queue arrive one by one until somebody sends DATA. @return how many */
static unsigned datagrams_before_data(void)
{
    unsigned count = 0;

    for (;;) {
        pair_collect(&p, ALICE);
        pair_collect(&p, BOB);
        if (p.queued == 0 || pair_count(&p, MSGR_FRAME_DATA) > 0) {
            return count;
        }
        pair_deliver(&p, 0);
        count++;
    }
}

/* Who is welcomed is asked in the same datagram, and so knows at once that he is known. */
static void peer_that_was_away_is_asked_before_it_is_sent_anything(void **state)
{
    (void)state;
    lose_both_ends();
    pair_send(&p, BOB, "kept");
    pair_connect(&p, 1, MSGR_LINK_DATAGRAM);
    while (pair_peer(&p, BOB)->link < 0) {
        pair_collect(&p, ALICE);
        pair_collect(&p, BOB);
        pair_deliver(&p, 0);
    }
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_WELCOME), 1);
    assert_int_equal(pair_count(&p, MSGR_FRAME_ACK), 1);
    assert_int_equal(pair_count(&p, MSGR_FRAME_DATA), 0);
    pair_drop_all(&p); /* when it is lost, it is repeated */
    pair_wait(&p, 200);
    assert_true(datagrams_before_data() > 0);
    assert_int_equal(pair_count(&p, MSGR_FRAME_DATA), 1);
    pair_settle(&p);
    pair_expect_message(&p, ALICE, "kept");
}

static void what_waited_for_a_peer_goes_to_it_though_it_restarted(void **state)
{
    (void)state;
    for (int kind = MSGR_LINK_DATAGRAM; kind <= MSGR_LINK_STREAM; kind++) {
        int32_t message;

        pair_up(&p);
        lose_both_ends();
        pair_wait(&p, 1000);
        message = pair_send(&p, ALICE, "kept");
        pair_restart(&p, BOB);
        pair_connect(&p, 1, (enum msgr_link_kind)kind);
        pair_pass(&p, 5000);
        pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
        pair_expect_message(&p, BOB, "kept");
        pair_expect_nothing(&p, BOB);
        pair_settle(&p);
        pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_DELIVERED, MSGR_REASON_NONE);
    }
}

static void what_was_under_way_is_sent_again_at_once_on_another_link(void **state)
{
    (void)state;
    pair_send(&p, ALICE, "one");
    pair_send(&p, ALICE, "two");
    pair_collect(&p, ALICE);
    pair_drop_all(&p);
    msgr_link_down(alice, p.wire[0].link[ALICE], p.now_ms);
    p.wire[0].link[ALICE] = -1;
    pair_connect(&p, 1, MSGR_LINK_STREAM);
    pair_settle(&p); /* no time passes */
    pair_expect_message(&p, BOB, "one");
    pair_expect_message(&p, BOB, "two");
}

static void frame_with_our_id_of_another_incarnation_is_dropped(void **state)
{
    struct msgr_peer *peer = pair_peer(&p, BOB);
    struct msgr_data data = {
        .number = peer->received.received, .payload = (const uint8_t *)"forged", .size = 6};
    uint8_t frame[64];
    uint8_t *end = msgr_data_write(frame, peer->current.id, MSGR_DATA_FIRST | MSGR_DATA_LAST, &data,
                                   MSGR_CRC32C_START);

    (void)state;
    pair_inject(&p, BOB, 0, frame, (size_t)(end - frame));
    pair_expect_nothing(&p, BOB);
    assert_int_equal(pair_stats(&p, BOB).drop_check, 1);
}

static void opening_stops_without_a_link(void **state)
{
    (void)state;
    pair_drop_all(&p);
    msgr_link_down(alice, p.wire[0].link[ALICE], p.now_ms);
    p.wire[0].link[ALICE] = -1;
    pair_wait(&p, 1000);
    pair_wait(&p, 10000);
    assert_int_equal(msgr_deadline_ms(alice, p.now_ms), MSGR_NEVER);
    pair_connect(&p, 1, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    assert_true(pair_peer(&p, ALICE)->is_open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(open_says_who_and_what, setup_proved),
        cmocka_unit_test_setup(smaller_fragment_of_both_is_used, setup_proved),
        cmocka_unit_test(longest_message_is_bounded_by_what_is_guaranteed),
        cmocka_unit_test_setup(open_is_repeated_the_same_at_growing_times, setup_proved),
        cmocka_unit_test_setup(open_is_repeated_on_each_link_in_turn, setup_proved),
        cmocka_unit_test_setup(repeated_open_is_accepted_with_the_same, setup_proved),
        cmocka_unit_test_setup(another_open_replaces_the_candidate, setup_proved),
        cmocka_unit_test_setup(open_of_the_living_conversation_is_accepted_again, setup_proved),
        cmocka_unit_test_setup(forged_open_does_not_end_a_living_conversation, setup_proved),
        cmocka_unit_test_setup(open_that_does_not_belong_is_dropped, setup_proved),
        cmocka_unit_test_setup(unknown_suite_is_refused_and_tried_again_after_a_heartbeat,
                               setup_proved),
        cmocka_unit_test_setup(refusal_of_another_nonce_is_dropped, setup_proved),
        cmocka_unit_test_setup(accept_must_echo_and_address_the_open, setup_proved),
        cmocka_unit_test_setup(opener_proves_the_candidate_at_once, setup_proved),
        cmocka_unit_test_setup(frame_for_the_candidate_is_checked, setup_proved),
        cmocka_unit_test_setup(frame_for_an_unknown_id_is_answered_with_reset, setup),
        cmocka_unit_test_setup(reset_for_another_id_is_dropped, setup),
        cmocka_unit_test_setup(what_becomes_of_messages_when_the_conversation_ends, setup),
        cmocka_unit_test_setup(new_conversation_starts_with_fresh_numbers, setup),
        cmocka_unit_test_setup(conversation_outlives_its_link, setup),
        cmocka_unit_test_setup(peer_that_was_away_is_asked_before_it_is_sent_anything, setup),
        cmocka_unit_test_setup(what_waited_for_a_peer_goes_to_it_though_it_restarted, setup),
        cmocka_unit_test_setup(what_was_under_way_is_sent_again_at_once_on_another_link, setup),
        cmocka_unit_test_setup(frame_with_our_id_of_another_incarnation_is_dropped, setup),
        cmocka_unit_test_setup(opening_stops_without_a_link, setup_proved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
