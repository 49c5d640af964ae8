/* SPDX-License-Identifier: BSD-3-Clause */
/* The plain TCP client on lwIP, towards a server that is scripted segment by segment. */
#include "events.h"
#include "families.h"
#include "faults.h"
#include "peer.h"
#include "stack.h"
#include "subject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ACK_TEXT "Message received: Hello, server. Thank you."

static struct subject_tcp_client client;
static struct events events;
static struct peer server;
static char buffer[SUBJECT_BUFFER_SIZE];
static uint32_t timeout_ms; /* 0: the default */

static int teardown(void **state)
{
    faults_off();
    subject_tcp_cancel(&client);
    return stack_teardown(state);
}

static struct subject_request request_of(const void *text, size_t size)
{
    struct subject_request request = {
        .text = text,
        .size = size,
        .buffer = buffer,
        .buffer_size = sizeof buffer,
        .timeout_ms = timeout_ms,
        .handler = events_record,
        .arg = &events,
    };
    ip_addr_t address = peer_address(&server);

    subject_request_to(&request, &address);
    return request;
}

static int start(int is_ipv6, const void *text, size_t size)
{
    struct subject_request request;

    events_clear(&events);
    peer_open(&server, is_ipv6 != 0);
    request = request_of(text, size);
    return subject_tcp_send(&client, &request);
}

static void start_connected(int is_ipv6, const char *text)
{
    assert_int_equal(start(is_ipv6, text, strlen(text)), ERR_OK);
    peer_accept(&server);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_CONNECTED], 1);
}

static void expect_end(enum msgr_plain_reason reason)
{
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 1);
    assert_int_equal(events.reason, reason);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], reason == MSGR_PLAIN_DONE ? 1 : 0);
    assert_true(SUBJECT_IS_IDLE(client));
}

static void expect_acknowledged(void)
{
    expect_end(MSGR_PLAIN_DONE);
    assert_int_equal(events.size, strlen(ACK_TEXT));
    assert_memory_equal(events.text, ACK_TEXT, events.size);
}

/* ---- answers ------------------------------------------------------------------------------- */

static void acknowledgement_ends_the_exchange_well(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        start_connected(is_ipv6, "Hello, server");
        peer_expect(&server, "Hello, server");
        subject_hear(&server, ACK_TEXT);
        expect_acknowledged();
        assert_true(server.has_fin);
        assert_false(server.has_reset);
        peer_fin(&server);
        assert_false(server.has_reset);
    }
}

static void answer_and_fin_in_one_segment_are_not_reset(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    peer_segment(&server, TCP_FLAG_ACK | TCP_FLAG_PSH | TCP_FLAG_FIN, ACK_TEXT, strlen(ACK_TEXT));
    expect_acknowledged();
    assert_true(server.has_fin);
    assert_false(server.has_reset);
}

static void answer_split_everywhere_arrives_once(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < strlen(ACK_TEXT); cut++) {
        start_connected(ANY_FAMILY, "Hello, server");
        peer_segment(&server, TCP_FLAG_ACK, ACK_TEXT, cut);
        assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
        subject_hear(&server, &ACK_TEXT[cut]);
        expect_acknowledged();
        peer_fin(&server);
    }
}

static void answer_without_push_ends_after_quiet(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    peer_segment(&server, TCP_FLAG_ACK, ACK_TEXT, strlen(ACK_TEXT));
    stack_pass(MSGR_PLAIN_QUIET_MS - 1);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
    stack_pass(1);
    expect_acknowledged();
}

static void empty_text_is_told_by_the_fin(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "");
    assert_true(server.has_fin);
    subject_hear(&server, "Message received: . Thank you.");
    expect_end(MSGR_PLAIN_DONE);
}

static void text_larger_than_the_send_buffer_goes_out_in_pieces(void **state)
{
    static char text[20000];

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(start(ANY_FAMILY, text, sizeof text), ERR_OK);
    peer_accept(&server);
    for (int i = 0; i < 100 && server.received < sizeof text; i++) {
        peer_ack(&server);
    }
    assert_int_equal(server.received, sizeof text);
    assert_memory_equal(server.data, text, sizeof text);
    subject_hear(&server, "Message received: all of it. Thank you.");
    expect_end(MSGR_PLAIN_DONE);
}

static void long_text_to_a_peer_of_small_segments_goes_out_whole(void **state)
{
    static const char text[5000];

    (void)state;
    assert_int_equal(start(ANY_FAMILY, text, sizeof text), ERR_OK);
    server.mss = 60;
    peer_accept(&server);
    for (int i = 0; i < 1000 && server.received < sizeof text; i++) {
        peer_ack(&server);
    }
    assert_int_equal(server.received, sizeof text);
    subject_hear(&server, ACK_TEXT);
    expect_end(MSGR_PLAIN_DONE);
}

static void answer_larger_than_the_window_arrives_whole(void **state)
{
    static char text[4000] = "Message received: ";
    size_t sent;

    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    for (sent = 0; sent < sizeof text; sent += 500) {
        peer_segment(&server, TCP_FLAG_ACK | (sent == 3500 ? TCP_FLAG_PSH : 0), &text[sent], 500);
    }
    subject_hear_push(&server);
    expect_end(MSGR_PLAIN_DONE);
    assert_int_equal(events.size, sizeof text);
}

static void answer_before_all_of_the_text_is_no_acknowledgement(void **state)
{
    static char text[20000];

    (void)state;
    assert_int_equal(start(ANY_FAMILY, text, sizeof text), ERR_OK);
    peer_accept(&server);
    subject_hear(&server, ACK_TEXT);
    expect_end(MSGR_PLAIN_NO_ACK);
    assert_true(server.has_reset); /* what is unsent may be overwritten now */
}

#if SUBJECT_SEES_ACKS
static void answer_that_does_not_acknowledge_the_segment_is_none(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    server.expected -= 13;
    subject_hear(&server, ACK_TEXT);
    expect_end(MSGR_PLAIN_NO_ACK);
    assert_true(server.has_reset);
}
#endif

static void other_answer_is_shown_but_no_acknowledgement(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    subject_hear(&server, "Message refused: longer than 4 bytes.");
    expect_end(MSGR_PLAIN_NO_ACK);
    assert_int_equal(events.size, strlen("Message refused: longer than 4 bytes."));
    assert_false(server.has_reset);
}

static void answer_longer_than_the_buffer_is_a_failure(void **state)
{
    static const char much[500];

    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    for (size_t sent = 0; sent <= sizeof buffer; sent += sizeof much) {
        peer_segment(&server, TCP_FLAG_ACK, much, sizeof much);
    }
    expect_end(MSGR_PLAIN_TOO_LONG);
}

static void framed_answer_is_a_failure(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    subject_hear(&server, "\xF9MG\x01");
    expect_end(MSGR_PLAIN_FRAMED);
}

/* ---- servers that do not do their part ----------------------------------------------------- */

static void connection_closed_without_an_answer_is_a_failure(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    peer_fin(&server);
    expect_end(MSGR_PLAIN_NO_ANSWER);
}

static void refused_connection_is_said(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        struct packet syn;
        assert_int_equal(start(is_ipv6, "x", 1), ERR_OK);
        assert_true(stack_take(&syn));
        server.own_port = 9999;
        server.other_port =
            (uint16_t)(syn.bytes[is_ipv6 ? 40 : 20] << 8 | syn.bytes[is_ipv6 ? 41 : 21]);
        memcpy(&server.expected, syn.bytes + (is_ipv6 ? 44 : 24), 4);
        server.expected = PP_NTOHL(server.expected) + 1;
        peer_reset(&server);
        expect_end(MSGR_PLAIN_REFUSED);
    }
}

static void reset_is_said(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    peer_reset(&server);
    expect_end(MSGR_PLAIN_RESET);
}

static void nobody_there_is_said_after_the_timeout(void **state)
{
    (void)state;
    assert_int_equal(start(ANY_FAMILY, "x", 1), ERR_OK);
    stack_pass(MSGR_PLAIN_TIMEOUT_MS - 1);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
    stack_pass(1 + 500);
    expect_end(MSGR_PLAIN_TIMEOUT);
}

static void server_that_never_answers_is_said_after_the_timeout(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    peer_ack(&server);
    stack_pass(MSGR_PLAIN_TIMEOUT_MS);
    expect_end(MSGR_PLAIN_TIMEOUT);
}

/* A poll comes every 500 ms, wherever in between the client has started. */
static void timeout_is_exceeded_by_less_than_a_poll(void **state)
{
    static const uint32_t timeouts[] = {1, 300, 499, 500, 501, 5000};
    static const uint32_t phases[] = {0, 1, 125, 249, 250, 251, 375, 499};

    (void)state;
    for (size_t i = 0; i < sizeof timeouts / sizeof *timeouts * (sizeof phases / sizeof *phases);
         i++) {
        uint32_t since_ms;
        timeout_ms = timeouts[i / (sizeof phases / sizeof *phases)];
        stack_pass(phases[i % (sizeof phases / sizeof *phases)]);
        since_ms = stack_now();
        start_connected(ANY_FAMILY, "Hello, server");
        peer_ack(&server);
        stack_pass(timeout_ms - 1);
        assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
        while (events.count[MSGR_PLAIN_EVENT_ENDED] == 0) {
            stack_pass(1);
        }
        assert_in_range(stack_now() - since_ms, timeout_ms, timeout_ms + 499);
        expect_end(MSGR_PLAIN_TIMEOUT);
    }
    timeout_ms = 0;
}

static void server_that_drips_is_said_after_the_timeout(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    for (int i = 0; i < 1000 && !SUBJECT_IS_IDLE(client); i++) {
        peer_segment(&server, TCP_FLAG_ACK, "M", 1);
        stack_pass(MSGR_PLAIN_QUIET_MS - 1);
    }
    expect_end(MSGR_PLAIN_TIMEOUT);
}

static void address_beyond_the_link_without_a_router_is_unreachable(void **state)
{
    struct subject_request request;

    (void)state;
    peer_open(&server, FAMILY_LAST);
    peer_at(&server, FAMILY_LAST ? "fd78::1" : "10.78.0.1");
    request = request_of("x", 1);
#if LWIP_IPV4
    stack_lock();
    netif_set_gw(&bench_netif, IP4_ADDR_ANY4);
    stack_unlock();
#endif
    assert_true(subject_is_no_route(subject_tcp_send(&client, &request)));
    assert_true(SUBJECT_IS_IDLE(client));
    assert_int_equal(stack_waiting(), 0);
}

static void group_and_unspecified_address_are_no_host(void **state)
{
    struct subject_request request;
    ip_addr_t address;

    (void)state;
    peer_open(&server, FAMILY_LAST);
    peer_at(&server, FAMILY_LAST ? "ff02::1" : "10.77.0.255");
    request = request_of("x", 1);
    assert_int_equal(subject_tcp_send(&client, &request), SUBJECT_NO_HOST);
    peer_at(&server, FAMILY_LAST ? "fe80::1" : "224.0.0.1");
    address = peer_address(&server);
#if LWIP_IPV6
    ip6_addr_set_zone(ip_2_ip6(&address), 77);
    subject_request_to(&request, &address);
    assert_true(subject_is_no_route(subject_tcp_send(&client, &request)));
#else
    subject_request_to(&request, &address);
    assert_int_equal(subject_tcp_send(&client, &request), SUBJECT_NO_HOST);
#endif
    ip_addr_set_any(FAMILY_LAST, &address);
    subject_request_to(&request, &address);
    assert_int_not_equal(subject_tcp_send(&client, &request), ERR_OK);
    assert_true(SUBJECT_IS_IDLE(client));
    assert_int_equal(stack_waiting(), 0);
}

/* ---- the client's own life ----------------------------------------------------------------- */

static void cancelled_exchange_is_reset_without_an_event(void **state)
{
    (void)state;
    start_connected(ANY_FAMILY, "Hello, server");
    subject_tcp_cancel(&client);
    peer_listen(&server);
    assert_true(server.has_reset);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
    stack_pass(2 * MSGR_PLAIN_TIMEOUT_MS);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
}

static void client_is_used_again_after_its_end(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        start_connected(NTH_FAMILY(i), "Hello, server");
        subject_hear(&server, ACK_TEXT);
        expect_acknowledged();
    }
}

/* ---- lwIP's calls fail --------------------------------------------------------------------- */

static bool has_sent_syn(void)
{
    return stack_waiting() > 0;
}

static void each_failing_call_ends_the_exchange_once_and_leaves_nothing(void **state)
{
    unsigned calls = 0;

    (void)state;
    timeout_ms = 60000;
    for (unsigned k = 1; faults_arm(k); k++, calls++) {
        int err = start(ANY_FAMILY, "Hello, server", 13);
        if (err == ERR_OK) {
            if (!has_sent_syn()) {
                stack_pass_retransmission();
            }
            peer_accept(&server);
            for (int tries = 0; tries < 3 && server.received < 13; tries++) {
                stack_pass_retransmission();
                peer_listen(&server);
                peer_ack(&server); /* of a part: the rest may wait for that (Nagle) */
            }
            peer_expect(&server, "Hello, server");
            peer_segment(&server, TCP_FLAG_ACK | TCP_FLAG_PSH | TCP_FLAG_FIN, ACK_TEXT,
                         strlen(ACK_TEXT));
            expect_acknowledged();
        } else {
            assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
            assert_true(SUBJECT_IS_IDLE(client));
        }
        faults_pause();
        stack_pass_time_wait();
        stack_assert_no_leak();
        faults_resume();
        stack_discard();
    }
    assert_true(calls > 5);
    timeout_ms = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stack_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(acknowledgement_ends_the_exchange_well),
        TEST(answer_and_fin_in_one_segment_are_not_reset),
        TEST(answer_split_everywhere_arrives_once),
        TEST(answer_without_push_ends_after_quiet),
        TEST(empty_text_is_told_by_the_fin),
        TEST(text_larger_than_the_send_buffer_goes_out_in_pieces),
        TEST(long_text_to_a_peer_of_small_segments_goes_out_whole),
        TEST(answer_larger_than_the_window_arrives_whole),
        TEST(answer_before_all_of_the_text_is_no_acknowledgement),
#if SUBJECT_SEES_ACKS
        TEST(answer_that_does_not_acknowledge_the_segment_is_none),
#endif
        TEST(other_answer_is_shown_but_no_acknowledgement),
        TEST(answer_longer_than_the_buffer_is_a_failure),
        TEST(framed_answer_is_a_failure),
        TEST(connection_closed_without_an_answer_is_a_failure),
        TEST(refused_connection_is_said),
        TEST(reset_is_said),
        TEST(nobody_there_is_said_after_the_timeout),
        TEST(server_that_never_answers_is_said_after_the_timeout),
        TEST(timeout_is_exceeded_by_less_than_a_poll),
        TEST(server_that_drips_is_said_after_the_timeout),
        TEST(group_and_unspecified_address_are_no_host),
        TEST(cancelled_exchange_is_reset_without_an_event),
        TEST(client_is_used_again_after_its_end),
        TEST(each_failing_call_ends_the_exchange_once_and_leaves_nothing),
        TEST(address_beyond_the_link_without_a_router_is_unreachable), /* takes the router away */
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
