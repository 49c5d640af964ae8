/* SPDX-License-Identifier: BSD-3-Clause */
/* The framed protocol over UDP on lwIP; the other end is an engine behind the scripted peer. */
#include "families.h"
#include "faults.h"
#include "framed.h"
#include "stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void messages_go_both_ways(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        framed_start_open(is_ipv6 != 0);
        framed_remote_calls(FRAMED_UDP);
        framed_up();
        framed_node_sends(3, 64);
        framed_remote_sends(3, 64);
        framed_deliver_all(100);
        framed_stop();
    }
}

static void node_may_be_the_one_that_calls(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        framed_start(is_ipv6 != 0);
        framed_open(false);
        assert_true(framed_node_calls(FRAMED_UDP) >= 0);
        framed_up();
        framed_node_sends(3, 64);
        framed_remote_sends(3, 64);
        framed_deliver_all(100);
        framed_stop();
    }
}

static void longest_message_goes_both_ways(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_node_sends(1, 4096);
    framed_remote_sends(1, 4096);
    framed_deliver_all(200);
    framed_stop();
}

static void answers_leave_from_the_address_that_was_called(void **state)
{
    (void)state;
#if LWIP_IPV6
    framed_start_open(true);
    peer_to(&remote.peer, "fd77::22"); /* the peer looks at each packet's source */
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_node_sends(1, 10);
    framed_deliver_all(100);
    framed_stop();
#else
    skip();
#endif
}

static void every_fifth_datagram_is_lost_each_way(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    remote.lose = 5;
    framed_up();
    framed_node_sends(100, 64);
    framed_remote_sends(100, 64);
    framed_deliver_all(30000);
    framed_stop();
}

/* One turn, one datagram: the acknowledgement rides on the answer. */
static void answer_carries_the_acknowledgement(void **state)
{
    struct msgr_event event;
    struct msgr_stats before, after;

    (void)state;
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_pass(100);
    node.is_slow = true;
    assert_true(msgr_send(remote.end.m, remote.end.peer, "ping", 4, 0) > 0);
    msgr_stats(remote.end.m, &before);
    framed_settle();
    assert_true(subject_next(&node.net, &event));
    assert_int_equal(event.type, MSGR_EVENT_MESSAGE);
    assert_true(subject_send(&node.net, event.peer, "pong", 4, 0) > 0);
    assert_int_equal(stack_waiting(), 0);
    assert_false(subject_next(&node.net, &event));
    assert_int_equal(stack_waiting(), 1);
    remote.end.received = 0;
    assert_true(peer_take_datagram(&remote.peer));
    (void)msgr_link_input(remote.end.m, remote.link, stack_now(), remote.peer.data,
                          remote.peer.received);
    msgr_stats(remote.end.m, &after);
    assert_int_equal(after.frames_in, before.frames_in + 2);
    assert_int_equal(after.delivered, before.delivered + 1);
    framed_stop();
}

static void acknowledgement_does_not_wait_for_a_slow_application(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_pass(100);
    node.is_slow = true;
    framed_remote_sends(2, 64); /* two: acknowledged at once */
    (void)framed_settle;
    {
        uint8_t data[MSGR_DATAGRAM_MAX];
        size_t size = msgr_link_output(remote.end.m, remote.link, stack_now(), data, sizeof data);
        peer_datagram(&remote.peer, data, size);
    }
    assert_int_equal(stack_waiting(), SUBJECT_WAITS_FOR_PULLING ? 0 : 1);
    assert_int_equal(node.told > 0, SUBJECT_WAITS_FOR_PULLING);
    stack_pass(2);
    assert_int_equal(stack_waiting(), 1);
    framed_stop();
}

static void slow_reader_closes_the_window_and_nothing_is_lost(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    node.is_slow = true;
    for (int i = 0; i < 100; i++) {
        (void)framed_remote_offers(200);
        framed_pass(5);
    }
    framed_pass(2000);
    assert_true(remote.end.sent > 10);
    assert_int_equal(node.end.received, 0);
    assert_int_equal(remote.end.outcomes[MSGR_OUTCOME_DELIVERED], 0);
    node.is_slow = false;
    framed_deliver_all(10000);
    framed_stop();
}

static void one_conversation(unsigned k)
{
    (void)k;
    framed_start(ANY_FAMILY);
    {
        struct subject_net_config config = {.m = node.end.m, .listen = true};
        if (subject_open(&node.net, &config) != ERR_OK) {
            assert_true(faults_has_struck());
            framed_open(true);
        }
    }
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_node_sends(3, 1500);
    framed_remote_sends(3, 1500);
    framed_deliver_all(5000);
    framed_stop();
}

static void each_call_of_lwip_may_fail(void **state)
{
    (void)state;
    for (unsigned k = 1; faults_arm(k); k++) {
        one_conversation(k);
    }
    faults_off();
}

static void node_that_calls_bears_each_failure(void **state)
{
    (void)state;
    for (unsigned k = 1; faults_arm(k); k++) {
        framed_start(ANY_FAMILY);
        struct subject_net_config config = {.m = node.end.m};
        if (subject_open(&node.net, &config) != ERR_OK) {
            assert_true(faults_has_struck());
            framed_open(false);
        }
        assert_true(framed_node_calls(FRAMED_UDP) >= 0);
        framed_up();
        framed_node_sends(2, 64);
        framed_deliver_all(5000);
        framed_stop();
    }
    faults_off();
}

static void node_without_memory_goes_on_when_there_is_some(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    assert_true(faults_arm_all_from(1));
    framed_node_sends(3, 64);
    framed_remote_sends(3, 64);
    node.is_slow = true; /* who asks has it tried again each time */
    framed_pass(300);
    node.is_slow = false;
    assert_true(node.net.counters.no_memory > 0);
    assert_true(node.net.counters.no_memory < 100); /* it does not spin */
    assert_int_equal(remote.end.received, 0);
    faults_off();
    framed_deliver_all(1000);
    framed_stop();
}

static void lack_of_memory_is_tried_again_soon(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_pass(100);
    node.is_slow = true; /* who asks has it tried again each time */
    assert_true(faults_arm_all_from(1));
    framed_node_sends(1, 64);
    assert_int_equal(node.net.counters.no_memory, 1);
    faults_off();
    framed_pass(15);
    assert_int_equal(remote.end.received, 1);
    framed_stop();
}

static void remote_that_restarts_is_noticed_and_found_again(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_node_sends(2, 64);
    framed_deliver_all(1000);
    framed_remote_restarts();
    framed_remote_calls(FRAMED_UDP);
    framed_pass(1000);
    framed_node_sends(1, 64);
    framed_pass(500);
    assert_int_equal(remote.end.received, 3);
    framed_stop();
}

static void power_cut_of_the_remote_is_noticed_and_it_is_called_again(void **state)
{
    (void)state;
    framed_start(ANY_FAMILY);
    framed_open(false);
    assert_true(framed_node_calls(FRAMED_UDP) >= 0);
    framed_up();
    remote.is_dead = true;
    framed_pass(20000);
    assert_int_equal(node.end.downs, 1);
    framed_remote_restarts();
    framed_pass(6000);
    assert_true(node.end.ups >= 2); /* once more when it has said that it began anew */
    framed_node_sends(1, 64);
    framed_pass(500);
    assert_int_equal(remote.end.received, 1);
    framed_stop();
}

static void disconnected_node_calls_no_more(void **state)
{
    int target;

    (void)state;
    framed_start(ANY_FAMILY);
    framed_open(false);
    target = framed_node_calls(FRAMED_UDP);
    framed_up();
    subject_disconnect(&node.net, target);
    subject_disconnect(&node.net, target);
    stack_discard();
    stack_pass(60000);
    assert_int_equal(stack_waiting(), 0);
    framed_stop();
}

static void strangers_leave_no_state_and_get_no_more_than_they_sent(void **state)
{
    size_t sent = 0, got = 0;
    uint8_t hello[MSGR_DATAGRAM_MAX];
    size_t size;

    (void)state;
    framed_start_open(ANY_FAMILY);
    remote.link = msgr_link_connect(remote.end.m, stack_now(), MSGR_LINK_DATAGRAM);
    size = msgr_link_output(remote.end.m, remote.link, stack_now(), hello, sizeof hello);
    for (int i = 0; i < 1000; i++) {
        char text[40];
        static struct peer stranger;
        (void)snprintf(text, sizeof text, ANY_FAMILY ? "fd77::1:%x" : "10.77.0.%d",
                       ANY_FAMILY ? i : 3 + i % 250);
        peer_open(&stranger, ANY_FAMILY);
        peer_at(&stranger, text);
        peer_datagram(&stranger, hello, size);
        sent += size;
        while (peer_take_datagram(&stranger)) {
            got += stranger.received;
        }
        assert_int_equal(stack_waiting(), 0);
    }
    assert_true(got > 0);
    assert_true(got <= sent);
    for (int i = 0; i < SUBJECT_LINKS; i++) {
        assert_false(node.net.link[i].is_used);
    }
    assert_int_equal(subject_peer_after(&node.net, -1), -1);
    framed_stop();
}

static void group_and_long_datagrams_are_dropped(void **state)
{
    static const uint8_t data[1300] = {0xF9, 'M', 'G', 1};

    (void)state;
    framed_start_open(ANY_FAMILY);
    peer_datagram(&remote.peer, data, sizeof data);
    peer_datagram(&remote.peer, data, 0);
#if LWIP_IPV4
    if (!ANY_FAMILY) {
        peer_to(&remote.peer, "10.77.0.255");
        peer_datagram(&remote.peer, data, 20);
        assert_int_equal(node.net.counters.dropped, 3);
    }
#endif
    assert_int_equal(stack_waiting(), 0);
    framed_stop();
}

static void plain_text_on_a_framed_port_is_dropped(void **state)
{
    struct msgr_stats stats;

    (void)state;
    framed_start_open(ANY_FAMILY);
    peer_datagram(&remote.peer, "Hello, server", 13);
    assert_int_equal(stack_waiting(), 0);
    subject_stats(&node.net, &stats);
    assert_int_equal(stats.drop_malformed, 1);
    framed_stop();
}

/* Both are told to connect to each other: one link, and one conversation. */
static void both_may_call(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    remote.peer.own_port = 9999;
    framed_remote_calls(FRAMED_UDP);
    assert_true(framed_node_calls(FRAMED_UDP) >= 0);
    framed_up();
    framed_node_sends(3, 64);
    framed_remote_sends(3, 64);
    framed_deliver_all(1000);
    assert_false(node.net.link[1].is_used);
    framed_stop();
}

static void who_is_linked_already_is_not_called_again(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    remote.peer.own_port = 9999;
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    assert_true(framed_node_calls(FRAMED_UDP) >= 0);
    framed_pass(100);
    assert_false(node.net.link[1].is_used);
    remote.is_dead = true; /* but when that link has ended, it is */
    framed_pass(20000);
    framed_remote_restarts();
    framed_pass(6000);
    framed_node_sends(1, 64);
    framed_pass(500);
    assert_int_equal(remote.end.received, 1);
    framed_stop();
}

static void node_that_does_not_listen_answers_no_stranger(void **state)
{
    (void)state;
    framed_start(ANY_FAMILY);
    framed_open(false);
    remote.peer.other_port = subject_udp_port(&node.net);
    framed_remote_calls(FRAMED_UDP);
    framed_pass(2000);
    assert_int_equal(remote.end.peer, -1);
    assert_true(node.net.counters.dropped > 0);
    framed_stop();
}

/* ---- together with the plain server -------------------------------------------------------- */

static struct subject_udp_server plain;

static void plain_and_framed_share_the_port(void **state)
{
    static struct peer asker;
    struct subject_udp_server_config plain_config = {.port = 0};
    struct subject_net_config config;

    (void)state;
    framed_start(ANY_FAMILY);
    assert_int_equal(subject_udp_server_open(&plain, &plain_config), ERR_OK);
    config = (struct subject_net_config){.m = node.end.m, .listen = true, .plain_udp = &plain};
    assert_int_equal(subject_open(&node.net, &config), ERR_OK);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    peer_open(&asker, ANY_FAMILY);
    for (int i = 0; i < 10; i++) {
        framed_node_sends(1, 64);
        stack_discard();
        peer_datagram(&asker, "hi", 2);
        assert_true(peer_take_datagram(&asker));
        peer_expect(&asker, "Message received: b'hi'. Thank you.");
        framed_remote_sends(1, 64);
        framed_pass(20);
    }
    framed_deliver_all(2000);
    stack_discard();
    peer_datagram(&remote.peer, "hi", 2); /* no text: a frame whose mark was changed on its way */
    assert_int_equal(stack_waiting(), 0);
    framed_remote_sends(1, 64);
    framed_deliver_all(2000);
    framed_stop();
    peer_datagram(&asker, "\xF9MG\x01", 4); /* nobody takes it now */
    assert_int_equal(stack_waiting(), 0);
    subject_udp_server_close(&plain);
}

static void opening_needs_an_engine_and_a_free_port(void **state)
{
    struct subject_net_config config = {.listen = true};
    struct subject_udp_server_config plain_config = {.port = 0};

    (void)state;
    framed_start(ANY_FAMILY);
    assert_int_equal(subject_open(&node.net, &config), SUBJECT_INVALID);
    config.m = node.end.m;
    memset(&plain, 0, sizeof plain);
    config.plain_udp = &plain;
    assert_int_equal(subject_open(&node.net, &config), SUBJECT_INVALID);
    config.plain_udp = NULL;
    assert_int_equal(subject_udp_server_open(&plain, &plain_config), ERR_OK);
    assert_int_equal(subject_open(&node.net, &config), SUBJECT_TAKEN);
    subject_udp_server_close(&plain);
    assert_int_equal(subject_open(&node.net, &config), ERR_OK);
    subject_close(&node.net);
    subject_close(&node.net);
}

/* ---- handlers ------------------------------------------------------------------------------ */

static unsigned echoed;

static void echo(void *ctx, struct msgr *m, int peer, const void *data, size_t size)
{
    (void)ctx;
    echoed++;
    assert_true(msgr_send(m, peer, data, size, 0) > 0);
}

static void handlers_answer_within_the_turn(void **state)
{
    static const struct msgr_handlers handlers = {.message = echo};
    struct subject_net_config config;

    (void)state;
    echoed = 0;
    framed_start(ANY_FAMILY);
    config = (struct subject_net_config){.m = node.end.m, .listen = true, .handlers = &handlers};
    assert_int_equal(subject_open(&node.net, &config), ERR_OK);
    node.is_slow = true; /* nobody else pulls */
    framed_remote_calls(FRAMED_UDP);
    framed_pass(500);
    assert_int_equal(remote.end.ups, 1);
    framed_remote_sends(5, 64);
    framed_pass(100);
    assert_int_equal(echoed, 5);
    assert_int_equal(remote.end.received, 5);
    assert_int_equal(remote.end.outcomes[MSGR_OUTCOME_DELIVERED], 5);
    framed_stop();
}

/* ---- addresses as text --------------------------------------------------------------------- */

static void url_is_an_address_and_perhaps_a_port(void **state)
{
    static const char *const bad[] = {
        "",
        "udp:/",
        "http://10.77.0.100",
        "udp://",
        "udp://10.77.0.100:",
        "udp://:9999",
        "udp://10.77.0.100:0",
        "udp://10.77.0.100:65536",
        "udp://10.77.0.100:99x",
        "udp://10.77.0.100/x",
        "udp://fd77::100",
        "udp://[fd77::100",
        "udp://[fd77::100]x",
        "udp://[10.77.0.100]",
#if !SUBJECT_TAKES_ZONES
        "udp://[fe80::1%1]",
#endif
        "udp://0.0.0.0",
        "udp://224.0.0.1",
        "udp://255.255.255.255",
        "udp://[]"
    };

    (void)state;
    framed_start(ANY_FAMILY);
    framed_open(false);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int error = subject_connect_url(&node.net, bad[i]);
        assert_true(error == MSGR_ERROR_RANGE || (!LWIP_IPV4 && error == MSGR_ERROR_NAME));
    }
    assert_int_equal(subject_connect_url(&node.net, "tcp://bob.example"), MSGR_ERROR_NAME);
    remote.peer.own_port = ANY_FAMILY ? 9999 : 1234;
    assert_int_equal(
        subject_connect_url(&node.net, ANY_FAMILY ? "udp://[fd77::100]" : "udp://10.77.0.100:1234"),
        0);
    framed_up();
    for (int i = 1; i < SUBJECT_TARGETS; i++) {
        assert_int_equal(
            subject_connect_url(&node.net, ANY_FAMILY ? "udp://[fd77::3]" : "udp://10.77.0.3"), i);
    }
    assert_int_equal(
        subject_connect_url(&node.net, ANY_FAMILY ? "udp://[fd77::3]" : "udp://10.77.0.3"),
        MSGR_ERROR_FULL);
    framed_stop();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stack_setup, framed_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_go_both_ways),
        TEST(node_may_be_the_one_that_calls),
        TEST(longest_message_goes_both_ways),
        TEST(answers_leave_from_the_address_that_was_called),
        TEST(every_fifth_datagram_is_lost_each_way),
        TEST(answer_carries_the_acknowledgement),
        TEST(acknowledgement_does_not_wait_for_a_slow_application),
        TEST(slow_reader_closes_the_window_and_nothing_is_lost),
        TEST(each_call_of_lwip_may_fail),
        TEST(node_that_calls_bears_each_failure),
        TEST(node_without_memory_goes_on_when_there_is_some),
        TEST(lack_of_memory_is_tried_again_soon),
        TEST(remote_that_restarts_is_noticed_and_found_again),
        TEST(power_cut_of_the_remote_is_noticed_and_it_is_called_again),
        TEST(disconnected_node_calls_no_more),
        TEST(strangers_leave_no_state_and_get_no_more_than_they_sent),
        TEST(group_and_long_datagrams_are_dropped),
        TEST(plain_text_on_a_framed_port_is_dropped),
        TEST(both_may_call),
        TEST(who_is_linked_already_is_not_called_again),
        TEST(node_that_does_not_listen_answers_no_stranger),
        TEST(plain_and_framed_share_the_port),
        TEST(opening_needs_an_engine_and_a_free_port),
        TEST(handlers_answer_within_the_turn),
        TEST(url_is_an_address_and_perhaps_a_port),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
