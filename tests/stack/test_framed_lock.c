/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The framed transport where lwIP runs in an interrupt, which comes right before the lock is taken
 * and right after it is given back, at every call of every public function: the remote's datagrams
 * or segments arrive then, and timers run. lwIP itself says where it was called without the lock.
 */
#include "core_lock.h"
#include "families.h"
#include "framed.h"
#include "stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static unsigned depth; /* 0 or 1 */
static unsigned taken, given;
static bool is_interrupted;

/* Something arrives, or a timer runs. */
static void take_interrupt(void)
{
    static bool is_running;

    assert_int_equal(depth, 0);
    if (is_interrupted && !is_running) {
        is_running = true;
        depth = 1;
        stack_pass(1);
        framed_remote_turn();
        depth = 0;
        is_running = false;
    }
}

void core_lock(void)
{
    take_interrupt();
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
    is_interrupted = false;
    depth = 0;
    return in_core(stack_setup, state);
}

static int teardown(void **state)
{
    is_interrupted = false;
    return in_core(stack_teardown, state);
}

/* ---- the application ----------------------------------------------------------------------- */

static unsigned messages, outcomes, told;

static void note_event(void *ctx)
{
    (void)ctx;
    core_assert_locked();
    told++;
}

static void pull_once(bool *has_event)
{
    struct msgr_event event;

    CALL(*has_event = msgr_lwip_next(&node.net, &event));
    if (*has_event) {
        messages += event.type == MSGR_EVENT_MESSAGE;
        outcomes += event.type == MSGR_EVENT_OUTCOME;
    }
}

static void pull(void)
{
    bool has_event = true;

    for (int i = 0; i < 100 && has_event; i++) {
        pull_once(&has_event);
    }
}

static void talk(int peer)
{
    struct msgr_peer_info info;
    struct msgr_stats stats;
    int32_t message;
    bool is_there;

    CALL(message = msgr_lwip_send(&node.net, peer, "hello", 5, 0));
    assert_true(message > 0);
    CALL(message = msgr_lwip_send(&node.net, peer, "never mind", 10, 0));
    CALL((void)msgr_lwip_cancel(&node.net, message));
    CALL(is_there = msgr_lwip_peer_get(&node.net, peer, &info));
    assert_true(is_there);
    CALL(msgr_lwip_stats(&node.net, &stats));
    assert_true(msgr_send(remote.end.m, remote.end.peer, "world", 5, 0) > 0);
    for (int i = 0; i < 1000 && (messages < 1 || outcomes < 2); i++) {
        pull();
    }
    assert_int_equal(messages, 1);
    assert_int_equal(outcomes, 2);
}

static void interrupt_between_any_two_calls(bool is_stream, bool is_ipv6)
{
    struct msgr_lwip_config config;
    int peer;
    err_t err;

    messages = outcomes = told = 0;
    framed_start(is_ipv6);
    remote.ignores_texts = true;
    is_interrupted = true;
    config = (struct msgr_lwip_config){.m = node.end.m, .listen = true, .on_event = note_event};
    CALL(err = msgr_lwip_open(&node.net, &config));
    assert_int_equal(err, ERR_OK);
    is_interrupted = false;
    depth = 1;
    framed_remote_calls(is_stream);
    depth = 0;
    is_interrupted = true;
    CALL(peer = msgr_lwip_peer(&node.net, "bob"));
    for (int i = 0; i < 1000 && remote.end.ups == 0; i++) {
        pull();
    }
    assert_int_equal(remote.end.ups, 1);
    CALL(peer = msgr_lwip_peer_after(&node.net, -1));
    talk(peer);
    assert_true(told > 0);
    CALL(msgr_lwip_close(&node.net));
    CALL(msgr_lwip_close(&node.net));
    is_interrupted = false;
}

static void datagrams_come_between_any_two_calls(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        interrupt_between_any_two_calls(FRAMED_UDP, is_ipv6 != 0);
    }
}

static void segments_come_between_any_two_calls(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        interrupt_between_any_two_calls(FRAMED_TCP, is_ipv6 != 0);
    }
}

static void calling_and_hanging_up_takes_the_lock_once(void **state)
{
    struct msgr_lwip_config config;
    ip_addr_t address;
    int target;

    (void)state;
    framed_start(ANY_FAMILY);
    address = peer_address(&remote.peer);
    config = (struct msgr_lwip_config){.m = node.end.m};
    CALL((void)msgr_lwip_open(&node.net, &config));
    is_interrupted = true;
    CALL(target = msgr_lwip_connect(&node.net, MSGR_LWIP_TCP, &address, 0));
    assert_int_equal(target, 0);
    CALL(target = msgr_lwip_connect_url(&node.net, "udp://10.77.0.100"));
    assert_int_equal(target, 1);
    CALL(msgr_lwip_disconnect(&node.net, 0));
    CALL(msgr_lwip_disconnect(&node.net, 1));
    is_interrupted = false;
    CALL(msgr_lwip_close(&node.net));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(datagrams_come_between_any_two_calls),
        TEST(segments_come_between_any_two_calls),
        TEST(calling_and_hanging_up_takes_the_lock_once),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
