/* SPDX-License-Identifier: BSD-3-Clause */
/* The framed protocol over TCP on lwIP; the other end is an engine behind the scripted peer. */
#include "families.h"
#include "faults.h"
#include "framed.h"
#include "stack.h"

#include "lwip/memp.h"
#include "lwip/stats.h"
#include "lwip/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void up_as_responder(void)
{
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_TCP);
    framed_up();
}

/* Time passes until the node's SYN comes. @return how long that took */
static uint32_t await_call(void)
{
    uint32_t before = stack_now();

    while (stack_waiting() == 0) {
        assert_true(stack_now() - before < 60000);
        stack_pass(1);
        framed_pull();
    }
    framed_remote_accepts();
    return stack_now() - before;
}

static void up_as_initiator(void)
{
    framed_start(ANY_FAMILY);
    framed_open(false);
    assert_true(framed_node_calls(FRAMED_TCP) >= 0);
    (void)await_call();
    framed_up();
}

static void messages_go_both_ways(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        framed_start_open(is_ipv6 != 0);
        framed_remote_calls(FRAMED_TCP);
        framed_up();
        framed_node_sends(3, 64);
        framed_remote_sends(3, 64);
        framed_deliver_all(2000);
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
        assert_true(framed_node_calls(FRAMED_TCP) >= 0);
        (void)await_call();
        framed_up();
        framed_node_sends(3, 64);
        framed_remote_sends(3, 64);
        framed_deliver_all(2000);
        framed_stop();
    }
}

static void longest_message_goes_both_ways(void **state)
{
    (void)state;
    up_as_responder();
    framed_node_sends(2, 4096);
    framed_remote_sends(2, 4096);
    framed_deliver_all(10000);
    framed_stop();
}

static void every_fifth_segment_is_lost_each_way(void **state)
{
    (void)state;
    up_as_responder();
    remote.lose = 5;
    framed_node_sends(100, 64);
    framed_remote_sends(100, 64);
    framed_deliver_all(300000);
    framed_stop();
}

static void frames_may_come_byte_by_byte(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    remote.is_bytewise = true;
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    framed_remote_sends(3, 500);
    framed_deliver_all(20000);
    framed_stop();
}

/* A frame that is never whole does not take a pool buffer for each of its bytes. */
static void half_a_frame_takes_few_pbufs(void **state)
{
    uint8_t frame[300] = {0x69, 0x84, 0x00}; /* DATA, 1024 bytes */
    uint32_t before;

    (void)state;
    up_as_responder();
    before = (uint32_t)lwip_stats.memp[MEMP_PBUF_POOL]->used;
    for (size_t i = 0; i < sizeof frame; i++) {
        peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, &frame[i], 1);
    }
    stack_pass(500);
    peer_listen(&remote.peer);
    assert_int_equal(remote.peer.acked, remote.peer.next);
    assert_int_equal(subject_held(&node.net), sizeof frame);
    assert_true(lwip_stats.memp[MEMP_PBUF_POOL]->used <= before + 5);
    framed_stop();
}

#if SUBJECT_OPENS_WINDOW
static void held_bytes_keep_the_window_closed(void **state)
{
    static uint8_t frame[1150] = {0x69, 0x84, 0x7F};
    uint16_t before;

    (void)state;
    up_as_responder();
    before = node.net.link[0].pcb->rcv_wnd;
    peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, frame, sizeof frame);
    assert_int_equal(node.net.link[0].pcb->rcv_wnd, before - sizeof frame);
    framed_stop();
}
#endif

static void oversized_length_closes_the_connection(void **state)
{
    static const uint8_t frame[] = {0x69, 0x84, 0xFF, 0, 0, 0, 0, 0};

    (void)state;
    up_as_responder();
    peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, frame, sizeof frame);
    framed_pull();
    peer_listen(&remote.peer);
    assert_true(remote.peer.has_fin);
    assert_false(node.net.link[0].is_used);
    peer_fin(&remote.peer);
    framed_stop();
}

static void plain_text_on_a_framed_port_closes_the_connection(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    assert_true(peer_connect(&remote.peer));
    peer_say(&remote.peer, "Hello, server");
    assert_true(remote.peer.has_fin);
    peer_fin(&remote.peer);
    assert_false(node.net.link[0].is_used);
    framed_stop();
}

static void connection_without_hello_is_closed(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    assert_true(peer_connect(&remote.peer));
    stack_pass(4900);
    peer_listen(&remote.peer);
    assert_false(remote.peer.has_fin || remote.peer.has_reset);
    stack_pass(200);
    peer_listen(&remote.peer);
    assert_true(remote.peer.has_fin || remote.peer.has_reset);
    framed_stop();
}

static void slow_reader_closes_the_window_and_nothing_is_lost(void **state)
{
    (void)state;
    up_as_responder();
    node.is_slow = true;
    for (int i = 0; i < 100; i++) {
        (void)framed_remote_offers(200);
        framed_pass(5);
    }
    framed_pass(2000);
    assert_true(remote.end.sent > 10);
    assert_int_equal(remote.end.outcomes[MSGR_OUTCOME_DELIVERED], 0);
    node.is_slow = false;
    framed_deliver_all(20000);
    framed_stop();
}

static void closed_window_of_the_remote_holds_output_back(void **state)
{
    (void)state;
    up_as_responder();
    remote.peer.window = 0;
    peer_ack(&remote.peer);
    remote.end.received = 0;
    for (int i = 0; i < 20; i++) {
        uint8_t text[4096] = {0};
        (void)subject_send(&node.net, node.end.peer, text, sizeof text, 60000);
    }
    stack_pass(1000);
    assert_true(tcp_sndbuf(subject_pcb(&node.net)) < MSGR_DATAGRAM_MAX);
    framed_stop();
}

/* ---- the end of a connection --------------------------------------------------------------- */

static void fin_is_answered_and_the_node_calls_again(void **state)
{
    (void)state;
    up_as_initiator();
    for (int i = 0; i < 4; i++) { /* who was there is called again as soon as the first time */
        uint32_t waited;
        peer_fin(&remote.peer);
        framed_pull();
        peer_listen(&remote.peer);
        assert_true(remote.peer.has_fin);
        peer_ack(&remote.peer);
        framed_remote_loses_link();
        waited = await_call();
        assert_in_range(waited, 70, 110);
        framed_pass(50);
    }
    framed_node_sends(2, 64);
    framed_remote_sends(2, 64);
    framed_deliver_all(5000);
    framed_stop();
}

static void fin_behind_half_a_frame_ends_the_link(void **state)
{
    (void)state;
    up_as_responder();
    peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH | TCP_FLAG_FIN, "\x69\x40xyz", 5);
    framed_pull();
    peer_listen(&remote.peer);
    assert_true(remote.peer.has_fin);
    assert_false(node.net.link[0].is_used);
    peer_ack(&remote.peer);
    framed_stop();
}

static void reset_makes_the_node_call_again(void **state)
{
    (void)state;
    up_as_initiator();
    framed_node_sends(1, 64); /* under way when the connection goes */
    stack_discard();
    peer_reset(&remote.peer);
    framed_remote_loses_link();
    assert_true(await_call() <= 110);
    framed_node_sends(2, 64);
    framed_deliver_all(10000);
    framed_stop();
}

static void refused_calls_are_repeated_ever_more_slowly(void **state)
{
    uint32_t last = 0, times = 0;

    (void)state;
    framed_start(ANY_FAMILY);
    framed_open(false);
    assert_true(framed_node_calls(FRAMED_TCP) >= 0);
    for (uint32_t at = 0; at < 60000; at++) {
        if (stack_waiting() > 0) {
            struct peer *peer = &remote.peer;
            peer_open(peer, ANY_FAMILY);
            peer_accept(peer);
            peer_reset(peer);
            times++;
            last = at;
        }
        stack_pass(1);
    }
    assert_in_range(times, 15, 30);
    assert_true(last > 50000); /* at the heartbeat interval, and no more slowly */
    framed_stop();
}

/* Another node has the node's name already. */
static void refused_hello_is_repeated_at_the_heartbeat_interval(void **state)
{
    (void)state;
    framed_start(ANY_FAMILY);
    framed_remote_is_called("alice");
    framed_open(false);
    assert_true(framed_node_calls(FRAMED_TCP) >= 0);
    (void)await_call();
    framed_pass(50);
    assert_int_equal(remote.link, -1);
    assert_true(await_call() > MSGR_HEARTBEAT_MS / 2);
    framed_stop();
}

static void call_that_nobody_answers_is_given_up_and_repeated(void **state)
{
    unsigned times;

    (void)state;
    framed_start(ANY_FAMILY);
    framed_open(false);
    assert_true(framed_node_calls(FRAMED_TCP) >= 0);
    stack_pass(30000);
    times = node.net.counters.attempts;
    assert_in_range(times, 4, 7);
    stack_discard();
    while (node.net.counters.attempts == times) {
        stack_discard();
        stack_pass(1);
    }
    (void)await_call();
    framed_up();
    framed_stop();
}

static void power_cut_of_the_remote_is_noticed_and_it_is_called_again(void **state)
{
    uint32_t attempts;

    (void)state;
    up_as_initiator();
    remote.is_dead = true;
    framed_pass(20000);
    assert_int_equal(node.end.downs, 1);
    framed_remote_restarts();
    attempts = node.net.counters.attempts;
    while (node.net.counters.attempts == attempts) {
        stack_discard();
        stack_pass(1);
    }
    (void)await_call();
    framed_up();
    framed_node_sends(1, 64);
    framed_pass(1000);
    assert_int_equal(remote.end.received, 1);
    framed_stop();
}

static void more_connections_than_links_are_reset(void **state)
{
    static struct peer peer[3];

    (void)state;
    framed_start_open(ANY_FAMILY);
    for (int i = 0; i < 3; i++) {
        peer_open(&peer[i], ANY_FAMILY);
        assert_true(peer_connect(&peer[i]));
        assert_false(peer[i].has_reset);
    }
    for (int i = 0; i < 3; i++) {
        peer_reset(&peer[i]);
        assert_false(node.net.link[i].is_used);
    }
    framed_stop();
}

static void disconnected_node_calls_no_more(void **state)
{
    (void)state;
    up_as_initiator();
    subject_disconnect(&node.net, 0);
    peer_listen(&remote.peer);
    assert_true(remote.peer.has_fin);
    peer_fin(&remote.peer);
    stack_pass(60000);
    assert_int_equal(stack_waiting(), 0);
    framed_stop();
}

/* ---- failures of lwIP's -------------------------------------------------------------------- */

/* Until it is up: a connection that could not be made, or was reset, is made again. */
static void call_until_up(void)
{
    for (int i = 0; i < 100 && (node.end.peer < 0 || remote.end.peer < 0); i++) {
        if (remote.link < 0) {
            remote.is_stream = true;
            peer_open(&remote.peer, ANY_FAMILY);
            remote.used = remote.out = 0;
            if (!peer_connect(&remote.peer)) {
                framed_pass(100);
                continue;
            }
            remote.link = msgr_link_connect(remote.end.m, stack_now(), MSGR_LINK_STREAM);
        }
        framed_pass(100);
    }
    assert_true(node.end.peer >= 0 && remote.end.peer >= 0);
}

static void each_call_of_lwip_may_fail(void **state)
{
    (void)state;
    for (unsigned k = 1; faults_arm(k); k++) {
        framed_start(ANY_FAMILY);
        struct subject_net_config config = {.m = node.end.m, .listen = true};
        if (subject_open(&node.net, &config) != ERR_OK) {
            assert_true(faults_has_struck());
            framed_open(true);
        }
        call_until_up();
        framed_node_sends(3, 1500);
        framed_remote_sends(3, 1500);
        framed_deliver_all(20000);
        peer_fin(&remote.peer);
        framed_pass(1000);
        framed_stop();
        stack_pass_time_wait();
        stack_discard();
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
        assert_true(framed_node_calls(FRAMED_TCP) >= 0);
        (void)await_call();
        for (int i = 0; i < 20 && node.end.peer < 0; i++) {
            framed_pass(100);
            if (remote.link < 0 && stack_waiting() > 0) {
                (void)await_call();
            }
        }
        framed_node_sends(2, 64);
        framed_remote_sends(2, 64);
        framed_deliver_all(10000);
        framed_stop();
        stack_pass_time_wait();
        stack_discard();
    }
    faults_off();
}

/* Not only when lwIP asks again, after 500 ms. */
static void lack_of_memory_is_tried_again_soon(void **state)
{
    (void)state;
    up_as_responder();
    framed_pass(100);
    node.is_slow = true; /* who asks has it tried again each time */
    assert_true(faults_arm_all_from(1));
    framed_node_sends(1, 64);
    assert_true(node.net.counters.no_memory > 0);
    faults_off();
    framed_pass(SUBJECT_STREAM_RETRY_MS);
    assert_int_equal(remote.end.received, 1);
    framed_stop();
}

/* ---- together with the plain server -------------------------------------------------------- */

static struct subject_tcp_server plain;
static struct subject_tcp_connection connections[2];

static void open_shared(uint8_t count)
{
    struct subject_tcp_server_config plain_config = {.connections = connections,
                                                     .connection_count = count};
    struct subject_net_config config;

    framed_start(ANY_FAMILY);
    assert_int_equal(subject_tcp_server_open(&plain, &plain_config), ERR_OK);
    config = (struct subject_net_config){.m = node.end.m, .listen = true, .plain_tcp = &plain};
    assert_int_equal(subject_open(&node.net, &config), ERR_OK);
}

static void close_shared(void)
{
    framed_stop();
    subject_tcp_server_close(&plain);
}

static void plain_and_framed_share_the_port(void **state)
{
    static struct peer asker;

    (void)state;
    open_shared(1); /* framed connections do not use it up */
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    assert_int_equal(plain.open_count, 0);
    for (int i = 0; i < 3; i++) {
        framed_node_sends(1, 64);
        peer_open(&asker, ANY_FAMILY);
        assert_true(peer_connect(&asker));
        subject_hear(&asker, "hi");
        peer_expect(&asker, "Message received: hi. Thank you.");
        peer_fin(&asker);
        framed_remote_sends(1, 64);
        framed_pass(50);
    }
    framed_deliver_all(30000);
    close_shared();
}

static void shared_connection_may_begin_byte_by_byte(void **state)
{
    (void)state;
    open_shared(1);
    remote.is_bytewise = true;
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    framed_remote_sends(1, 64);
    framed_deliver_all(3000);
    close_shared();
}

#if SUBJECT_OPENS_WINDOW
/* What the plain server has taken is not counted again: HELLO comes in two pieces, and half a frame
 * behind it. */
static void shared_connection_opens_the_window_once(void **state)
{
    static const uint8_t frame[500] = {0x69, 0x84, 0x7F};
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size;
    int link;

    (void)state;
    open_shared(1);
    link = msgr_link_connect(remote.end.m, stack_now(), MSGR_LINK_STREAM);
    size = msgr_link_output(remote.end.m, link, stack_now(), data, sizeof data);
    assert_true(peer_connect(&remote.peer));
    peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, data, size - 1);
    memcpy(data + size, frame, sizeof frame);
    peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, data + size - 1, 1 + sizeof frame);
    framed_pull();
    assert_true(msgr_link_peer(node.end.m, 0) >= 0);
    assert_int_equal(node.net.link[0].pcb->rcv_wnd, TCP_WND - sizeof frame);
    close_shared();
}
#endif

static void shared_connection_bears_each_failure(void **state)
{
    (void)state;
    for (unsigned k = 1; k == 1 || faults_has_struck(); k++) {
        faults_off();
        open_shared(2); /* one may be half open for some time, when the SYN was not answered */
        assert_true(faults_arm(k) || k > 1);
        call_until_up();
        framed_node_sends(1, 64);
        framed_remote_sends(1, 64);
        framed_deliver_all(20000);
        close_shared();
        stack_pass_time_wait();
        stack_discard();
    }
    faults_off();
}

static void framed_stream_is_reset_when_the_engine_is_gone(void **state)
{
    (void)state;
    open_shared(1);
    framed_stop();
    assert_true(peer_connect(&remote.peer));
    peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, "\xF9MG\x01", 4);
    assert_true(remote.peer.has_reset);
    close_shared();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stack_setup, framed_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_go_both_ways),
        TEST(node_may_be_the_one_that_calls),
        TEST(longest_message_goes_both_ways),
        TEST(every_fifth_segment_is_lost_each_way),
        TEST(frames_may_come_byte_by_byte),
        TEST(half_a_frame_takes_few_pbufs),
#if SUBJECT_OPENS_WINDOW
        TEST(held_bytes_keep_the_window_closed),
#endif
        TEST(oversized_length_closes_the_connection),
        TEST(plain_text_on_a_framed_port_closes_the_connection),
        TEST(connection_without_hello_is_closed),
        TEST(slow_reader_closes_the_window_and_nothing_is_lost),
        TEST(closed_window_of_the_remote_holds_output_back),
        TEST(fin_is_answered_and_the_node_calls_again),
        TEST(fin_behind_half_a_frame_ends_the_link),
        TEST(reset_makes_the_node_call_again),
        TEST(refused_calls_are_repeated_ever_more_slowly),
        TEST(refused_hello_is_repeated_at_the_heartbeat_interval),
        TEST(call_that_nobody_answers_is_given_up_and_repeated),
        TEST(power_cut_of_the_remote_is_noticed_and_it_is_called_again),
        TEST(more_connections_than_links_are_reset),
        TEST(disconnected_node_calls_no_more),
        TEST(each_call_of_lwip_may_fail),
        TEST(node_that_calls_bears_each_failure),
        TEST(lack_of_memory_is_tried_again_soon),
        TEST(plain_and_framed_share_the_port),
        TEST(shared_connection_may_begin_byte_by_byte),
#if SUBJECT_OPENS_WINDOW
        TEST(shared_connection_opens_the_window_once),
#endif
        TEST(shared_connection_bears_each_failure),
        TEST(framed_stream_is_reset_when_the_engine_is_gone),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
