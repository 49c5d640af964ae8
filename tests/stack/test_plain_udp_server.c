/* SPDX-License-Identifier: BSD-3-Clause */
/* The plain UDP server on lwIP. */
#include "events.h"
#include "families.h"
#include "faults.h"
#include "peer.h"
#include "stack.h"
#include "subject.h"

#include "lwip/igmp.h"
#include "lwip/mld6.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct subject_udp_server server;
static struct events events;
static struct peer client;

static int open_server(bool off_link)
{
    events_clear(&events);
    return subject_udp_server_open(
        &server, &(struct subject_udp_server_config){
                     .off_link = off_link, .handler = events_record, .arg = &events});
}

static int setup(void **state)
{
    stack_setup(state);
    assert_int_equal(open_server(false), ERR_OK);
    return 0;
}

static int teardown(void **state)
{
    faults_off();
    subject_udp_server_close(&server);
    return stack_teardown(state);
}

static void ask(const char *text)
{
    peer_datagram(&client, text, strlen(text));
}

static void expect_answer(const char *answer)
{
    assert_true(peer_take_datagram(&client));
    peer_expect(&client, answer);
}

static void expect_unanswered(enum msgr_plain_reason reason)
{
    assert_int_equal(stack_waiting(), 0);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_ANSWERED], 0);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_UNANSWERED], 1);
    assert_int_equal(events.reason, reason);
    events_clear(&events);
}

static void expect_served(void)
{
    peer_open(&client, ANY_FAMILY);
    ask("a question of some length");
    expect_answer("Message received: b'a question of some length'. Thank you.");
}

/* ---- answers ------------------------------------------------------------------------------- */

static void datagram_is_answered_with_the_repr_of_its_bytes(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        peer_open(&client, is_ipv6 != 0);
        ask("it's \xE3\x81\x82");
        expect_answer("Message received: b\"it's \\xe3\\x81\\x82\". Thank you.");
        assert_int_equal(client.other_port, 9999);
        assert_memory_equal(events.text, "it's \xE3\x81\x82", 8);
    }
}

static void empty_datagram_is_answered(void **state)
{
    (void)state;
    peer_open(&client, ANY_FAMILY);
    ask("");
    expect_answer("Message received: b''. Thank you.");
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 1);
}

static void text_of_the_limit_is_answered_and_longer_is_refused(void **state)
{
    static char text[MSGR_PLAIN_TEXT_MAX + 1];

    (void)state;
    memset(text, 'x', sizeof text);
    peer_open(&client, ANY_FAMILY);
    peer_datagram(&client, text, MSGR_PLAIN_TEXT_MAX);
    assert_true(peer_take_datagram(&client));
    assert_int_equal(client.received, MSGR_PLAIN_TEXT_MAX + 33);
    peer_datagram(&client, text, sizeof text);
    expect_answer("Message refused: longer than 1024 bytes.");
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 1);
    assert_int_equal(events.reason, MSGR_PLAIN_TOO_LONG);
    assert_int_equal(server.counters.refused, 1);
}

static void ten_thousand_exchanges_leave_nothing_behind(void **state)
{
    (void)state;
    for (int i = 0; i < 10000; i++) {
        peer_open(&client, NTH_FAMILY(i) != 0);
        ask("a question of some length");
        expect_answer("Message received: b'a question of some length'. Thank you.");
    }
    assert_int_equal(server.counters.answered, 10000);
}

/* ---- SPEC.md, 4.3 -------------------------------------------------------------------------- */

static void datagram_with_the_mark_is_dropped_and_not_shown(void **state)
{
    (void)state;
    peer_open(&client, ANY_FAMILY);
    ask("\xF9MG\x01 hello");
    assert_int_equal(stack_waiting(), 0);
    assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 0);
    assert_int_equal(server.counters.framed, 1);
    expect_served();
}

static void datagram_to_a_group_is_shown_and_not_answered(void **state)
{
    (void)state;
#if LWIP_IPV4
    peer_open(&client, false);
    peer_to(&client, "10.77.0.255");
    ask("to the subnet, all of it");
    assert_memory_equal(events.text, "to the subnet", 13);
    expect_unanswered(MSGR_PLAIN_GROUP);
    peer_to(&client, "255.255.255.255");
    ask("to everybody who hears it");
    assert_memory_equal(events.text, "to everybody", 12);
    expect_unanswered(MSGR_PLAIN_GROUP);
#endif
#if LWIP_IPV6
    peer_open(&client, true);
    peer_to(&client, "ff02::1");
    ask("to all nodes on the link");
    assert_memory_equal(events.text, "to all nodes", 12);
    expect_unanswered(MSGR_PLAIN_GROUP);
#endif
}

static void source_beyond_the_link_is_answered_only_on_demand(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        peer_open(&client, is_ipv6 != 0);
        peer_at(&client, is_ipv6 ? "fd78::1" : "10.78.0.1");
        ask("hello from far away");
        expect_unanswered(MSGR_PLAIN_OFF_LINK);
    }
#if LWIP_IPV4
    subject_udp_server_close(&server);
    assert_int_equal(open_server(true), ERR_OK);
    peer_open(&client, false);
    peer_at(&client, "10.78.0.1");
    ask("hello from far away");
    expect_answer("Message received: b'hello from far away'. Thank you.");
#endif
}

#if LWIP_IPV6
static void answer_comes_from_the_address_that_was_asked(void **state)
{
    (void)state;
    peer_open(&client, true);
    peer_to(&client, "fd77::22");
    ask("hello, other address of yours");
    expect_answer("Message received: b'hello, other address of yours'. Thank you.");
}

static void prefix_of_an_address_that_is_not_valid_is_not_on_the_link(void **state)
{
    (void)state;
    stack_lock();
    netif_ip6_addr_set_state(&bench_netif, 2, IP6_ADDR_TENTATIVE);
    netif_ip6_addr_set_parts(&bench_netif, 2, PP_HTONL(0xFD790000u), 0, 0, PP_HTONL(0x22));
    stack_unlock();
    peer_open(&client, true);
    peer_at(&client, "fd79::1");
    ask("hello from a network to be");
    expect_unanswered(MSGR_PLAIN_OFF_LINK);
}

static void link_local_source_is_on_the_link(void **state)
{
    (void)state;
    peer_open(&client, true);
    peer_at(&client, "fe80::1234");
    ask("hello from nearby, really");
    expect_answer("Message received: b'hello from nearby, really'. Thank you.");
}
#endif

static void source_port_of_a_service_is_not_answered(void **state)
{
    static const uint16_t ports[] = {0, 1, 7, 53, 1023, 9999};

    (void)state;
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        peer_open(&client, ANY_FAMILY);
        client.own_port = ports[i];
        ask("hello from a service");
        expect_unanswered(MSGR_PLAIN_SERVICE_PORT);
    }
    client.own_port = 1024;
    ask("hello from a client");
    expect_answer("Message received: b'hello from a client'. Thank you.");
}

static void answer_of_a_server_is_not_answered(void **state)
{
    (void)state;
    peer_open(&client, ANY_FAMILY);
    ask("Message received: b'hi'. Thank you.");
    expect_unanswered(MSGR_PLAIN_ECHO);
    ask("Message refused: longer than 1024 bytes.");
    expect_unanswered(MSGR_PLAIN_ECHO);
}

static unsigned count_answers(unsigned questions, const char *text)
{
    unsigned answers = 0;

    for (unsigned i = 0; i < questions; i++) {
        ask(text);
        answers += peer_take_datagram(&client) ? 1 : 0;
    }
    return answers;
}

static void amplifying_answers_are_limited_for_each_source(void **state)
{
    (void)state;
    peer_open(&client, ANY_FAMILY);
    assert_int_equal(count_answers(300, "hi"), MSGR_PLAIN_RATE_BURST);
    assert_int_equal(events.reason, MSGR_PLAIN_RATE);
    assert_int_equal(count_answers(300, "a question of 17b"), 300); /* never limited */
    stack_pass(1000);
    assert_int_equal(count_answers(300, "hi"), MSGR_PLAIN_RATE_PER_S);
    peer_at(&client, ANY_FAMILY ? "fd77::101" : "10.77.0.101");
    assert_int_equal(count_answers(300, "hi"), MSGR_PLAIN_RATE_BURST);
}

static void forged_sources_cannot_wash_an_allowance_clean(void **state)
{
    (void)state;
    peer_open(&client, ANY_FAMILY);
    assert_int_equal(count_answers(101, "hi"), MSGR_PLAIN_RATE_BURST);
    for (int i = 0; i < 100; i++) {
        char source[32];
        struct peer *forged = &client;
        snprintf(source, sizeof source, ANY_FAMILY ? "fd77::%d" : "10.77.0.%d", 120 + i);
        peer_at(forged, source);
        ask("hi");
        stack_discard();
    }
    peer_at(&client, ANY_FAMILY ? "fd77::100" : "10.77.0.100");
    assert_int_equal(count_answers(10, "hi"), 0);
}

static void two_servers_fed_one_forged_datagram_fall_silent(void **state)
{
    (void)state;
    /* The forged datagram: from the other server's port. */
    peer_open(&client, ANY_FAMILY);
    client.own_port = 9999;
    ask("hello, I am the other server");
    expect_unanswered(MSGR_PLAIN_SERVICE_PORT);
    /* The same from another port: the answer goes there once, and what comes back ends it. */
    peer_open(&client, ANY_FAMILY);
    ask("hello, I am the other server");
    assert_true(peer_take_datagram(&client));
    events_clear(&events);
    peer_datagram(&client, client.data, client.received);
    expect_unanswered(MSGR_PLAIN_ECHO);
}

/* ---- the server's own life ----------------------------------------------------------------- */

static void port_taken_is_said_and_nothing_is_left(void **state)
{
    static struct subject_udp_server second;

    (void)state;
    assert_int_equal(subject_udp_server_open(&second, &(struct subject_udp_server_config){0}),
                     SUBJECT_TAKEN);
    assert_true(SUBJECT_IS_IDLE(second));
    subject_udp_server_close(&second);
}

static void each_failing_call_costs_one_answer_at_most(void **state)
{
    unsigned calls = 0;

    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        for (unsigned k = 1; faults_arm(k); k++, calls++) {
            peer_open(&client, is_ipv6 != 0);
            events_clear(&events);
            ask("a question of some length");
            if (!SUBJECT_REPORTS_EACH_FAILURE) {
                stack_pass(20); /* it is asked again, and knows no more than that */
            }
            if (!SUBJECT_REPORTS_EACH_FAILURE && faults_has_struck() &&
                events.count[MSGR_PLAIN_EVENT_UNANSWERED] == 0) {
                assert_int_equal(stack_waiting(), events.count[MSGR_PLAIN_EVENT_RECEIVED]);
                stack_discard();
            } else if (faults_has_struck()) {
                assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 1);
                assert_int_equal(events.count[MSGR_PLAIN_EVENT_UNANSWERED], 1);
                assert_int_equal(events.reason, MSGR_PLAIN_NO_MEMORY);
                assert_int_equal(stack_waiting(), 0);
            } else {
                assert_int_equal(events.count[MSGR_PLAIN_EVENT_RECEIVED], 1);
                expect_answer("Message received: b'a question of some length'. Thank you.");
            }
            faults_pause();
            expect_served();
            faults_resume();
        }
    }
    assert_true(calls > 2);
}

static void each_failing_call_of_opening_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    subject_udp_server_close(&server);
    for (unsigned k = 1; faults_arm(k); k++) {
        int err = open_server(false);
        assert_true(err == ERR_OK || faults_has_struck());
        assert_true(err != ERR_OK || !faults_has_struck() || !SUBJECT_REPORTS_EACH_FAILURE);
        subject_udp_server_close(&server);
        stack_assert_no_leak();
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(datagram_is_answered_with_the_repr_of_its_bytes),
        TEST(empty_datagram_is_answered),
        TEST(text_of_the_limit_is_answered_and_longer_is_refused),
        TEST(ten_thousand_exchanges_leave_nothing_behind),
        TEST(datagram_with_the_mark_is_dropped_and_not_shown),
        TEST(datagram_to_a_group_is_shown_and_not_answered),
        TEST(source_beyond_the_link_is_answered_only_on_demand),
#if LWIP_IPV6
        TEST(answer_comes_from_the_address_that_was_asked),
        TEST(prefix_of_an_address_that_is_not_valid_is_not_on_the_link), /* changes the address */
        TEST(link_local_source_is_on_the_link),
#endif
        TEST(source_port_of_a_service_is_not_answered),
        TEST(answer_of_a_server_is_not_answered),
        TEST(amplifying_answers_are_limited_for_each_source),
        TEST(forged_sources_cannot_wash_an_allowance_clean),
        TEST(two_servers_fed_one_forged_datagram_fall_silent),
        TEST(port_taken_is_said_and_nothing_is_left),
        TEST(each_failing_call_costs_one_answer_at_most),
        TEST(each_failing_call_of_opening_is_reported_and_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
