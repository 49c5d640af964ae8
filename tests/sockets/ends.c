/* SPDX-License-Identifier: BSD-3-Clause */
#include "ends.h"

#include "system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PATH_FORMAT "/tmp/msgr-ends-%d-%u"

struct end alice, bob;

static unsigned descriptors_before;

/* ---- beginning and end --------------------------------------------------------------------- */

static void fill_random(void *ctx, void *data, size_t size)
{
    struct end *end = ctx;
    uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        end->random = end->random * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(end->random >> 24);
    }
}

/* Of this process alone: others may run the same test. */
static uint16_t port_of(unsigned number)
{
    return (uint16_t)(20000u + (unsigned)getpid() * 2 % 20000u + number);
}

static void reset(struct end *end, const char *name, unsigned number)
{
    memset(end, 0, sizeof *end);
    end->name = name;
    end->identity = 0xA0 + number;
    end->port = port_of(number);
    end->random = number + 1;
    end->peer = -1;
}

int ends_setup(void **state)
{
    (void)state;
    system_reset();
    reset(&alice, "alice", 0);
    reset(&bob, "bob", 1);
    descriptors_before = system_descriptors();
    return 0;
}

int ends_cleanup(void **state)
{
    (void)state;
    (void)system_mend();
    ends_close(&alice);
    ends_close(&bob);
    return 0;
}

int ends_teardown(void **state)
{
    (void)ends_cleanup(state);
    system_wait_descriptors(descriptors_before);
    return 0;
}

static void open_engine(struct end *end)
{
    const struct msgr_config config = {.name = end->name,
                                       .identity = end->identity,
                                       .boot = end->identity << 8 | ++end->boot,
                                       .now_ms = system_now(),
                                       .peers = ENDS_PEERS,
                                       .random = fill_random,
                                       .ctx = end};

    assert_int_equal(msgr_open(&end->m, end->memory, sizeof end->memory, &config), 0);
}

int ends_open(struct end *end, bool listen)
{
    struct msgr_sockets_config config = end->config;
    int error;

    if (end->loop.fds == NULL) {
        error = msgr_loop_open(&end->loop, end->fds, sizeof end->fds / sizeof end->fds[0]);
        if (error != 0) {
            end->loop.fds = NULL;
            return error;
        }
    }
    open_engine(end);
    config.m = end->m;
    config.loop = &end->loop;
    config.port = end->port;
    config.listen = listen;
    error = msgr_sockets_open(&end->net, &config);
    end->is_open = error == 0;
    return error;
}

void ends_close(struct end *end)
{
    if (end->is_open) {
        msgr_sockets_close(&end->net);
        end->is_open = false;
    }
    if (end->loop.fds != NULL) {
        msgr_loop_close(&end->loop);
        end->loop.fds = NULL;
    }
}

void ends_restart(struct end *end)
{
    bool listens = end->net.config.listen;

    msgr_sockets_close(&end->net);
    end->is_open = false;
    end->peer = -1;
    end->sent = 0;
    end->delivered = end->not_delivered = end->unknown = 0;
    assert_int_equal(ends_open(end, listens), 0);
}

int ends_call(struct end *end, const char *scheme, const struct end *other)
{
    char url[128];

    if (strcmp(scheme, "unix") == 0) {
        (void)snprintf(url, sizeof url, "unix:%s", other->net.path);
    } else if (scheme[3] == '6') {
        (void)snprintf(url, sizeof url, "%.3s://[::1]:%u", scheme, other->port);
    } else {
        (void)snprintf(url, sizeof url, "%s://127.0.0.1:%u", scheme, other->port);
    }
    return msgr_sockets_connect_url(&end->net, url);
}

/* ---- messages ------------------------------------------------------------------------------ */

static void write_text(char *text, size_t size, unsigned number)
{
    char digits[12];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%u", number);

    memset(text, '.', size);
    memcpy(text, digits, count < size ? count : size);
}

static void take_message(struct end *end, const struct msgr_event *event)
{
    static char expected[MSGR_MESSAGE_MAX];
    char digits[12] = "";
    unsigned number;

    memcpy(digits, event->data, event->size < sizeof digits - 1 ? event->size : sizeof digits - 1);
    number = (unsigned)strtoul(digits, NULL, 10);
    if (end->may_skip) {
        assert_true(number >= end->received);
    } else {
        assert_int_equal(number, end->received);
    }
    write_text(expected, event->size, number);
    assert_memory_equal(event->data, expected, event->size);
    end->received = number + 1;
}

static void take_outcome(struct end *end, const struct msgr_event *event)
{
    end->delivered += event->outcome == MSGR_OUTCOME_DELIVERED;
    end->not_delivered += event->outcome == MSGR_OUTCOME_NOT_DELIVERED;
    end->unknown += event->outcome == MSGR_OUTCOME_UNKNOWN;
}

static void take_event(struct end *end, const struct msgr_event *event)
{
    switch (event->type) {
    case MSGR_EVENT_PEER_UP:
        end->peer = event->peer;
        end->ups++;
        break;
    case MSGR_EVENT_PEER_DOWN:
        end->downs++;
        break;
    case MSGR_EVENT_MESSAGE:
        take_message(end, event);
        break;
    case MSGR_EVENT_OUTCOME:
        take_outcome(end, event);
        break;
    case MSGR_EVENT_WRITABLE:
    default:
        break;
    }
}

unsigned ends_send(struct end *end, unsigned count, size_t size)
{
    static char text[MSGR_MESSAGE_MAX];
    unsigned accepted = 0;

    for (; accepted < count; accepted++) {
        write_text(text, size, end->sent);
        if (msgr_sockets_send(&end->net, end->peer, text, size, 0) < 0) {
            break;
        }
        end->sent++;
    }
    return accepted;
}

/* ---- time ---------------------------------------------------------------------------------- */

static void turn(struct end *end)
{
    struct msgr_event event;

    if (!end->is_open) {
        return;
    }
    (void)msgr_loop_turn(&end->loop, 0);
    while (!end->is_slow && msgr_sockets_next(&end->net, &event)) {
        take_event(end, &event);
    }
}

/* What crosses the loopback interface does so at once; a few turns answer each other. */
void ends_settle(void)
{
    for (int i = 0; i < 6; i++) {
        turn(&alice);
        turn(&bob);
    }
}

void ends_pass(uint32_t ms)
{
    for (; ms > 0; ms--) {
        system_pass(1);
        turn(&alice);
        turn(&bob);
    }
    ends_settle();
}

static bool are_up(void)
{
    return alice.peer >= 0 && bob.peer >= 0;
}

void ends_up(void)
{
    for (int ms = 0; ms < 30000 && !are_up(); ms += 10) {
        ends_pass(10);
    }
    assert_true(are_up());
}

static bool is_all_delivered(const struct end *end)
{
    return end->delivered == end->sent;
}

void ends_deliver_all(uint32_t ms)
{
    for (uint32_t passed = 0; passed < ms && !(is_all_delivered(&alice) && is_all_delivered(&bob));
         passed++) {
        ends_pass(1);
    }
    assert_int_equal(alice.delivered, alice.sent);
    assert_int_equal(bob.delivered, bob.sent);
    assert_int_equal(alice.received, bob.sent);
    assert_int_equal(bob.received, alice.sent);
}

static bool is_finished(const struct end *end)
{
    return end->delivered + end->not_delivered + end->unknown == end->sent;
}

void ends_finish(uint32_t ms)
{
    for (uint32_t passed = 0; passed < ms && !(is_finished(&alice) && is_finished(&bob));
         passed++) {
        ends_pass(1);
    }
    assert_true(is_finished(&alice) && is_finished(&bob));
    assert_true(alice.delivered <= bob.received);
    assert_true(bob.delivered <= alice.received);
}
