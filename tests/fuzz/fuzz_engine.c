/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a script: each byte is an operation, and what it needs follows. Two engines, their
 * applications, the network between them, an adversary, and time do what it says.
 */
#include "adversary.h"
#include "require.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OPERATIONS_MOST 400

enum operation {
    OPERATION_RUN,
    OPERATION_OUTPUT,
    OPERATION_DELIVER,
    OPERATION_DROP,
    OPERATION_DUPLICATE,
    OPERATION_FLIP,
    OPERATION_LATER, /* the first datagram becomes the last */
    OPERATION_CHANGE,
    OPERATION_INJECT,
    OPERATION_RAW,
    OPERATION_ADVANCE,
    OPERATION_SEND,
    OPERATION_CANCEL,
    OPERATION_NEXT,
    OPERATION_PACE,
    OPERATION_RESTART,
    OPERATION_CONNECT,
    OPERATION_CUT,
    OPERATION_UNSENT,

    OPERATIONS
};

static uint32_t duration_ms(struct input *input)
{
    static const uint32_t ms[] = {1, 2, 5, 6, 10, 50, 100, 500, 1000, 5000, 8000, 15000};

    return ms[input_below(input, sizeof ms / sizeof ms[0])];
}

static void flip(struct world *world, struct wire *wire, unsigned node, struct input *input)
{
    struct direction *to = &wire->to[node];
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t bit = input_number(input, 2);

    if (wire->kind == MSGR_LINK_STREAM && to->stream_size > 0) {
        world->is_meddling = true; /* a stream's transport does not let that happen */
        world->is_forged = true;
        to->stream[bit / 8 % to->stream_size] ^= (uint8_t)(1u << bit % 8);
    } else if (wire->kind == MSGR_LINK_DATAGRAM && to->count > 0) {
        size_t size = to->queue[0].size;
        memcpy(data, to->queue[0].bytes, size);
        data[bit / 8 % size] ^= (uint8_t)(1u << bit % 8);
        world_input(world, wire, node, data, size);
    }
}

static void drop(struct direction *to)
{
    if (to->count > 0) {
        to->count--;
        memmove(to->queue, to->queue + 1, to->count * sizeof to->queue[0]);
    }
}

static void duplicate(struct world *world, struct wire *wire, unsigned node)
{
    struct datagram first = wire->to[node].queue[0];

    if (wire->kind == MSGR_LINK_DATAGRAM && wire->to[node].count > 0) {
        world_input(world, wire, node, first.bytes, first.size);
    }
}

static void put_off(struct direction *to)
{
    struct datagram first = to->queue[0];

    if (to->count > 1) {
        memmove(to->queue, to->queue + 1, (to->count - 1) * sizeof to->queue[0]);
        to->queue[to->count - 1] = first;
    }
}

static void raw(struct world *world, struct wire *wire, unsigned node, struct input *input)
{
    size_t left = (size_t)(input->end - input->at);
    size_t size = input_byte(input);

    left -= left > 0;
    size = size < left ? size : left;
    world->is_meddling = true;
    world->is_forged = true; /* it may have been recorded */
    world_input(world, wire, node, input->at, size);
    input->at += size;
}

static void unsent(struct world *world, struct wire *wire, unsigned node)
{
    struct direction *to = &wire->to[1 - node];
    unsigned count = to->count;
    size_t size = to->stream_size;

    if (count < QUEUE && world_output(world, wire, node)) {
        to->count = count;
        to->stream_size = size;
        msgr_link_unsent(world->node[node].m, wire->link[node]);
    }
}

static void send(struct world *world, unsigned node, struct input *input)
{
    static const unsigned sizes[] = {0, 1, 3, 10, 63, 64, 65, 127, 128, 129, 192, 255, 256, 257};
    static const uint32_t deadlines_ms[] = {1, 10, 100, 1000, 5000, 30000};
    unsigned size = sizes[input_below(input, sizeof sizes / sizeof sizes[0])];

    world_send(world, node, size, deadlines_ms[input_below(input, 6)]);
}

static void act_on_wire(struct world *world, enum operation operation, unsigned node,
                        struct input *input)
{
    struct wire *wire = &world->wire[input_below(input, WIRES)];

    if (!wire->is_used) {
        return;
    }
    switch (operation) {
    case OPERATION_OUTPUT:
        (void)world_output(world, wire, node);
        break;
    case OPERATION_DELIVER:
        (void)world_deliver(world, wire, node, 1 + input_byte(input));
        break;
    case OPERATION_DROP:
        drop(&wire->to[node]);
        break;
    case OPERATION_DUPLICATE:
        duplicate(world, wire, node);
        break;
    case OPERATION_FLIP:
        flip(world, wire, node, input);
        break;
    case OPERATION_LATER:
        put_off(&wire->to[node]);
        break;
    case OPERATION_CHANGE:
        adversary_change(world, input, wire, node);
        break;
    case OPERATION_RAW:
        raw(world, wire, node, input);
        break;
    case OPERATION_CUT:
        world_cut(world, wire, node);
        break;
    default:
        unsent(world, wire, node);
        break;
    }
}

static void act(struct world *world, struct input *input)
{
    uint8_t byte = input_byte(input);
    enum operation operation = byte / 2 % OPERATIONS;
    unsigned node = byte % 2;

    show("operation %d of %u\n", operation, node);
    switch (operation) {
    case OPERATION_RUN:
        world_run(world, duration_ms(input));
        break;
    case OPERATION_INJECT:
        adversary_inject(world, input);
        break;
    case OPERATION_ADVANCE:
        world_advance(world, duration_ms(input));
        break;
    case OPERATION_SEND:
        send(world, node, input);
        break;
    case OPERATION_CANCEL:
        world_cancel(world, node, input_byte(input));
        break;
    case OPERATION_NEXT:
        (void)world_next(world, node);
        break;
    case OPERATION_PACE:
        world->node[node].is_slow = !world->node[node].is_slow;
        break;
    case OPERATION_RESTART:
        world_restart(world, node);
        break;
    case OPERATION_CONNECT:
        world_connect(world, node,
                      input_below(input, 2) == 0 ? MSGR_LINK_DATAGRAM : MSGR_LINK_STREAM);
        break;
    default:
        act_on_wire(world, operation, node, input);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world world;
    struct input input = {.at = data, .end = data + size};

    world_open(&world, &input);
    for (int i = 0; i < OPERATIONS_MOST && input.at < input.end; i++) {
        act(&world, &input);
        world_check(&world);
    }
    world_finish(&world);
    world_check(&world);
    world_close(&world);
    return 0;
}
