/* SPDX-License-Identifier: BSD-3-Clause */
/* The plain TCP server on lwIP, with a client that is scripted segment by segment. */
#include "events.h"
#include "families.h"
#include "faults.h"
#include "peer.h"
#include "stack.h"
#include "subject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CONNECTIONS 3

static struct subject_tcp_server server;
static struct subject_tcp_connection connections[CONNECTIONS];
static struct events events;
static struct peer client;

static const char long_text[70000]; /* NULs are text, too */

static int open_server_with(uint32_t silence_ms)
{
    events_clear(&events);
    return subject_tcp_server_open(&server, &(struct subject_tcp_server_config){
                                                .silence_ms = silence_ms,
                                                .connections = connections,
                                                .connection_count = CONNECTIONS,
                                                .handler = events_record,
                                                .arg = &events,
                                            });
}

static int setup(void **state)
{
    stack_setup(state);
    assert_int_equal(open_server_with(0), ERR_OK);
    return 0;
}

static int teardown(void **state)
{
    faults_off();
    subject_tcp_server_close(&server);
    return stack_teardown(state);
}

static void connect_client(int is_ipv6)
{
    peer_open(&client, is_ipv6 != 0);
    assert_true(peer_connect(&client));
}

/* As a well-behaved client does: acknowledge, close, and be forgotten by the server. */
static void close_client(void)
{
    peer_ack(&client);
    peer_fin(&client);
    assert_int_equal(server.open_count, 0);
    assert_false(client.has_reset);
}

static void expect_answer(const char *answer)
{
    peer_expect(&client, answer);
    assert_true(client.has_fin);
    close_client();
}

static void expect_served(int is_ipv6)
{
    connect_client(is_ipv6);
    subject_hear(&client, "still here");
    expect_answer("Message received: still here. Thank you.");
}

static void send_data(const char *text, size_t size, bool pushed)
{
    peer_segment(&client, TCP_FLAG_ACK | (pushed ? TCP_FLAG_PSH : 0), text, size);
    if (pushed) {
        subject_hear_push(&client);
    }
}

/* ---- where a text ends --------------------------------------------------------------------- */

static void pushed_text_is_answered_at_once(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        connect_client(is_ipv6);
        subject_hear(&client, "Hello, server");
        /* the answer and the FIN share a segment */
        assert_int_equal(client.segments, SUBJECT_JOINS_FIN ? 1 : 2);
        expect_answer("Message received: Hello, server. Thank you.");
    }
}

static void text_split_in_every_way_arrives_once(void **state)
{
    const char text[] = "splitter";
    const size_t size = sizeof text - 1;

    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        for (unsigned cuts = 0; cuts < 1u << (size - 1); cuts++) {
            size_t begin = 0;
            connect_client(is_ipv6);
            for (size_t end = 1; end <= size; end++) {
                if (end == size || (cuts >> (end - 1) & 1) != 0) {
                    send_data(text + begin, end - begin, end == size);
                    begin = end;
                }
            }
            expect_answer("Message received: splitter. Thank you.");
        }
    }
}

static void split_text_without_push_is_answered_after_quiet(void **state)
{
    const char text[] = "quiet";

    (void)state;
    for (size_t cut = 1; cut < sizeof text - 1; cut++) {
        connect_client(ANY_FAMILY);
        send_data(text, cut, false);
        stack_pass(MSGR_PLAIN_QUIET_MS - 1);
        send_data(text + cut, sizeof text - 1 - cut, false);
        stack_pass(MSGR_PLAIN_QUIET_MS - 1);
        peer_listen(&client);
        assert_int_equal(client.received, 0);
        stack_pass(1);
        peer_listen(&client);
        expect_answer("Message received: quiet. Thank you.");
    }
}

static void push_ends_the_text_and_the_rest_is_thrown_away(void **state)
{
    const char text[] = "first|second";

    (void)state;
    for (size_t cut = 1; cut < sizeof text - 1; cut++) {
        char answer[64];
        connect_client(ANY_FAMILY);
        send_data(text, cut, true);
        send_data(text + cut, sizeof text - 1 - cut, true);
        snprintf(answer, sizeof answer, "Message received: %.*s. Thank you.", (int)cut, text);
        expect_answer(answer);
    }
}

static void push_in_the_middle_of_a_joined_chain_ends_the_text(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    peer_segment_ahead(&client, 3, TCP_FLAG_ACK, "def", 3);
    peer_segment_ahead(&client, 0, TCP_FLAG_ACK | TCP_FLAG_PSH, "abc", 3);
    client.next += 6;
    subject_hear_push(&client);
    expect_answer("Message received: abcdef. Thank you.");
}

static void quiet_times_of_several_clients_are_their_own(void **state)
{
    static struct peer other;

    (void)state;
    connect_client(ANY_FAMILY);
    peer_open(&other, ANY_FAMILY);
    assert_true(peer_connect(&other));
    send_data("one", 3, false);
    stack_pass(12);
    peer_segment(&other, TCP_FLAG_ACK, "two", 3);
    stack_pass(8);
    peer_listen(&client);
    peer_expect(&client, "Message received: one. Thank you.");
    assert_int_equal(events.size, 3);
    assert_memory_equal(events.text, "one", 3);
    stack_pass(11);
    peer_listen(&other);
    assert_int_equal(other.received, 0);
    stack_pass(1);
    peer_listen(&other);
    peer_expect(&other, "Message received: two. Thank you.");
}

static void end_of_stream_ends_the_text(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        connect_client(is_ipv6);
        send_data("the end", 7, false);
        peer_fin(&client);
        peer_expect(&client, "Message received: the end. Thank you.");
        assert_true(client.has_fin);
        peer_ack(&client);
        assert_int_equal(server.open_count, 0);
    }
}

static void empty_connection_carries_the_empty_text(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    peer_fin(&client);
    peer_expect(&client, "Message received: . Thank you.");
    peer_ack(&client);
    assert_int_equal(server.open_count, 0);
}

static void text_of_the_limit_is_accepted_however_it_is_cut(void **state)
{
    (void)state;
    for (size_t first = 1; first < MSGR_PLAIN_TEXT_MAX; first += 93) {
        size_t second = MSGR_PLAIN_TEXT_MAX - first;
        size_t half = second / 2; /* lwIP's MSS is small here */
        connect_client(ANY_FAMILY);
        send_data(long_text, first / 2, false);
        send_data(long_text, first - first / 2, false);
        send_data(long_text, half, false);
        send_data(long_text, second - half, true);
        peer_ack(&client);
        assert_int_equal(client.received, MSGR_PLAIN_TEXT_MAX + 30);
        assert_memory_equal(client.data + 18, long_text, MSGR_PLAIN_TEXT_MAX);
        assert_true(client.has_fin);
        close_client();
    }
}

static void text_above_the_limit_is_refused_however_it_is_cut(void **state)
{
    (void)state;
    for (size_t first = 1; first <= MSGR_PLAIN_TEXT_MAX; first += 93) {
        connect_client(ANY_FAMILY);
        send_data(long_text, first / 2, false);
        send_data(long_text, first - first / 2, false);
        for (size_t left = MSGR_PLAIN_TEXT_MAX + 1 - first; left > 0;) {
            size_t piece = left < 500 ? left : 500;
            left -= piece;
            send_data(long_text, piece, left == 0);
        }
        expect_answer("Message refused: longer than 1024 bytes.");
    }
    assert_int_equal(server.counters.refused, 12);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 0);
}

static void much_too_long_text_is_drained_and_the_refusal_is_not_lost(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    for (size_t sent = 0; sent < 60000; sent += 500) {
        send_data(long_text, 500, false);
        peer_ack(&client);
    }
    expect_answer("Message refused: longer than 1024 bytes.");
}

static void text_is_drained_up_to_the_bound_and_not_beyond(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    for (size_t left = MSGR_PLAIN_LINGER_MAX; left > 0;) {
        size_t piece = left < 500 ? left : 500;
        send_data(long_text, piece, false);
        peer_ack(&client);
        left -= piece;
    }
    assert_int_equal(server.open_count, 1);
    send_data(long_text, 1, false);
    assert_int_equal(server.open_count, 0);
}

/* Until the answer is acknowledged lwIP may send it again, from the connection's own memory. */
static void endless_client_that_acknowledges_nothing_is_reset(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    send_data(long_text, 500, false);
    send_data(long_text, 525, false);
    assert_int_equal(server.open_count, 1);
    client.expected -= 41; /* as if the refusal and the FIN had been lost */
    for (size_t sent = 0; sent < MSGR_PLAIN_LINGER_MAX && !client.has_reset; sent += 500) {
        send_data(long_text, 500, false);
    }
    assert_true(client.has_reset);
    assert_int_equal(server.counters.stalled, SUBJECT_SEES_ACKS);
}

static void endless_text_is_cut_off(void **state)
{
    size_t sent;

    (void)state;
    connect_client(ANY_FAMILY);
    for (sent = 0; sent < (size_t)2 * MSGR_PLAIN_LINGER_MAX && server.open_count > 0; sent += 500) {
        send_data(long_text, 500, false);
        peer_ack(&client);
    }
    assert_int_equal(server.open_count, 0);
    assert_in_range(sent, MSGR_PLAIN_LINGER_MAX, MSGR_PLAIN_LINGER_MAX + 1000);
    expect_served(ANY_FAMILY);
}

/* ---- not plain ----------------------------------------------------------------------------- */

static void framed_stream_is_closed_and_counted(void **state)
{
    const char mark[] = "\xF9MG\x01 and more";

    (void)state;
    for (size_t cut = 0; cut < 3; cut++) {
        connect_client(ANY_FAMILY);
        if (cut > 0) {
            peer_segment(&client, TCP_FLAG_ACK | TCP_FLAG_PSH, mark, cut);
            assert_int_equal(client.received, 0);
        }
        send_data(mark + cut, sizeof mark - 1 - cut, true);
        assert_true(client.has_reset);
        assert_int_equal(client.received, 0);
    }
    assert_int_equal(server.counters.framed, 3);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 0);
    expect_served(ANY_FAMILY);
}

static void part_of_the_mark_alone_is_plain(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    peer_segment(&client, TCP_FLAG_ACK | TCP_FLAG_PSH, "\xF9M", 2);
    assert_int_equal(client.received, 0);
    stack_pass(MSGR_PLAIN_QUIET_MS);
    peer_listen(&client);
    expect_answer("Message received: \xF9M. Thank you.");
}

/* ---- clients that do not do their part ----------------------------------------------------- */

static void silent_client_is_dropped_in_time(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    stack_pass(MSGR_PLAIN_SILENCE_MS - 1000);
    peer_listen(&client);
    assert_false(client.has_reset);
    stack_pass(1500);
    peer_listen(&client);
    assert_true(client.has_reset);
    assert_int_equal(server.counters.silent, 1);
    assert_int_equal(events.reason, MSGR_PLAIN_SILENT);
    expect_served(ANY_FAMILY);
}

static void dripping_client_is_dropped_in_time(void **state)
{
    unsigned drops;

    (void)state;
    subject_tcp_server_close(&server);
    assert_int_equal(open_server_with(5000), ERR_OK);
    connect_client(ANY_FAMILY);
    for (drops = 0; drops < MSGR_PLAIN_TEXT_MAX && !client.has_reset; drops++) {
        send_data("x", 1, false);
        stack_pass(MSGR_PLAIN_QUIET_MS - 1);
        peer_listen(&client);
    }
    assert_true(client.has_reset);
    assert_in_range(drops, 5000 / MSGR_PLAIN_QUIET_MS, 6000 / (MSGR_PLAIN_QUIET_MS - 1));
    assert_int_equal(server.counters.silent, 1);
}

/* Where the stack takes the answer, and tells no more, it is the stack's. */
static void client_that_does_not_read_is_dropped_in_time(void **state)
{
    const uint32_t limit_ms = SUBJECT_SEES_ACKS ? MSGR_PLAIN_SILENCE_MS : MSGR_PLAIN_LINGER_MS;

    (void)state;
    peer_open(&client, ANY_FAMILY);
    client.window = 0;
    assert_true(peer_connect(&client));
    subject_hear(&client, "I do not read");
    stack_pass(limit_ms - 1000);
    assert_int_equal(server.open_count, 1);
    stack_pass(2000);
    peer_listen(&client);
    assert_int_equal(server.open_count, 0);
    assert_int_equal(server.counters.stalled, SUBJECT_SEES_ACKS);
    assert_int_equal(client.has_reset, SUBJECT_SEES_ACKS);
    expect_served(ANY_FAMILY);
}

static void client_that_does_not_close_is_left_to_lwip(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    subject_hear(&client, "I do not close");
    peer_ack(&client);
    stack_pass(MSGR_PLAIN_LINGER_MS - 500);
    assert_int_equal(server.open_count, 1);
    stack_pass(1500);
    assert_int_equal(server.open_count, 0);
    assert_int_equal(events.reason, MSGR_PLAIN_DONE);
}

static void clients_that_do_not_close_make_room_for_others(void **state)
{
    (void)state;
    for (int i = 0; i < 4 * CONNECTIONS; i++) {
        peer_open(&client, NTH_FAMILY(i) != 0);
        for (int tries = 0; tries < 10 && !peer_connect(&client); tries++) {
            stack_pass(1000);
        }
        subject_hear(&client, "I do not close");
        for (int tries = 0; SUBJECT_ACCEPTS_AHEAD && tries < 10 && !client.has_fin; tries++) {
            stack_pass(1000); /* for one that is here to be given up */
            peer_listen(&client);
        }
        peer_expect(&client, "Message received: I do not close. Thank you.");
        peer_ack(&client);
    }
    assert_int_equal(server.counters.answered, 4 * CONNECTIONS);
    assert_int_equal(server.counters.reset, 0);
}

#if SUBJECT_SEES_ACKS
static void lingering_begins_when_the_answer_is_acknowledged(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    subject_hear(&client, "late");
    stack_pass(MSGR_PLAIN_LINGER_MS + 3000);
    peer_ack(&client);
    stack_pass(MSGR_PLAIN_LINGER_MS - 500);
    assert_int_equal(server.open_count, 1);
    stack_pass(1500);
    assert_int_equal(server.open_count, 0);
}
#endif

static void client_that_resets_while_the_quiet_time_runs_is_forgotten(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    send_data("half", 4, false);
    peer_reset(&client);
    stack_pass(MSGR_PLAIN_QUIET_MS);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 0);
    expect_served(ANY_FAMILY);
}

static void answer_in_many_small_segments_goes_out_whole(void **state)
{
    (void)state;
    for (uint16_t mss = 40; mss <= 536; mss = (uint16_t)(mss + 62)) {
        peer_open(&client, ANY_FAMILY);
        client.mss = mss;
        assert_true(peer_connect(&client));
        send_data(long_text, 500, false);
        send_data(long_text, 500, false);
        stack_pass(MSGR_PLAIN_QUIET_MS);
        peer_listen(&client);
        assert_true(client.received > 0); /* at once, not when lwIP's timer comes */
        for (int i = 0; i < 100 && !client.has_fin; i++) {
            peer_ack(&client);
        }
        assert_int_equal(client.received, 1030);
        assert_true(client.has_fin);
        close_client();
    }
}

static void reset_at_every_step_frees_the_connection(void **state)
{
    (void)state;
    for (int step = 0; step < 6; step++) {
        peer_open(&client, ANY_FAMILY);
        peer_segment(&client, TCP_FLAG_SYN, NULL, 0);
        if (step >= 1) {
            peer_ack(&client);
        }
        if (step >= 2) {
            send_data("part", 4, false);
        }
        if (step >= 3) {
            send_data("whole", 5, true);
        }
        if (step >= 4) {
            peer_ack(&client);
        }
        if (step >= 5) {
            peer_fin(&client);
        }
        peer_reset(&client);
        assert_int_equal(server.open_count, 0);
        expect_served(ANY_FAMILY);
    }
    assert_int_equal(server.counters.reset, 4); /* steps 1 to 4: while it was ours */
}

static void lost_answer_is_sent_again(void **state)
{
    static struct peer deaf; /* the same client, but what it hears is lost */

    (void)state;
    connect_client(ANY_FAMILY);
    deaf = client;
    subject_hear(&deaf, "lost");
    assert_true(deaf.has_fin);
    client.next = deaf.next;
    assert_int_equal(client.received, 0);
    stack_pass_retransmission();
    peer_listen(&client);
    expect_answer("Message received: lost. Thank you.");
}

#if SUBJECT_SEES_ACKS
/* lwIP sends it from the connection's memory, so that is not given to anybody else meanwhile. */
static void unacknowledged_answer_keeps_its_connection(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    send_data("closed already", 14, false);
    peer_segment(&client, TCP_FLAG_FIN | TCP_FLAG_ACK, NULL, 0);
    peer_expect(&client, "Message received: closed already. Thank you.");
    assert_int_equal(server.open_count, 1);
    stack_pass_retransmission();
    assert_int_equal(server.open_count, 1);
    peer_ack(&client);
    assert_int_equal(server.open_count, 0);
}
#endif

/* ---- many clients -------------------------------------------------------------------------- */

static void client_without_a_connection_waits_and_is_served(void **state)
{
    static struct peer held[CONNECTIONS];

    (void)state;
    for (int i = 0; i < CONNECTIONS; i++) {
        peer_open(&held[i], ANY_FAMILY);
        assert_true(peer_connect(&held[i]));
    }
    peer_open(&client, ANY_FAMILY);
    assert_int_equal(peer_connect(&client), SUBJECT_ACCEPTS_AHEAD);
    assert_false(client.has_reset);

    subject_hear(&held[1], "done");
    peer_ack(&held[1]);
    peer_fin(&held[1]);
    assert_true(SUBJECT_ACCEPTS_AHEAD || peer_connect(&client));
    subject_hear(&client, "my turn");
    peer_expect(&client, "Message received: my turn. Thank you.");
}

static void ten_thousand_exchanges_leave_nothing_behind(void **state)
{
    (void)state;
    for (int i = 0; i < 10000; i++) {
        connect_client(NTH_FAMILY(i));
        subject_hear(&client, "again");
        expect_answer("Message received: again. Thank you.");
        stack_pass(7);
    }
    assert_int_equal(server.counters.answered, 10000);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 10000);
    subject_tcp_server_close(&server);
    stack_pass_time_wait();
    stack_assert_no_leak();
}

/* ---- the server's own life ----------------------------------------------------------------- */

static void port_taken_is_said_and_nothing_is_left(void **state)
{
    static struct subject_tcp_server second;
    static struct subject_tcp_connection one;

    (void)state;
    assert_int_equal(subject_tcp_server_open(
                         &second, &(struct subject_tcp_server_config){.connections = &one,
                                                                      .connection_count = 1}),
                     SUBJECT_TAKEN);
    assert_false(SUBJECT_LISTENS(second));
    subject_tcp_server_close(&second);
}

static void server_without_connections_is_refused(void **state)
{
    static struct subject_tcp_server second;

    (void)state;
    assert_int_equal(
        subject_tcp_server_open(&second, &(struct subject_tcp_server_config){.port = 1}),
        SUBJECT_INVALID);
}

static void closed_server_resets_its_clients(void **state)
{
    (void)state;
    connect_client(ANY_FAMILY);
    send_data("half", 4, false);
    subject_tcp_server_close(&server);
    peer_listen(&client);
    assert_true(client.has_reset);
    stack_pass(MSGR_PLAIN_SILENCE_MS);
}

static void stop_serving(void *arg, const struct subject_event *event)
{
    events_record(arg, event);
    if (event->type == MSGR_PLAIN_EVENT_CONNECTED) {
        subject_tcp_server_stop_in_handler(&server);
    }
}

static void server_stopped_by_its_handler_serves_the_client_that_is_here(void **state)
{
    (void)state;
    server.config.handler = stop_serving;
    connect_client(ANY_FAMILY);
    subject_hear(&client, "last one");
    expect_answer("Message received: last one. Thank you.");
    peer_open(&client, ANY_FAMILY);
    assert_false(peer_connect(&client));
    assert_true(client.has_reset);
}

static void configured_silence_is_kept(void **state)
{
    (void)state;
    subject_tcp_server_close(&server);
    assert_int_equal(open_server_with(2000), ERR_OK);
    connect_client(ANY_FAMILY);
    stack_pass(1400);
    assert_int_equal(server.open_count, 1);
    stack_pass(1200);
    assert_int_equal(server.open_count, 0);
}

static void clock_wraps_in_the_middle(void **state)
{
    (void)state;
    stack_set_now(UINT32_MAX - 10);
    connect_client(ANY_FAMILY);
    send_data("wrap", 4, false);
    stack_pass(MSGR_PLAIN_QUIET_MS);
    peer_listen(&client);
    expect_answer("Message received: wrap. Thank you.");
}

/* ---- lwIP's calls fail --------------------------------------------------------------------- */

/* A client that is as patient as a real one: it repeats what is not acknowledged. */
static void try_patiently(int is_ipv6)
{
    const char text[] = "patience";
    const size_t size = sizeof text - 1;

    peer_open(&client, is_ipv6 != 0);
    for (int tries = 0; tries < 5 && !peer_connect(&client); tries++) {
        stack_pass_retransmission();
        peer_listen(&client);
    }
    for (int tries = 0; tries < 5 && !client.has_fin && !client.has_reset; tries++) {
        peer_segment_ahead(&client, 0, TCP_FLAG_ACK, text, 3);
        peer_segment_ahead(&client, 3, TCP_FLAG_ACK | TCP_FLAG_PSH, text + 3, size - 3);
        stack_pass_retransmission();
        peer_listen(&client);
    }
    client.next += (uint32_t)size;
    peer_ack(&client);
    peer_fin(&client);
    stack_pass_retransmission();
    peer_listen(&client);
}

static void patient_exchange(int is_ipv6)
{
    try_patiently(is_ipv6);
    if (SUBJECT_RESETS_WITHOUT_MEMORY && client.has_reset) {
        try_patiently(is_ipv6);
    }
}

static void each_failing_call_spares_the_server_and_the_next_client(void **state)
{
    unsigned calls = 0;

    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        for (unsigned k = 1; faults_arm(k); k++) {
            patient_exchange(is_ipv6);
            calls = k;
            peer_expect(&client, "Message received: patience. Thank you.");
            assert_true(client.has_fin);
            assert_int_equal(server.open_count, 0);
            faults_pause();
            expect_served(is_ipv6);
            stack_pass_time_wait();
            faults_resume();
        }
    }
    assert_true(calls > 10);
}

static void memory_that_stays_away_spares_the_server_and_the_next_client(void **state)
{
    (void)state;
    for (unsigned k = 1; faults_arm_all_from(k); k++) {
        patient_exchange(ANY_FAMILY);
        stack_pass(MSGR_PLAIN_SILENCE_MS + 1000);
        assert_int_equal(server.open_count, 0);
        faults_pause();
        stack_pass_time_wait();
        expect_served(ANY_FAMILY);
        faults_resume();
    }
}

static void each_failing_call_of_opening_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    subject_tcp_server_close(&server);
    for (unsigned k = 1; faults_arm(k); k++) {
        int err = open_server_with(0);
        assert_true(err == ERR_OK || faults_has_struck()); /* lwIP itself may try again */
        subject_tcp_server_close(&server);
        stack_assert_no_leak();
    }
    faults_off();
    assert_int_equal(open_server_with(0), ERR_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pushed_text_is_answered_at_once),
        TEST(text_split_in_every_way_arrives_once),
        TEST(split_text_without_push_is_answered_after_quiet),
        TEST(push_ends_the_text_and_the_rest_is_thrown_away),
        TEST(push_in_the_middle_of_a_joined_chain_ends_the_text),
        TEST(quiet_times_of_several_clients_are_their_own),
        TEST(end_of_stream_ends_the_text),
        TEST(empty_connection_carries_the_empty_text),
        TEST(text_of_the_limit_is_accepted_however_it_is_cut),
        TEST(text_above_the_limit_is_refused_however_it_is_cut),
        TEST(much_too_long_text_is_drained_and_the_refusal_is_not_lost),
        TEST(text_is_drained_up_to_the_bound_and_not_beyond),
        TEST(endless_client_that_acknowledges_nothing_is_reset),
        TEST(endless_text_is_cut_off),
        TEST(framed_stream_is_closed_and_counted),
        TEST(part_of_the_mark_alone_is_plain),
        TEST(silent_client_is_dropped_in_time),
        TEST(dripping_client_is_dropped_in_time),
        TEST(client_that_does_not_read_is_dropped_in_time),
        TEST(client_that_does_not_close_is_left_to_lwip),
        TEST(clients_that_do_not_close_make_room_for_others),
#if SUBJECT_SEES_ACKS
        TEST(lingering_begins_when_the_answer_is_acknowledged),
#endif
        TEST(client_that_resets_while_the_quiet_time_runs_is_forgotten),
        TEST(answer_in_many_small_segments_goes_out_whole),
        TEST(reset_at_every_step_frees_the_connection),
        TEST(lost_answer_is_sent_again),
#if SUBJECT_SEES_ACKS
        TEST(unacknowledged_answer_keeps_its_connection),
#endif
        TEST(client_without_a_connection_waits_and_is_served),
        TEST(ten_thousand_exchanges_leave_nothing_behind),
        TEST(port_taken_is_said_and_nothing_is_left),
        TEST(server_without_connections_is_refused),
        TEST(closed_server_resets_its_clients),
        TEST(server_stopped_by_its_handler_serves_the_client_that_is_here),
        TEST(configured_silence_is_kept),
        TEST(clock_wraps_in_the_middle),
        TEST(each_failing_call_spares_the_server_and_the_next_client),
        TEST(memory_that_stays_away_spares_the_server_and_the_next_client),
        TEST(each_failing_call_of_opening_is_reported_and_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
