/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * usage: bench_engine MESSAGES IN-FLIGHT
 *
 * Two engines exchange messages of 64 bytes over a link that loses nothing, in virtual time. All
 * calls of an end are made in its own function, for callgrind to count: initiator(), responder().
 * Prints the bytes that went over the wire.
 */
#include "msgr/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE         64
#define PEERS        4
#define POOL         (2 * PEERS * MSGR_MESSAGE_MAX + 64 * MSGR_FRAGMENT)
#define QUEUE        64
#define ROUND_MS     1
#define HANDSHAKE_MS 100

struct wire {
    unsigned count;
    size_t size[QUEUE];
    uint8_t bytes[QUEUE][MSGR_DATAGRAM_MAX];
};

struct end {
    struct msgr *m;
    int link;
    int peer;
    struct wire *in;
    struct wire *out;
    unsigned long taken; /* messages, or outcomes */
    unsigned to_send;    /* now */
};

void initiator(struct end *end, uint32_t now_ms);
void responder(struct end *end, uint32_t now_ms);

static size_t on_wire;

static void require(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "error: %s\n", what);
        exit(1);
    }
}

static void draw(void *ctx, void *data, size_t size)
{
    static uint32_t state = 1;
    uint8_t *bytes = data;

    (void)ctx;
    for (size_t i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(state >> 24);
    }
}

static void greet(struct end *end, uint32_t now_ms, const uint8_t *data, size_t size)
{
    size_t answer_size;

    end->link =
        msgr_link_stranger(end->m, now_ms, "", 1, data, size, end->out->bytes[0], &answer_size);
    end->out->size[0] = answer_size;
    end->out->count = answer_size > 0;
}

static void pull(struct end *end)
{
    struct msgr_event event;

    while (msgr_next(end->m, &event)) {
        if (event.type == MSGR_EVENT_OUTCOME) {
            require(event.outcome == MSGR_OUTCOME_DELIVERED, "a message was not delivered");
        }
        end->taken += event.type == MSGR_EVENT_OUTCOME || event.type == MSGR_EVENT_MESSAGE;
    }
}

static void put_out(struct end *end, uint32_t now_ms)
{
    struct wire *out = end->out;
    int link = MSGR_ERROR_LINK;

    while ((link = msgr_link_pending(end->m, link < 0 ? -1 : link)) >= 0) {
        while (out->count < QUEUE &&
               (out->size[out->count] = msgr_link_output(
                    end->m, link, now_ms, out->bytes[out->count], MSGR_DATAGRAM_MAX)) > 0) {
            out->count++;
        }
    }
}

/* One turn of a transport's loop (link.h), for each datagram that has come. */
static inline void turn(struct end *end, uint32_t now_ms)
{
    if (msgr_deadline_ms(end->m, now_ms) == 0) {
        msgr_tick(end->m, now_ms);
    }
    for (unsigned i = 0; i < end->in->count; i++) {
        if (end->link < 0) {
            greet(end, now_ms, end->in->bytes[i], end->in->size[i]);
        } else {
            msgr_link_input(end->m, end->link, now_ms, end->in->bytes[i], end->in->size[i]);
        }
        pull(end);
        put_out(end, now_ms);
    }
    end->in->count = 0;
}

__attribute__((noinline)) void initiator(struct end *end, uint32_t now_ms)
{
    static const uint8_t message[SIZE];

    turn(end, now_ms);
    for (; end->to_send > 0; end->to_send--) {
        require(msgr_send(end->m, end->peer, message, SIZE, 0) > 0, "a message was not accepted");
    }
    put_out(end, now_ms);
}

__attribute__((noinline)) void responder(struct end *end, uint32_t now_ms)
{
    turn(end, now_ms);
    put_out(end, now_ms);
}

static void begin(struct end *end, void *memory, size_t size, const char *name, uint64_t identity)
{
    struct msgr_config config = {
        .name = name, .identity = identity, .boot = 1, .peers = PEERS, .random = draw};

    require(msgr_open(&end->m, memory, size, &config) == 0, "no engine");
}

static void count_bytes(const struct wire *wire)
{
    for (unsigned i = 0; i < wire->count; i++) {
        on_wire += wire->size[i];
    }
}

int main(int argc, char **argv)
{
    MSGR_STORAGE(memory_a, PEERS, POOL);
    MSGR_STORAGE(memory_b, PEERS, POOL);
    static struct wire there;
    static struct wire back;
    struct end a = {.in = &back, .out = &there};
    struct end b = {.in = &there, .out = &back, .link = -1};
    unsigned long messages = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    unsigned in_flight = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    unsigned long sent = 0;
    uint32_t now_ms = 0;

    require(messages > 0 && in_flight > 0, "usage: bench_engine MESSAGES IN-FLIGHT");
    begin(&a, memory_a, sizeof memory_a, "initiator", 1);
    begin(&b, memory_b, sizeof memory_b, "responder", 2);
    a.link = msgr_link_connect(a.m, now_ms, MSGR_LINK_DATAGRAM);
    a.peer = msgr_peer(a.m, "responder");
    require(a.peer >= 0, "no peer");
    for (; a.taken < messages && now_ms < 10000000; now_ms += ROUND_MS) {
        while (now_ms >= HANDSHAKE_MS && sent < messages && sent < a.taken + in_flight) {
            a.to_send++;
            sent++;
        }
        initiator(&a, now_ms);
        count_bytes(&there);
        responder(&b, now_ms);
        count_bytes(&back);
    }
    require(a.taken == messages && b.taken == messages, "not all messages came");
    printf("%zu\n", on_wire);
    return 0;
}
