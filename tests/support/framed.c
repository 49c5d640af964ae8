/* SPDX-License-Identifier: BSD-3-Clause */
#include "framed.h"

#include "faults.h"
#include "stack.h"

#include "lwip/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define RTO_MS 1000

struct framed_node node;
struct framed_remote remote;

bool framed_node_opens;
uint32_t framed_remote_heartbeat_ms;
size_t framed_memory;

static uint64_t boots = 1;

/* ---- texts --------------------------------------------------------------------------------- */

static uint8_t byte_of(unsigned number, size_t at)
{
    return (uint8_t)(at < 4 ? number >> (8 * at) : number * 7 + (unsigned)at);
}

static void make_text(uint8_t *text, unsigned number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        text[i] = byte_of(number, i);
    }
}

static void check_text(const uint8_t *text, unsigned number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(text[i], byte_of(number, i));
    }
}

static unsigned number_of(const uint8_t *text)
{
    return text[0] | (unsigned)text[1] << 8 | (unsigned)text[2] << 16 | (unsigned)text[3] << 24;
}

/* The next one, or a later one. */
static void take_text(struct framed_end *end, const uint8_t *text, size_t size)
{
    unsigned number = end->received;

    if (end->may_skip) {
        assert_true(size >= 4);
        number = number_of(text);
        assert_true(number < FRAMED_LEDGER);
        for (size_t i = number; i < FRAMED_LEDGER; i++) {
            assert_false(end->taken[i]); /* twice, or out of order */
        }
    }
    check_text(text, number, size);
    if (number < FRAMED_LEDGER) {
        end->taken[number] = true;
    }
}

static void note_fate(struct framed_end *end, const struct msgr_event *event)
{
    end->outcomes[event->outcome]++;
    for (size_t i = 0; i < end->sent && i < FRAMED_LEDGER; i++) {
        if (end->handles[i] == event->message) {
            assert_int_equal(end->fates[i], FRAMED_NO_FATE);
            end->fates[i] = (uint8_t)(FRAMED_DELIVERED + (unsigned)event->outcome);
            end->handles[i] = 0; /* it may be given again */
        }
    }
}

static void note_handle(struct framed_end *end, int32_t message)
{
    if (end->sent < FRAMED_LEDGER) {
        end->handles[end->sent] = message;
    }
    end->sent++;
}

static void on_event(struct framed_end *end, const struct msgr_event *event)
{
    switch (event->type) {
    case MSGR_EVENT_MESSAGE:
        if (!remote.ignores_texts) {
            take_text(end, event->data, event->size);
        }
        end->received++;
        break;
    case MSGR_EVENT_OUTCOME:
        note_fate(end, event);
        break;
    case MSGR_EVENT_PEER_UP:
        end->ups++;
        end->peer = event->peer;
        break;
    case MSGR_EVENT_PEER_DOWN:
        end->downs++;
        break;
    default:
        break;
    }
}

/* ---- both ends ----------------------------------------------------------------------------- */

static void fill_random(void *ctx, void *data, size_t size)
{
    struct framed_end *end = ctx;
    uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        end->random = end->random * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(end->random >> 24);
    }
}

static uint64_t remote_identity(void)
{
    return framed_node_opens ? 0xB0B0000 : 0xB0B;
}

static void open_engine(struct framed_end *end, const char *name, uint64_t identity)
{
    struct msgr_config config = {.name = name,
                                 .identity = identity,
                                 .heartbeat_ms =
                                     end == &remote.end ? framed_remote_heartbeat_ms : 0,
                                 .boot = boots++,
                                 .now_ms = stack_now(),
                                 .random = fill_random,
                                 .ctx = end};

    end->random = (uint32_t)config.boot;
    end->peer = -1;
    assert_int_equal(msgr_open(&end->m, end->memory,
                               framed_memory != 0 ? framed_memory : sizeof end->memory, &config),
                     0);
}

static void open_end(struct framed_end *end, const char *name, uint64_t identity)
{
    memset(end, 0, sizeof *end);
    open_engine(end, name, identity);
}

/* What it has been told of its messages it knows no more; the test does. */
static void reopen_engine(struct framed_end *end, const char *name, uint64_t identity)
{
    memset(end->handles, 0, sizeof end->handles);
    open_engine(end, name, identity);
}

#if !MSGR_SOCKETS_LWIP
static void count_told(void *ctx)
{
    (void)ctx;
    node.told++;
}
#endif

void framed_start(bool is_ipv6)
{
    memset(&node, 0, sizeof node);
    memset(&remote, 0, sizeof remote);
    open_end(&node.end, "alice", 0xA11CE);
    open_end(&remote.end, "bob", remote_identity());
    remote.link = -1;
    peer_open(&remote.peer, is_ipv6);
}

void framed_remote_is_called(const char *name)
{
    open_end(&remote.end, name, remote_identity());
}

void framed_open(bool listen)
{
    struct subject_net_config config = {.m = node.end.m, .listen = listen};

#if !MSGR_SOCKETS_LWIP
    config.on_event = count_told;
#endif
    assert_int_equal(subject_open(&node.net, &config), ERR_OK);
}

void framed_start_open(bool is_ipv6)
{
    framed_start(is_ipv6);
    framed_open(true);
}

void framed_stop(void)
{
    weather_end();
    subject_close(&node.net);
    stack_discard();
}

int framed_teardown(void **state)
{
    faults_off();
    if (node.net.is_open) {
        framed_stop();
    }
    return stack_teardown(state);
}

void framed_pull(void)
{
    struct msgr_event event;

    while (subject_next(&node.net, &event)) {
        on_event(&node.end, &event);
    }
}

/* ---- the remote ---------------------------------------------------------------------------- */

static bool is_lost(unsigned *count)
{
    return remote.is_dead || (remote.lose != 0 && ++*count % remote.lose == 0);
}

static void drop_link(void)
{
    msgr_link_down(remote.end.m, remote.link, stack_now());
    remote.link = -1;
}

static void take_stranger(void)
{
    uint8_t answer[MSGR_ANSWER_MAX];
    size_t size;

    remote.link = msgr_link_stranger(remote.end.m, stack_now(), "node", 4, remote.peer.data,
                                     remote.peer.received, answer, &size);
    if (size > 0 && !is_lost(&remote.count_out)) {
        peer_datagram(&remote.peer, answer, size);
    }
}

static bool take_datagrams(void)
{
    bool has_come = false;

    if (stack_waiting() == 0) {
        return false;
    }
    while (peer_take_datagram(&remote.peer)) {
        has_come = true;
        if (is_lost(&remote.count_in)) {
            continue;
        }
        if (remote.link < 0) {
            take_stranger();
        } else {
            (void)msgr_link_input(remote.end.m, remote.link, stack_now(), remote.peer.data,
                                  remote.peer.received);
        }
    }
    return has_come;
}

/* What lwIP has acknowledged goes; what it has not within RTO_MS is sent again. */
static void look_at_acks(void)
{
    struct peer *peer = &remote.peer;
    size_t left = peer->next - peer->acked;

    if (left < remote.out) {
        memmove(remote.unacked, remote.unacked + remote.out - left, left);
        remote.out = left;
        remote.moved = stack_now();
    }
    if (remote.out > 0 && stack_now() - remote.moved >= RTO_MS) {
        size_t size = remote.out < 1400 ? remote.out : 1400;
        remote.moved = stack_now();
        if (!is_lost(&remote.count_out)) {
            peer_segment_ahead(peer, (size_t)0 - remote.out, TCP_FLAG_ACK | TCP_FLAG_PSH,
                               remote.unacked, size);
        }
    }
}

static bool take_stream(void)
{
    struct peer *peer = &remote.peer;
    size_t before = peer->received;
    size_t had = stack_waiting();

    if (had > 0 && is_lost(&remote.count_in)) {
        struct packet packet;
        (void)stack_take(&packet);
    }
    peer_listen(peer);
    look_at_acks();
    if (remote.link >= 0 && peer->received > remote.used) {
        remote.used += msgr_link_input(remote.end.m, remote.link, stack_now(),
                                       peer->data + remote.used, peer->received - remote.used);
    }
    if (peer->received != before || (peer->has_fin && remote.link >= 0 && !peer->is_cut)) {
        peer_ack(peer);
    }
    if (peer->received == remote.used) {
        peer->received = 0;
        remote.used = 0;
    }
    if (remote.link >= 0 && (peer->has_reset || peer->has_fin || peer->is_cut)) {
        drop_link();
    }
    return had > 0;
}

static void send_bytes(const uint8_t *data, size_t size)
{
    struct peer *peer = &remote.peer;

    assert_true(remote.out + size <= sizeof remote.unacked);
    memcpy(remote.unacked + remote.out, data, size);
    if (remote.out == 0) {
        remote.moved = stack_now();
    }
    remote.out += size;
    for (size_t at = 0; remote.is_bytewise && at < size && !peer->is_cut; at++) {
        peer_segment(peer, TCP_FLAG_ACK | TCP_FLAG_PSH, data + at, 1);
        stack_pass(1);
    }
    if (remote.is_bytewise) {
        return;
    }
    if (is_lost(&remote.count_out)) {
        peer->next += (uint32_t)size;
    } else {
        peer_segment(peer, TCP_FLAG_ACK | TCP_FLAG_PSH, data, size);
    }
}

static bool may_send(void)
{
    /* The window of the node's. */
    return !remote.is_stream ||
           (!remote.peer.is_cut && (remote.out == 0 || remote.out + MSGR_DATAGRAM_MAX <= TCP_WND));
}

static bool give_output(void)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    bool has_sent = false;
    size_t size;

    while (remote.link >= 0 && may_send()) {
        size = msgr_link_output(remote.end.m, remote.link, stack_now(), data, sizeof data);
        if (size == 0) {
            break;
        }
        has_sent = true;
        if (remote.is_stream) {
            send_bytes(data, size);
        } else if (!is_lost(&remote.count_out)) {
            peer_datagram(&remote.peer, data, size);
        }
    }
    if (remote.link >= 0 && msgr_link_is_over(remote.end.m, remote.link)) {
        if (remote.is_stream) {
            peer_fin(&remote.peer);
        }
        drop_link();
    }
    return has_sent;
}

static void pull_remote(void)
{
    struct msgr_event event;

    while (msgr_next(remote.end.m, &event)) {
        on_event(&remote.end, &event);
    }
}

bool framed_remote_turn(void)
{
    bool is_moving;

    if (remote.is_dead) {
        stack_discard();
        return false;
    }
    msgr_tick(remote.end.m, stack_now());
    is_moving = remote.is_stream ? take_stream() : take_datagrams();
    pull_remote();
    return give_output() || is_moving;
}

void framed_settle(void)
{
    for (int i = 0; i < 200; i++) {
        bool is_moving = framed_remote_turn();
        if (!node.is_slow) {
            framed_pull();
        }
        if (!is_moving && stack_waiting() == 0) {
            break;
        }
    }
}

void framed_pass(uint32_t ms)
{
    framed_settle();
    for (uint32_t i = 0; i < ms; i++) {
        stack_pass(1);
        framed_settle();
    }
}

void framed_up(void)
{
    for (int i = 0; i < 20000 && (node.end.peer < 0 || remote.end.peer < 0); i++) {
        framed_pass(1);
    }
    assert_true(node.end.peer >= 0);
    assert_true(remote.end.peer >= 0);
}

/* ---- who calls whom ------------------------------------------------------------------------ */

static void forget_stream(void)
{
    bool is_ipv6 = remote.peer.is_ipv6;

    peer_open(&remote.peer, is_ipv6);
    remote.used = 0;
    remote.out = 0;
}

void framed_remote_calls(bool is_stream)
{
    remote.is_stream = is_stream;
    if (is_stream) {
        forget_stream();
        assert_true(peer_connect(&remote.peer));
    }
    remote.link = msgr_link_connect(remote.end.m, stack_now(),
                                    is_stream ? MSGR_LINK_STREAM : MSGR_LINK_DATAGRAM);
    assert_true(remote.link >= 0);
}

int framed_node_calls(bool is_stream)
{
    ip_addr_t address = peer_address(&remote.peer);

    remote.is_stream = is_stream;
    remote.peer.own_port = 9999;
    return subject_connect(&node.net, is_stream, &address);
}

void framed_remote_accepts(void)
{
    forget_stream();
    peer_accept(&remote.peer);
    remote.link = msgr_link_accept(remote.end.m, stack_now());
    assert_true(remote.link >= 0);
}

void framed_remote_restarts(void)
{
    reopen_engine(&remote.end, "bob", remote_identity());
    remote.link = -1;
    remote.is_dead = false;
}

void framed_node_restarts(void)
{
    subject_close(&node.net);
    stack_discard();
    reopen_engine(&node.end, "alice", 0xA11CE);
}

void framed_remote_calls_again(void)
{
    for (int i = 0; i < 200 && (node.end.peer < 0 || remote.end.peer < 0 || remote.link < 0); i++) {
        if (remote.link < 0) {
            remote.is_stream = true;
            forget_stream();
            if (peer_connect(&remote.peer)) {
                remote.link = msgr_link_connect(remote.end.m, stack_now(), MSGR_LINK_STREAM);
            }
        }
        framed_pass(100);
    }
    assert_true(node.end.peer >= 0 && remote.end.peer >= 0 && remote.link >= 0);
}

void framed_check_fates(const struct framed_end *from, const struct framed_end *to, bool all_told)
{
    for (size_t i = 0; i < from->sent; i++) {
        assert_false(from->fates[i] == FRAMED_DELIVERED && !to->taken[i]);
        assert_false(from->fates[i] == FRAMED_NOT_DELIVERED && to->taken[i]);
        assert_false(all_told && from->fates[i] == FRAMED_NO_FATE);
    }
}

void framed_remote_loses_link(void)
{
    drop_link();
}

/* ---- messages ------------------------------------------------------------------------------ */

bool framed_node_offers(size_t size)
{
    uint8_t text[MSGR_MESSAGE_MAX];
    int32_t message;

    make_text(text, node.end.sent, size);
    message = subject_send(&node.net, node.end.peer, text, size, 600000);
    assert_true(message > 0 || message == MSGR_ERROR_FULL);
    if (message > 0) {
        note_handle(&node.end, message);
    }
    return message > 0;
}

void framed_node_sends(unsigned count, size_t size)
{
    for (unsigned i = 0; i < count; i++) {
        for (int tries = 0; !framed_node_offers(size); tries++) {
            assert_true(tries < 3000);
            framed_pass(10);
        }
    }
}

bool framed_remote_offers(size_t size)
{
    uint8_t text[MSGR_MESSAGE_MAX];
    int32_t message;

    make_text(text, remote.end.sent, size);
    message = msgr_send(remote.end.m, remote.end.peer, text, size, 600000);
    assert_true(message > 0 || message == MSGR_ERROR_FULL);
    if (message > 0) {
        note_handle(&remote.end, message);
    }
    return message > 0;
}

void framed_remote_sends(unsigned count, size_t size)
{
    for (unsigned i = 0; i < count; i++) {
        for (int tries = 0; !framed_remote_offers(size); tries++) {
            assert_true(tries < 3000);
            framed_pass(10);
        }
    }
}

static bool is_all_delivered(void)
{
    return remote.end.received == node.end.sent && node.end.received == remote.end.sent &&
           node.end.outcomes[MSGR_OUTCOME_DELIVERED] == node.end.sent &&
           remote.end.outcomes[MSGR_OUTCOME_DELIVERED] == remote.end.sent;
}

bool framed_is_all_delivered(unsigned count)
{
    return node.end.sent + remote.end.sent >= count && is_all_delivered();
}

void framed_deliver_all(uint32_t ms)
{
    for (uint32_t i = 0; i < ms && !is_all_delivered(); i++) {
        framed_pass(1);
    }
    assert_int_equal(remote.end.received, node.end.sent);
    assert_int_equal(node.end.received, remote.end.sent);
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_DELIVERED], node.end.sent);
    assert_int_equal(remote.end.outcomes[MSGR_OUTCOME_DELIVERED], remote.end.sent);
}
