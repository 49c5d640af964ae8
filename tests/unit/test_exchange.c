/* SPDX-License-Identifier: BSD-3-Clause */
/* When acknowledgements, probes and floors are sent. Alice sends, bob receives. */
#include "exchange.h"

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

/* Alice sends a message of one fragment; what she says waits in the queue. */
static void send_one(void)
{
    pair_send(&p, ALICE, "m");
    assert_int_equal(pair_collect(&p, ALICE), 1);
}

/* How long it takes until alice or bob says something by himself, up to `most_ms`. */
static uint32_t silence_of(enum pair_side side, uint32_t most_ms)
{
    uint32_t ms = 0;

    while (ms < most_ms && pair_collect(&p, side) == 0) {
        pair_wait(&p, 1);
        ms++;
    }
    return ms;
}

/* A round trip that takes so long, so that there is an estimate. */
static void measure(uint32_t ms)
{
    send_one();
    pair_deliver_all(&p);
    pair_pull(&p, BOB, MSGR_EVENT_MESSAGE);
    pair_collect(&p, BOB);
    pair_wait(&p, ms);
    pair_deliver_all(&p);
    pair_pull(&p, ALICE, MSGR_EVENT_OUTCOME);
    assert_true(pair_peer(&p, ALICE)->trip.has_estimate);
    assert_int_equal(p.queued, 0);
}

/* ---- acknowledgements ---- */

static void lone_fragment_is_acknowledged_after_5_ms(void **state)
{
    (void)state;
    send_one();
    pair_deliver_all(&p);
    assert_int_equal(silence_of(BOB, 1000), MSGR_ACK_DELAY_MS);
    assert_int_equal(pair_ack(&p, NULL).untaken, 1);
}

/* However late the transport asks for output. */
static void delay_counts_from_the_fragment(void **state)
{
    (void)state;
    send_one();
    pair_deliver_all(&p);
    pair_wait(&p, 3);
    assert_int_equal(pair_collect(&p, BOB), 0);
    assert_int_equal(msgr_deadline_ms(p.node[BOB].m, p.now_ms), MSGR_ACK_DELAY_MS - 3);
    assert_int_equal(silence_of(BOB, 1000), MSGR_ACK_DELAY_MS - 3);

    pair_deliver_all(&p);
    send_one();
    pair_deliver_all(&p);
    pair_wait(&p, MSGR_ACK_DELAY_MS);
    assert_int_equal(silence_of(BOB, 1000), 0);
}

static void message_that_is_taken_at_once_leaves_no_timer(void **state)
{
    (void)state;
    pair_pass(&p, 100);
    send_one();
    pair_deliver_all(&p);
    pair_pull(&p, BOB, MSGR_EVENT_MESSAGE);
    assert_int_equal(pair_collect(&p, BOB), 1);
    assert_true(msgr_deadline_ms(p.node[BOB].m, p.now_ms) > MSGR_ACK_DELAY_MS);
}

static void second_fragment_is_acknowledged_at_once(void **state)
{
    (void)state;
    pair_send(&p, ALICE, "one");
    pair_send(&p, ALICE, "two");
    pair_collect(&p, ALICE);
    pair_deliver_all(&p);
    assert_int_equal(pair_collect(&p, BOB), 1);
    assert_int_equal(pair_ack(&p, NULL).untaken, 2);
}

static void taken_message_is_acknowledged_at_once(void **state)
{
    (void)state;
    send_one();
    pair_deliver_all(&p);
    pair_expect_message(&p, BOB, "m");
    assert_int_equal(pair_collect(&p, BOB), 0); /* it has it, but has not asked for the next */
    pair_expect_nothing(&p, BOB);
    assert_int_equal(pair_collect(&p, BOB), 1);
    assert_int_equal(pair_ack(&p, NULL).untaken, 0);
}

static void duplicate_is_acknowledged_at_once_and_said_to_be_one(void **state)
{
    uint8_t flags;

    (void)state;
    send_one();
    pair_deliver_copy(&p, 0);
    pair_deliver(&p, 0);
    assert_int_equal(pair_stats(&p, BOB).duplicates, 1);
    assert_int_equal(pair_collect(&p, BOB), 1);
    pair_ack(&p, &flags);
    assert_int_equal(flags & MSGR_ACK_DUPLICATE, MSGR_ACK_DUPLICATE);
    pair_deliver_all(&p);
    assert_int_equal(pair_stats(&p, ALICE).needless, 1);
    assert_int_equal(pair_pull(&p, BOB, MSGR_EVENT_MESSAGE), 1);
}

static void fragment_behind_a_gap_is_acknowledged_at_once(void **state)
{
    struct msgr_ack ack;

    (void)state;
    send_one();
    pair_drop_all(&p);
    send_one();
    pair_deliver_all(&p);
    assert_int_equal(pair_collect(&p, BOB), 1);
    ack = pair_ack(&p, NULL);
    assert_int_equal(ack.bitmap, 1);
    assert_int_equal(ack.received, pair_peer(&p, ALICE)->sent.base);
}

static void acknowledgement_rides_on_an_answer(void **state)
{
    (void)state;
    send_one();
    pair_deliver_all(&p);
    pair_send(&p, BOB, "answer");
    assert_int_equal(pair_collect(&p, BOB), 1);
    assert_int_equal(pair_count(&p, MSGR_FRAME_ACK), 1);
    assert_int_equal(pair_count(&p, MSGR_FRAME_DATA), 1);
}

static void fragment_that_is_larger_than_agreed_is_malformed(void **state)
{
    struct msgr_peer *peer = pair_peer(&p, BOB);
    static uint8_t payload[MSGR_FRAGMENT + 1];
    struct msgr_data data = {
        .number = peer->received.received, .size = sizeof payload, .payload = payload};
    uint8_t frame[sizeof payload + 32];
    uint8_t *end =
        msgr_data_write(frame, peer->current.id, MSGR_DATA_FIRST, &data, peer->current.prefix);

    (void)state;
    pair_inject(&p, BOB, 0, frame, (size_t)(end - frame));
    assert_int_equal(pair_stats(&p, BOB).drop_malformed, 1);
    assert_int_equal(pair_stats(&p, BOB).slots_used, 0);
}

static void fragment_beyond_the_limit_is_dropped(void **state)
{
    struct msgr_peer *peer = pair_peer(&p, BOB);
    struct msgr_data data = {.number = peer->received.limit, .payload = (const uint8_t *)""};
    uint8_t frame[32];
    uint8_t *end =
        msgr_data_write(frame, peer->current.id, MSGR_DATA_FIRST, &data, peer->current.prefix);

    (void)state;
    pair_inject(&p, BOB, 0, frame, (size_t)(end - frame));
    assert_int_equal(pair_stats(&p, BOB).drop_limit, 1);
    assert_int_equal(pair_collect(&p, BOB), 0);
}

static void acknowledgement_of_what_was_not_sent_is_dropped(void **state)
{
    struct msgr_peer *peer = pair_peer(&p, ALICE);
    struct msgr_ack ack = {.received = peer->sent.next + 1};
    uint8_t frame[32];
    uint8_t *end = msgr_ack_write(frame, peer->current.id, 0, &ack, peer->current.prefix);

    (void)state;
    pair_inject(&p, ALICE, 0, frame, (size_t)(end - frame));
    assert_int_equal(pair_stats(&p, ALICE).drop_limit, 1);
}

static void old_acknowledgement_changes_nothing(void **state)
{
    struct msgr_peer *peer = pair_peer(&p, ALICE);
    struct msgr_ack ack = {.received = peer->sent.next - 0x7FFFFFFF, .untaken = 40000, .room = 33};
    uint8_t frame[32];
    uint8_t *end = msgr_ack_write(frame, peer->current.id, 0, &ack, peer->current.prefix);
    uint32_t limit = peer->sent.limit;

    (void)state;
    send_one();
    pair_inject(&p, ALICE, 0, frame, (size_t)(end - frame));
    pair_expect_nothing(&p, ALICE); /* a lie does not deliver */
    assert_int_equal(peer->sent.limit, limit);
}

static void many_untaken_fragments_say_nothing_of_what_is_taken(void **state)
{
    struct msgr_peer *peer = pair_peer(&p, ALICE);
    struct msgr_ack ack = {.untaken = MSGR_UNTAKEN_MANY};
    uint8_t frame[32];
    uint32_t taken = peer->sent.taken;

    (void)state;
    send_one();
    ack.received = peer->sent.next;
    uint8_t *end = msgr_ack_write(frame, peer->current.id, 0, &ack, peer->current.prefix);
    pair_inject(&p, ALICE, 0, frame, (size_t)(end - frame));
    pair_expect_nothing(&p, ALICE);
    assert_int_equal(peer->sent.taken, taken);
    assert_int_equal(peer->sent.base, peer->sent.next);
}

static void floor_half_the_numbers_away_is_dropped(void **state)
{
    struct msgr_peer *peer = pair_peer(&p, BOB);
    uint8_t frame[32];
    uint8_t *end = msgr_floor_write(frame, peer->current.id, peer->received.received + 0x80000000u,
                                    peer->current.prefix);

    (void)state;
    peer->received.limit = peer->received.received; /* as when all is used up */
    pair_inject(&p, BOB, 0, frame, (size_t)(end - frame));
    assert_int_equal(pair_stats(&p, BOB).drop_limit, 1);
}

static void floor_behind_an_acknowledgement_is_sent_at_once(void **state)
{
    int32_t message;

    (void)state;
    pair_up_on(&p, MSGR_LINK_STREAM);
    alice = p.node[ALICE].m;
    pair_send(&p, ALICE, "one");
    message = pair_send(&p, ALICE, "given up");
    pair_collect(&p, ALICE);
    pair_deliver_all(&p);
    msgr_cancel(alice, message); /* behind "one", so there is nothing to say yet */
    pair_settle(&p);             /* no time passes */
    assert_false(msgr_send_has_floor(&pair_peer(&p, ALICE)->sent));
}

static void acknowledgement_that_is_due_moves_to_the_link_that_was_heard_last(void **state)
{
    (void)state;
    pair_connect(&p, 1, MSGR_LINK_STREAM);
    pair_settle(&p);
    send_one();
    pair_deliver_copy(&p, 0);
    pair_deliver(&p, 0); /* twice: an ACK is due on this link */
    msgr_exchange_probe_link(alice, pair_peer(&p, ALICE), p.wire[1].link[ALICE]);
    pair_collect(&p, ALICE);
    pair_deliver_all(&p); /* an ACK with a probe, on the other */
    assert_int_equal(pair_collect(&p, BOB), 1);
    assert_int_equal(p.queue[0].wire, 1);
}

static void wake_says_that_another_link_has_something_to_send(void **state)
{
    unsigned before;

    (void)state;
    pair_connect(&p, 1, MSGR_LINK_STREAM); /* its HELLO stays: the stream is blocked */
    before = p.node[ALICE].wakes;
    msgr_exchange_ack_now(alice, pair_peer(&p, ALICE), MSGR_DUE_ACK);
    assert_true(p.node[ALICE].wakes > before);
}

static void floor_far_beyond_the_limit_is_dropped(void **state)
{
    struct msgr_peer *peer = pair_peer(&p, BOB);
    uint8_t frame[32];
    uint8_t *end =
        msgr_floor_write(frame, peer->current.id, peer->received.limit + 2, peer->current.prefix);

    (void)state;
    pair_inject(&p, BOB, 0, frame, (size_t)(end - frame));
    assert_int_equal(pair_stats(&p, BOB).drop_limit, 1);
}

static void short_bodies_are_malformed(void **state)
{
    static const uint8_t types[] = {MSGR_FRAME_DATA, MSGR_FRAME_ACK, MSGR_FRAME_FLOOR};
    struct msgr_peer *peer = pair_peer(&p, BOB);

    (void)state;
    for (size_t i = 0; i < sizeof types; i++) {
        uint8_t frame[32];
        uint8_t *at = msgr_frame_begin(frame, types[i], 0, 4);
        uint8_t id[4] = {(uint8_t)(peer->current.id >> 24), (uint8_t)(peer->current.id >> 16),
                         (uint8_t)(peer->current.id >> 8), (uint8_t)peer->current.id};

        memcpy(at, id, sizeof id);
        at = msgr_frame_end(frame, at + sizeof id, peer->current.prefix);
        pair_inject(&p, BOB, 0, frame, (size_t)(at - frame));
        assert_int_equal(pair_stats(&p, BOB).drop_malformed, i + 1);
    }
}

/* ---- probes ---- */

static void lost_fragment_is_repeated_at_times_that_grow_by_half(void **state)
{
    uint32_t expected_ms = MSGR_PROBE_LEAST_MS;

    (void)state;
    measure(0);
    send_one();
    for (int i = 0; i < 5; i++) {
        pair_drop_all(&p);
        assert_int_equal(silence_of(ALICE, 10000), expected_ms);
        assert_int_equal(pair_count(&p, MSGR_FRAME_DATA), 1);
        expected_ms += expected_ms / 2;
    }
    pair_deliver_all(&p);
    assert_int_equal(pair_pull(&p, BOB, MSGR_EVENT_MESSAGE), 1);
}

static void time_out_without_an_estimate_is_100_ms(void **state)
{
    (void)state;
    send_one();
    pair_drop_all(&p);
    assert_int_equal(silence_of(ALICE, 10000), MSGR_PROBE_INITIAL_MS);
}

static void time_out_follows_the_round_trip(void **state)
{
    (void)state;
    measure(40); /* srtt 40, rttvar 20 */
    send_one();
    pair_drop_all(&p);
    assert_int_equal(silence_of(ALICE, 10000), 40 + 4 * 20 + MSGR_ACK_DELAY_MS);
}

static void answer_begins_the_back_off_anew(void **state)
{
    (void)state;
    measure(0);
    send_one();
    pair_drop_all(&p);
    silence_of(ALICE, 1000);
    pair_drop_all(&p);
    silence_of(ALICE, 1000);
    assert_int_equal(pair_peer(&p, ALICE)->fired, 2);
    pair_deliver_all(&p);
    pair_wait(&p, MSGR_ACK_DELAY_MS);
    pair_collect(&p, BOB);
    pair_deliver_all(&p);
    assert_int_equal(pair_peer(&p, ALICE)->fired, 0);
}

static void message_that_is_not_taken_is_asked_about(void **state)
{
    uint8_t flags;

    (void)state;
    measure(0);
    send_one();
    pair_deliver_all(&p);
    pair_wait(&p, MSGR_ACK_DELAY_MS);
    pair_collect(&p, BOB);
    pair_deliver_all(&p); /* received, not taken */
    assert_in_range(silence_of(ALICE, 10000), 1, 20);
    assert_int_equal(pair_count(&p, MSGR_FRAME_DATA), 0);
    pair_ack(&p, &flags);
    assert_int_equal(flags & MSGR_ACK_PROBE, MSGR_ACK_PROBE);
}

static void closed_window_is_probed_and_opens(void **state)
{
    (void)state;
    while (msgr_send(alice, p.node[ALICE].peer, "fill", 4, 60000) > 0) {
        pair_settle(&p);
    }
    pair_pass(&p, 1000);
    assert_true(msgr_send_is_limited(&pair_peer(&p, ALICE)->sent));
    pair_pull(&p, BOB, MSGR_EVENT_MESSAGE);
    pair_collect(&p, BOB);
    pair_drop_all(&p); /* the news that there is room */
    pair_pass(&p, 2 * MSGR_HEARTBEAT_MS);
    assert_true(pair_pull(&p, BOB, MSGR_EVENT_MESSAGE) > 0);
}

/* ---- giving up ---- */

static void floor_is_sent_at_once_and_again_until_it_is_acknowledged(void **state)
{
    int32_t message;

    (void)state;
    measure(0);
    message = pair_send(&p, ALICE, "given up");
    pair_collect(&p, ALICE);
    pair_drop_all(&p);
    assert_int_equal(msgr_cancel(alice, message), 0);
    pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_CANCELLED);
    for (int i = 0; i < 3; i++) {
        assert_in_range(silence_of(ALICE, 1000), 0, 40);
        assert_int_equal(pair_count(&p, MSGR_FRAME_FLOOR), 1);
        assert_int_equal(pair_count(&p, MSGR_FRAME_DATA), 0);
        pair_drop_all(&p);
    }
    pair_pass(&p, 1000);
    assert_false(msgr_send_has_floor(&pair_peer(&p, ALICE)->sent));
    pair_expect_nothing(&p, BOB);
}

/* ---- streams ---- */

static void stream_repeats_nothing_before_a_heartbeat(void **state)
{
    uint32_t ms;

    (void)state;
    pair_up_on(&p, MSGR_LINK_STREAM);
    send_one();
    pair_drop_all(&p); /* as a change that TCP's check did not see */
    ms = silence_of(ALICE, 2 * MSGR_HEARTBEAT_MS);
    assert_in_range(ms, MSGR_HEARTBEAT_MS / 2, MSGR_HEARTBEAT_MS);
    pair_pass(&p, MSGR_HEARTBEAT_MS);
    assert_int_equal(pair_pull(&p, BOB, MSGR_EVENT_MESSAGE), 1);
}

/* ---- what was overtaken ---- */

/* With a round trip of 20 ms: two leave, the second arrives, and 20 ms later alice knows. */
static void overtake(void)
{
    measure(20);
    send_one();
    send_one();
    pair_deliver(&p, 1);
    assert_int_equal(pair_collect(&p, BOB), 1);
    pair_wait(&p, 20);
    pair_deliver(&p, 1);
}

static void overtaken_fragment_is_sent_again_after_the_window(void **state)
{
    uint32_t window_ms;
    uint32_t number;

    (void)state;
    overtake();
    window_ms = msgr_round_trip_window_ms(&pair_peer(&p, ALICE)->trip);
    number = pair_data(&p, 0).number;
    pair_drop_all(&p);
    assert_true(window_ms > 20);
    assert_int_equal(silence_of(ALICE, 1000), window_ms - 20);
    assert_int_equal(pair_data(&p, 0).number, number);
    assert_int_equal(pair_count(&p, MSGR_FRAME_DATA), 1);
    assert_int_equal(pair_stats(&p, ALICE).retransmitted, 1);
}

static void overtaken_fragment_that_arrives_in_the_window_is_not(void **state)
{
    (void)state;
    overtake();
    pair_wait(&p, 20);
    pair_deliver_all(&p);
    pair_settle(&p);
    assert_int_equal(pair_pull(&p, BOB, MSGR_EVENT_MESSAGE), 2);
    pair_pass(&p, 1000);
    assert_int_equal(pair_stats(&p, ALICE).retransmitted, 0);
    assert_int_equal(pair_pull(&p, ALICE, MSGR_EVENT_OUTCOME), 2);
}

/* The window has passed when the acknowledgement comes: the timer is not waited for. */
static void fragment_that_was_overtaken_long_ago_is_sent_again_at_once(void **state)
{
    (void)state;
    measure(20);
    send_one();
    pair_drop_all(&p);
    pair_wait(&p, 60);
    send_one();
    pair_deliver_all(&p);
    pair_collect(&p, BOB);
    pair_wait(&p, 4);
    pair_deliver_all(&p);
    assert_int_equal(silence_of(ALICE, 1000), 0);
    assert_int_equal(pair_count(&p, MSGR_FRAME_DATA), 1);
    assert_int_equal(pair_peer(&p, ALICE)->congestion.window, 10); /* halved, to no less */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lone_fragment_is_acknowledged_after_5_ms, setup),
        cmocka_unit_test_setup(delay_counts_from_the_fragment, setup),
        cmocka_unit_test_setup(message_that_is_taken_at_once_leaves_no_timer, setup),
        cmocka_unit_test_setup(second_fragment_is_acknowledged_at_once, setup),
        cmocka_unit_test_setup(taken_message_is_acknowledged_at_once, setup),
        cmocka_unit_test_setup(duplicate_is_acknowledged_at_once_and_said_to_be_one, setup),
        cmocka_unit_test_setup(fragment_behind_a_gap_is_acknowledged_at_once, setup),
        cmocka_unit_test_setup(acknowledgement_rides_on_an_answer, setup),
        cmocka_unit_test_setup(fragment_that_is_larger_than_agreed_is_malformed, setup),
        cmocka_unit_test_setup(fragment_beyond_the_limit_is_dropped, setup),
        cmocka_unit_test_setup(acknowledgement_of_what_was_not_sent_is_dropped, setup),
        cmocka_unit_test_setup(old_acknowledgement_changes_nothing, setup),
        cmocka_unit_test_setup(many_untaken_fragments_say_nothing_of_what_is_taken, setup),
        cmocka_unit_test_setup(floor_half_the_numbers_away_is_dropped, setup),
        cmocka_unit_test_setup(floor_behind_an_acknowledgement_is_sent_at_once, setup),
        cmocka_unit_test_setup(acknowledgement_that_is_due_moves_to_the_link_that_was_heard_last,
                               setup),
        cmocka_unit_test_setup(wake_says_that_another_link_has_something_to_send, setup),
        cmocka_unit_test_setup(floor_far_beyond_the_limit_is_dropped, setup),
        cmocka_unit_test_setup(short_bodies_are_malformed, setup),
        cmocka_unit_test_setup(lost_fragment_is_repeated_at_times_that_grow_by_half, setup),
        cmocka_unit_test_setup(time_out_without_an_estimate_is_100_ms, setup),
        cmocka_unit_test_setup(time_out_follows_the_round_trip, setup),
        cmocka_unit_test_setup(answer_begins_the_back_off_anew, setup),
        cmocka_unit_test_setup(message_that_is_not_taken_is_asked_about, setup),
        cmocka_unit_test_setup(closed_window_is_probed_and_opens, setup),
        cmocka_unit_test_setup(floor_is_sent_at_once_and_again_until_it_is_acknowledged, setup),
        cmocka_unit_test_setup(stream_repeats_nothing_before_a_heartbeat, setup),
        cmocka_unit_test_setup(overtaken_fragment_is_sent_again_after_the_window, setup),
        cmocka_unit_test_setup(overtaken_fragment_that_arrives_in_the_window_is_not, setup),
        cmocka_unit_test_setup(fragment_that_was_overtaken_long_ago_is_sent_again_at_once, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
