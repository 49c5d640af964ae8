/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The plain transports where lwIP runs in an interrupt. It comes right before the lock is taken and
 * right after it is given back, at every call of every public function, and lwIP works then: what
 * other nodes send arrives, and timers run out. lwIP itself says where it was called without the
 * lock (LWIP_ASSERT_CORE_LOCKED).
 */
#include "core_lock.h"
#include "events.h"
#include "families.h"
#include "faults.h"
#include "peer.h"
#include "stack.h"

#include "msgr/lwip_plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ACK_TEXT "Message received: Hello, server. Thank you."

static struct msgr_plain_tcp_server tcp_server;
static struct msgr_plain_tcp_connection connections[2];
static struct msgr_plain_udp_server udp_server;
static struct msgr_plain_tcp_client tcp_client;
static struct msgr_plain_udp_client udp_client;
static char tcp_buffer[200], udp_buffer[200];
static int is_ipv6;

/* ---- the lock ------------------------------------------------------------------------------ */

static unsigned depth; /* 0 or 1 */
static unsigned taken, given;
static void (*interrupt)(void); /* NULL: none comes */

static void take_interrupt(void)
{
    assert_int_equal(depth, 0);
    if (interrupt != NULL) {
        depth = 1;
        interrupt();
        depth = 0;
    }
}

void core_lock(void)
{
    take_interrupt(); /* a handler that took the lock would fail here */
    depth = 1;
    taken++;
}

void core_unlock(void)
{
    assert_int_equal(depth, 1);
    depth = 0;
    given++;
    take_interrupt();
}

void core_assert_locked(void)
{
    assert_int_equal(depth, 1);
}

/* A public function takes the lock once and gives it back, whatever comes of it. */
#define CALL(call)                                                                                 \
    do {                                                                                           \
        unsigned before = taken;                                                                   \
        call;                                                                                      \
        assert_int_equal(taken, before + 1);                                                       \
        assert_int_equal(given, taken);                                                            \
        assert_int_equal(depth, 0);                                                                \
    } while (0)

/* The bench, too, calls lwIP in its context. */
static int in_core(int (*function)(void **), void **state)
{
    int result;

    assert_int_equal(depth, 0);
    depth = 1;
    result = function(state);
    depth = 0;
    return result;
}

static int group_setup(void **state)
{
    return in_core(stack_group_setup, state);
}

static int setup(void **state)
{
    interrupt = NULL;
    depth = 0;
    return in_core(stack_setup, state);
}

static int teardown(void **state)
{
    interrupt = NULL;
    return in_core(stack_teardown, state);
}

/* ---- what arrives -------------------------------------------------------------------------- */

static struct peer caller, tcp_remote, udp_remote;
static unsigned totals[MSGR_PLAIN_EVENT_ENDED + 1];
static unsigned done; /* exchanges of the clients that ended well */

static void count_event(void *arg, const struct msgr_plain_event *event)
{
    core_assert_locked();
    totals[event->type]++;
    if (arg != NULL && event->type == MSGR_PLAIN_EVENT_ENDED && event->reason == MSGR_PLAIN_DONE) {
        done++;
    }
}

static void connect_caller(void)
{
    peer_open(&caller, is_ipv6 != 0);
    (void)peer_connect(&caller);
}

static void caller_says(void)
{
    peer_say(&caller, "Hello");
}

static void caller_ends(void)
{
    peer_fin(&caller);
}

static void caller_resets(void)
{
    peer_reset(&caller);
}

static void ask_over_udp(void)
{
    struct peer peer;

    peer_open(&peer, is_ipv6 != 0);
    peer_datagram(&peer, "Hello", 5);
}

static const char *remote_address(void)
{
    return is_ipv6 ? "fd77::50" : "10.77.0.50";
}

static void accept_client(void)
{
    if (tcp_client.pcb == NULL || tcp_client.pcb->state != SYN_SENT) {
        return;
    }
    peer_open(&tcp_remote, is_ipv6 != 0);
    peer_at(&tcp_remote, remote_address());
    stack_discard();
    stack_pass_retransmission();
    if (tcp_client.pcb != NULL && stack_waiting() > 0) {
        peer_accept(&tcp_remote);
    }
}

static void acknowledge_over_tcp(void)
{
    peer_listen(&tcp_remote);
    peer_say(&tcp_remote, ACK_TEXT);
}

static void acknowledge_over_udp(void)
{
    if (udp_client.pcb != NULL) {
        peer_open(&udp_remote, is_ipv6 != 0);
        peer_at(&udp_remote, remote_address());
        udp_remote.own_port = 9999;
        udp_remote.other_port = udp_client.pcb->local_port;
        peer_datagram(&udp_remote, ACK_TEXT, strlen(ACK_TEXT));
    }
}

static void run_quiet_timers(void)
{
    stack_pass(MSGR_PLAIN_QUIET_MS + 1);
}

static void run_all_timers(void)
{
    stack_pass(MSGR_PLAIN_TIMEOUT_MS + 500);
}

static void (*const arrivals[])(void) = {
    connect_caller, caller_says,          ask_over_udp,         run_quiet_timers, accept_client,
    caller_ends,    acknowledge_over_tcp, acknowledge_over_udp, caller_resets,    run_all_timers};

#define ARRIVALS (sizeof arrivals / sizeof arrivals[0])

static size_t next_arrival, arrivals_at_once;

static void work(void)
{
    for (size_t i = 0; i < arrivals_at_once; i++) {
        arrivals[next_arrival]();
        next_arrival = (next_arrival + 1) % ARRIVALS;
    }
    stack_discard();
}

/* ---- the calls ----------------------------------------------------------------------------- */

static struct msgr_plain_request request_of(char *buffer, size_t size)
{
    struct msgr_plain_request request = {
        .text = "Hello, server",
        .size = 13,
        .buffer = buffer,
        .buffer_size = size,
        .handler = count_event,
        .arg = buffer,
    };

    assert_true(ipaddr_aton(remote_address(), &request.address));
    return request;
}

/* A server that failed to open has nothing to be closed; to close it is allowed. */
static void call_everything(void)
{
    struct msgr_plain_request over_tcp = request_of(tcp_buffer, sizeof tcp_buffer);
    struct msgr_plain_request over_udp = request_of(udp_buffer, sizeof udp_buffer);

    CALL((void)msgr_plain_tcp_server_open(
        &tcp_server, &(struct msgr_plain_tcp_config){
                         .connections = connections,
                         .connection_count = sizeof connections / sizeof connections[0],
                         .handler = count_event,
                     }));
    CALL((void)msgr_plain_udp_server_open(&udp_server,
                                          &(struct msgr_plain_udp_config){.handler = count_event}));
    CALL((void)msgr_plain_tcp_send(&tcp_client, &over_tcp));
    take_interrupt();
    CALL((void)msgr_plain_udp_send(&udp_client, &over_udp));
    take_interrupt();
    CALL(msgr_plain_tcp_cancel(&tcp_client));
    CALL(msgr_plain_udp_cancel(&udp_client));
    CALL(msgr_plain_tcp_server_stop(&tcp_server));
    CALL(msgr_plain_udp_server_close(&udp_server));
    CALL(msgr_plain_tcp_server_close(&tcp_server));
    assert_null(tcp_server.listener);
    assert_null(udp_server.pcb);
    assert_null(tcp_client.pcb);
    assert_null(udp_client.pcb);
}

/* Everything arrives at every point. */
static void call_everything_with_each_arrival_first(size_t at_once)
{
    arrivals_at_once = at_once;
    for (size_t first = 0; first < ARRIVALS; first++) {
        next_arrival = first;
        interrupt = work;
        call_everything();
        interrupt = NULL;
    }
}

/* ---- tests --------------------------------------------------------------------------------- */

static void lwip_may_work_before_and_after_every_call(void **state)
{
    memset(totals, 0, sizeof totals);
    done = 0;
    for (is_ipv6 = FAMILY_FIRST; is_ipv6 <= FAMILY_LAST; is_ipv6++) {
        for (size_t at_once = 1; at_once <= ARRIVALS; at_once++) {
            call_everything_with_each_arrival_first(at_once);
            (void)in_core(stack_teardown, state);
        }
    }
    for (size_t type = 0; type < sizeof totals / sizeof totals[0]; type++) {
        if (type != MSGR_PLAIN_EVENT_REFUSED && type != MSGR_PLAIN_EVENT_UNANSWERED) {
            assert_true(totals[type] > 0);
        }
    }
    assert_true(done > 0);
}

static void call_that_fails_gives_the_lock_back(void **state)
{
    for (size_t first = 0; first < ARRIVALS; first++) {
        is_ipv6 = NTH_FAMILY((int)first);
        for (unsigned k = 1; faults_arm(k); k++) {
            arrivals_at_once = 1 + k % ARRIVALS;
            next_arrival = first;
            interrupt = work;
            call_everything();
            interrupt = NULL;
            stack_discard();
        }
        (void)in_core(stack_teardown, state);
    }
}

static void refused_call_gives_the_lock_back(void **state)
{
    struct msgr_plain_request request = request_of(tcp_buffer, sizeof tcp_buffer);
    err_t err;

    (void)state;
    CALL(err = msgr_plain_tcp_server_open(&tcp_server, &(struct msgr_plain_tcp_config){.port = 1}));
    assert_int_equal(err, ERR_ARG);
    request.size = 65536;
    CALL(err = msgr_plain_udp_send(&udp_client, &request));
    assert_int_equal(err, ERR_ARG);
    ip_addr_set_any(is_ipv6, &request.address);
    CALL(err = msgr_plain_tcp_send(&tcp_client, &request));
    assert_int_not_equal(err, ERR_OK);
    request.size = 1;
    CALL(err = msgr_plain_udp_send(&udp_client, &request));
    assert_int_not_equal(err, ERR_OK);
}

static void stop_when_answered(void *arg, const struct msgr_plain_event *event)
{
    count_event(arg, event);
    if (event->type == MSGR_PLAIN_EVENT_ANSWERED) {
        msgr_plain_tcp_server_stop_locked(&tcp_server);
    }
}

static void handler_stops_its_server_under_the_lock(void **state)
{
    err_t err;

    (void)state;
    is_ipv6 = ANY_FAMILY;
    CALL(err = msgr_plain_tcp_server_open(&tcp_server, &(struct msgr_plain_tcp_config){
                                                           .connections = connections,
                                                           .connection_count = 2,
                                                           .handler = stop_when_answered,
                                                       }));
    assert_int_equal(err, ERR_OK);
    interrupt = connect_caller;
    take_interrupt();
    interrupt = caller_says;
    take_interrupt();
    interrupt = NULL;
    assert_null(tcp_server.listener);
    peer_expect(&caller, "Message received: Hello. Thank you.");
    CALL(msgr_plain_tcp_server_stop(&tcp_server));
    CALL(msgr_plain_tcp_server_close(&tcp_server));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lwip_may_work_before_and_after_every_call, setup, teardown),
        cmocka_unit_test_setup_teardown(call_that_fails_gives_the_lock_back, setup, teardown),
        cmocka_unit_test_setup_teardown(refused_call_gives_the_lock_back, setup, teardown),
        cmocka_unit_test_setup_teardown(handler_stops_its_server_under_the_lock, setup, teardown),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
