/* SPDX-License-Identifier: BSD-3-Clause */
/* The plain UDP client on lwIP. */
#include "events.h"
#include "families.h"
#include "faults.h"
#include "peer.h"
#include "stack.h"
#include "subject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ACK_TEXT "Message received: b'Hello, server'. Thank you."

static struct subject_udp_client client;
static struct events events;
static struct peer server;
static char buffer[200];

static int teardown(void **state)
{
    faults_off();
    subject_udp_cancel(&client);
    return stack_teardown(state);
}

static void request_to(struct subject_request *request, const char *text)
{
    ip_addr_t address;

    assert_true(ipaddr_aton(text, &address));
    subject_request_to(request, &address);
}

static int start(const char *address, uint32_t wait_ms)
{
    struct subject_request request = {
        .text = "Hello, server",
        .size = 13,
        .buffer = buffer,
        .buffer_size = sizeof buffer,
        .wait_ms = wait_ms,
        .handler = events_record,
        .arg = &events,
    };

    events_clear(&events);
    request_to(&request, address);
    return subject_udp_send(&client, &request);
}

/* The server hears the question, unless it was lost on the way. */
static void hear_question(int is_ipv6)
{
    peer_open(&server, is_ipv6 != 0);
    server.own_port = 9999;
    assert_true(peer_take_datagram(&server));
    peer_expect(&server, "Hello, server");
}

static void start_heard(int is_ipv6)
{
    assert_int_equal(start(is_ipv6 ? "fd77::100" : "10.77.0.100", 0), ERR_OK);
    hear_question(is_ipv6);
}

static void answer(const char *text)
{
    peer_datagram(&server, text, strlen(text));
}

static void expect_end(enum msgr_plain_reason reason)
{
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 1);
    assert_int_equal(events.reason, reason);
    assert_true(SUBJECT_IS_IDLE(client));
}

static void acknowledgement_ends_the_exchange_well(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        start_heard(is_ipv6);
        answer(ACK_TEXT);
        assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 1);
        assert_memory_equal(events.text, ACK_TEXT, strlen(ACK_TEXT));
        expect_end(MSGR_PLAIN_DONE);
    }
}

static void other_answer_is_shown_but_no_acknowledgement(void **state)
{
    (void)state;
    start_heard(ANY_FAMILY);
    answer("Message refused: longer than 4 bytes.");
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 0);
    assert_int_equal(events.size, strlen("Message refused: longer than 4 bytes."));
    expect_end(MSGR_PLAIN_NO_ACK);
}

static void empty_answer_is_no_acknowledgement(void **state)
{
    (void)state;
    start_heard(ANY_FAMILY);
    answer("");
    expect_end(MSGR_PLAIN_NO_ACK);
}

static void answer_of_a_stranger_is_ignored(void **state)
{
    (void)state;
    start_heard(ANY_FAMILY);
    peer_at(&server, ANY_FAMILY ? "fd77::66" : "10.77.0.66");
    answer(ACK_TEXT);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 0);
    peer_at(&server, ANY_FAMILY ? "fd77::100" : "10.77.0.100");
    server.own_port = 9998;
    answer(ACK_TEXT);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 0);
    server.own_port = 9999;
    answer(ACK_TEXT);
    expect_end(MSGR_PLAIN_DONE);
}

static void answer_as_long_as_the_buffer_is_taken(void **state)
{
    static char text[sizeof buffer] = "Message received: ";

    (void)state;
    start_heard(ANY_FAMILY);
    peer_datagram(&server, text, sizeof text);
    expect_end(MSGR_PLAIN_DONE);
    assert_int_equal(events.size, sizeof text);
}

static void answer_longer_than_the_buffer_is_a_failure(void **state)
{
    static const char much[sizeof buffer + 1];

    (void)state;
    start_heard(ANY_FAMILY);
    peer_datagram(&server, much, sizeof much);
    expect_end(MSGR_PLAIN_TOO_LONG);
}

static void without_a_buffer_an_answer_is_too_long(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        struct subject_request request = {
            .text = "Hello, server", .size = 13, .handler = events_record, .arg = &events};
        events_clear(&events);
        request_to(&request, is_ipv6 ? "fd77::100" : "10.77.0.100");
        assert_int_equal(subject_udp_send(&client, &request), ERR_OK);
        hear_question(is_ipv6);
        answer(ACK_TEXT);
        assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 0);
        expect_end(MSGR_PLAIN_TOO_LONG);
    }
}

static void without_a_buffer_an_empty_answer_is_no_acknowledgement(void **state)
{
    struct subject_request request = {
        .text = "Hello, server", .size = 13, .handler = events_record, .arg = &events};

    (void)state;
    events_clear(&events);
    request_to(&request, ANY_FAMILY ? "fd77::100" : "10.77.0.100");
    assert_int_equal(subject_udp_send(&client, &request), ERR_OK);
    hear_question(ANY_FAMILY);
    answer("");
    expect_end(MSGR_PLAIN_NO_ACK);
}

static void no_answer_is_said_after_the_timeout(void **state)
{
    (void)state;
    start_heard(ANY_FAMILY);
    stack_pass(MSGR_PLAIN_TIMEOUT_MS - 1);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
    stack_pass(1);
    expect_end(MSGR_PLAIN_TIMEOUT);
}

static void all_answers_to_a_group_are_collected(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        struct packet question;
        assert_int_equal(start(is_ipv6 ? "ff02::77" : "10.77.0.255", 500), ERR_OK);
        assert_true(stack_take(&question));
        peer_open(&server, is_ipv6 != 0);
        server.own_port = 9999;
        server.other_port =
            (uint16_t)(question.bytes[is_ipv6 ? 40 : 20] << 8 | question.bytes[is_ipv6 ? 41 : 21]);
        server.own_port = 9998;
        answer(ACK_TEXT); /* not from the port that was asked */
        server.own_port = 9999;
        for (int i = 1; i <= 3; i++) {
            char address[32];
            snprintf(address, sizeof address, is_ipv6 ? "fd77::10%d" : "10.77.0.10%d", i);
            peer_at(&server, address);
            answer(i == 2 ? "nonsense" : ACK_TEXT);
        }
        assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 2);
        assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
        stack_pass(500);
        expect_end(MSGR_PLAIN_DONE);
    }
}

static void group_that_does_not_answer_is_a_failure(void **state)
{
    (void)state;
    assert_int_equal(start(ANY_FAMILY ? "ff02::77" : "10.77.0.255", 500), ERR_OK);
    stack_pass(500);
    expect_end(MSGR_PLAIN_TIMEOUT);
}

static void cancelled_exchange_has_no_event(void **state)
{
    (void)state;
    start_heard(ANY_FAMILY);
    subject_udp_cancel(&client);
    answer(ACK_TEXT);
    stack_pass(2 * MSGR_PLAIN_TIMEOUT_MS);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
}

static void each_failing_call_is_reported_and_leaves_nothing(void **state)
{
    unsigned calls = 0;

    (void)state;
    for (unsigned k = 1; faults_arm(k); k++, calls++) {
        int err = start(ANY_FAMILY ? "fd77::100" : "10.77.0.100", 0);
        assert_true(err == ERR_OK || faults_has_struck());
        assert_true(err != ERR_OK || !faults_has_struck() || !SUBJECT_REPORTS_EACH_FAILURE);
        if (err != ERR_OK) {
            assert_true(SUBJECT_IS_IDLE(client));
            assert_int_equal(events.count[MSGR_PLAIN_EVENT_ENDED], 0);
        } else {
            hear_question(ANY_FAMILY);
            answer(ACK_TEXT);
            if (!SUBJECT_REPORTS_EACH_FAILURE && events.count[MSGR_PLAIN_EVENT_ENDED] == 0) {
                answer(ACK_TEXT); /* without memory it was lost, as on its way */
            }
            expect_end(MSGR_PLAIN_DONE);
        }
        stack_assert_no_leak();
    }
    assert_true(calls > 3);
}

static void address_beyond_the_link_without_a_router_is_unreachable(void **state)
{
    (void)state;
#if LWIP_IPV4
    stack_lock();
    netif_set_gw(&bench_netif, IP4_ADDR_ANY4);
    stack_unlock();
#endif
    assert_true(subject_is_no_route(start(FAMILY_LAST ? "fd78::1" : "10.78.0.1", 0)));
    assert_true(SUBJECT_IS_IDLE(client));
    assert_int_equal(stack_waiting(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stack_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(acknowledgement_ends_the_exchange_well),
        TEST(other_answer_is_shown_but_no_acknowledgement),
        TEST(empty_answer_is_no_acknowledgement),
        TEST(answer_of_a_stranger_is_ignored),
        TEST(answer_as_long_as_the_buffer_is_taken),
        TEST(answer_longer_than_the_buffer_is_a_failure),
        TEST(without_a_buffer_an_answer_is_too_long),
        TEST(without_a_buffer_an_empty_answer_is_no_acknowledgement),
        TEST(no_answer_is_said_after_the_timeout),
        TEST(all_answers_to_a_group_are_collected),
        TEST(group_that_does_not_answer_is_a_failure),
        TEST(cancelled_exchange_has_no_event),
        TEST(each_failing_call_is_reported_and_leaves_nothing),
        TEST(address_beyond_the_link_without_a_router_is_unreachable), /* takes the router away */
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
