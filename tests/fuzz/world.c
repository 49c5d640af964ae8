/* SPDX-License-Identifier: BSD-3-Clause */
#include "world.h"

#include "require.h"

#include <string.h>

#define MEMORY    MSGR_SIZE(PEERS, POOL)
#define WORDS     ((MEMORY + 7) / 8)
#define PATTERN   0xA5
#define SETTLE_MS 40000 /* longer than any deadline that is given */
#define CALM_MS   30000 /* in which a message comes through a good network */
#define STEPS     2000  /* a storm is more than that, at the same time */

static const char *const names[NODES] = {"alice", "bob"};

static void draw(void *ctx, void *data, size_t size)
{
    struct node *node = ctx;
    uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        node->random = node->random * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(node->random >> 24);
    }
}

static uint8_t *guard_before(const struct node *node)
{
    return (uint8_t *)node->memory - GUARD;
}

static uint8_t *guard_behind(const struct node *node)
{
    return (uint8_t *)(node->memory + WORDS);
}

static void start(struct world *world, unsigned index)
{
    struct node *node = &world->node[index];
    struct msgr_config config = {.name = names[index],
                                 .identity = node->identity,
                                 .boot = ++node->boot,
                                 .peers = PEERS,
                                 .message_max = node->message_max,
                                 .random = draw,
                                 .ctx = node};

    memset(node->memory, PATTERN, WORDS * 8);
    memset(node->sent, 0, sizeof node->sent);
    node->seen = -1;
    require(msgr_open(&node->m, node->memory, WORDS * 8, &config) == 0);
    msgr_tick(node->m, world->now_ms);
}

void world_open(struct world *world, struct input *input)
{
    static const size_t longest[] = {256, 128, 65, 64, 1};
    uint8_t kind = input_byte(input);

    memset(world, 0, sizeof *world);
    world->now_ms = (kind & 1) != 0 ? UINT32_MAX - 5000 : 0;
    for (unsigned i = 0; i < NODES; i++) {
        struct node *node = &world->node[i];
        uint8_t *memory = malloc(WORDS * 8 + 2 * GUARD);
        require(memory != NULL);
        memset(memory, PATTERN, WORDS * 8 + 2 * GUARD);
        node->memory = (uint64_t *)(void *)(memory + GUARD);
        node->identity = (kind >> 1 & 1) == i ? 1 : 2;
        node->random = kind + i;
        node->message_max = longest[input_below(input, sizeof longest / sizeof longest[0])];
        start(world, i);
    }
}

void world_close(struct world *world)
{
    for (unsigned i = 0; i < NODES; i++) {
        free(guard_before(&world->node[i]));
    }
}

/* ---- applications ---- */

static uint8_t payload_byte(unsigned node, int serial, size_t at)
{
    return at == 0   ? (uint8_t)node
           : at == 1 ? (uint8_t)(serial >> 8)
           : at == 2 ? (uint8_t)serial
                     : (uint8_t)((size_t)serial + at);
}

static struct message *find(struct node *node, int32_t handle)
{
    for (unsigned i = 0; i < MESSAGES; i++) {
        if (node->sent[i].handle == handle) {
            return &node->sent[i];
        }
    }
    return NULL;
}

void world_send(struct world *world, unsigned index, unsigned size, uint32_t deadline_ms)
{
    struct node *node = &world->node[index];
    int peer = msgr_peer(node->m, names[1 - index]);
    struct message *message = find(node, 0);
    uint8_t data[MSGR_MESSAGE_MAX + 2];

    require(peer >= 0 || peer == MSGR_ERROR_FULL);
    if (node->serials == SERIALS || peer < 0) {
        return;
    }
    for (size_t i = 0; i < size; i++) {
        data[i] = payload_byte(index, node->serials, i);
    }
    int32_t handle = msgr_send(node->m, peer, data, size, deadline_ms);
    if (handle < 0) {
        require(handle == MSGR_ERROR_FULL || handle == MSGR_ERROR_TOO_LONG);
        return;
    }
    require(handle > 0 && message != NULL && find(node, handle) == NULL);
    *message = (struct message){.handle = handle,
                                .deadline_ms = world->now_ms + deadline_ms,
                                .serial = size >= 3 ? node->serials : -1};
    node->serials += size >= 3;
    show("%s: message %d, %u bytes, %u ms\n", names[index], (int)handle, size,
         (unsigned)deadline_ms);
}

void world_cancel(struct world *world, unsigned index, unsigned which)
{
    struct node *node = &world->node[index];
    int32_t handle = node->sent[which % MESSAGES].handle;
    int result = msgr_cancel(node->m, handle);

    require(result == 0 || result == MSGR_ERROR_MESSAGE);
    require(handle != 0 || result != 0);
}

static void take_outcome(struct world *world, struct node *node, const struct msgr_event *event)
{
    struct message *message = find(node, event->message);

    require(event->message > 0 && message != NULL); /* exactly one outcome */
    if (message->serial >= 0 && !world->is_forged) {
        uint8_t *fate = &node->fate[message->serial];
        require(event->outcome != MSGR_OUTCOME_DELIVERED || *fate == FATE_TAKEN);
        if (event->outcome == MSGR_OUTCOME_NOT_DELIVERED) {
            require(*fate == FATE_OPEN);
            *fate = FATE_NEVER;
        }
    }
    *message = (struct message){0};
}

static void take_message(struct world *world, unsigned index, const struct msgr_event *event)
{
    struct node *node = &world->node[index];
    struct node *other = &world->node[1 - index];
    const uint8_t *data = event->data;
    unsigned sum = 0;

    require(event->size <= node->message_max && (uintptr_t)data % 4 == 0);
    for (size_t i = 0; i < event->size; i++) {
        sum += data[i]; /* the sanitizer sees whether all is there */
    }
    require(sum <= 255 * event->size);
    node->seen = -1;
    if (world->is_forged || event->size < 3) {
        return;
    }
    int serial = data[1] << 8 | data[2];
    for (size_t i = 0; i < event->size; i++) {
        require(data[i] == payload_byte(1 - index, serial, i)); /* unaltered */
    }
    require(serial < other->serials);
    require(serial >= node->next_expected); /* once, and in order */
    require(other->fate[serial] == FATE_OPEN);
    other->fate[serial] = FATE_SEEN;
    node->next_expected = serial + 1;
    node->seen = serial;
}

static void check_deadlines(const struct world *world, const struct node *node)
{
    for (unsigned i = 0; i < MESSAGES; i++) {
        require(node->sent[i].handle == 0 ||
                (int32_t)(world->now_ms - node->sent[i].deadline_ms) < 0);
    }
}

bool world_next(struct world *world, unsigned index)
{
    struct node *node = &world->node[index];
    struct msgr_event event;

    if (node->seen >= 0) {
        world->node[1 - index].fate[node->seen] = FATE_TAKEN;
        node->seen = -1;
    }
    if (!msgr_next(node->m, &event)) {
        check_deadlines(world, node);
        return false;
    }
    show("%s: event %d, message %d, outcome %d, reason %d\n", names[index], event.type,
         (int)event.message, event.outcome, event.reason);
    if (event.type == MSGR_EVENT_OUTCOME) {
        take_outcome(world, node, &event);
    } else if (event.type == MSGR_EVENT_MESSAGE) {
        take_message(world, index, &event);
    }
    return true;
}

/* ---- the network ---- */

void world_connect(struct world *world, unsigned index, enum msgr_link_kind kind)
{
    struct wire *wire = world->wire;

    while (wire < world->wire + WIRES && wire->is_used) {
        wire++;
    }
    if (wire == world->wire + WIRES) {
        return;
    }
    int link = msgr_link_connect(world->node[index].m, world->now_ms, kind);
    if (link < 0) {
        return;
    }
    memset(wire, 0, sizeof *wire);
    wire->is_used = true;
    wire->kind = kind;
    wire->address = world->addresses++;
    wire->link[index] = link;
    wire->link[1 - index] =
        kind == MSGR_LINK_STREAM ? msgr_link_accept(world->node[1 - index].m, world->now_ms) : -1;
    if (kind == MSGR_LINK_STREAM && wire->link[1 - index] < 0) {
        world_cut(world, wire, index);
    }
}

static void end(struct world *world, struct wire *wire, unsigned index)
{
    if (wire->link[index] >= 0) {
        msgr_link_down(world->node[index].m, wire->link[index], world->now_ms);
        require(msgr_link_is_over(world->node[index].m, wire->link[index]));
    }
    wire->link[index] = -1;
}

void world_cut(struct world *world, struct wire *wire, unsigned index)
{
    end(world, wire, index);
    if (wire->kind == MSGR_LINK_STREAM) {
        end(world, wire, 1 - index);
    }
    wire->is_used = wire->link[0] >= 0 || wire->link[1] >= 0;
}

static void reap(struct world *world)
{
    for (struct wire *wire = world->wire; wire < world->wire + WIRES; wire++) {
        for (unsigned i = 0; i < NODES && wire->is_used; i++) {
            if (wire->link[i] >= 0 && msgr_link_is_over(world->node[i].m, wire->link[i])) {
                (void)world_output(world, wire, i);
                world_cut(world, wire, i);
            }
        }
    }
}

void world_restart(struct world *world, unsigned index)
{
    for (struct wire *wire = world->wire; wire < world->wire + WIRES; wire++) {
        if (wire->is_used && wire->link[index] >= 0) {
            wire->link[index] = -1; /* it knows nothing of it any more */
            world_cut(world, wire, wire->kind == MSGR_LINK_STREAM ? 1 - index : index);
        }
    }
    start(world, index);
}

static void show_bytes(const struct world *world, unsigned from, const uint8_t *data, size_t size)
{
    show("%u ms: %s sends ", (unsigned)world->now_ms, names[from]);
    for (size_t i = 0; i < size; i++) {
        show("%02x", data[i]);
    }
    show("\n");
}

static void queue_datagram(struct direction *to, const uint8_t *data, size_t size)
{
    if (to->count == QUEUE) {
        return;
    }
    memcpy(to->queue[to->count].bytes, data, size);
    to->queue[to->count].size = (uint16_t)size;
    to->count++;
}

bool world_output(struct world *world, struct wire *wire, unsigned index)
{
    struct direction *to = &wire->to[1 - index];
    uint8_t *data = malloc(MSGR_DATAGRAM_MAX);
    size_t size = 0;

    require(data != NULL);
    if (wire->link[index] >= 0 &&
        (wire->kind == MSGR_LINK_DATAGRAM || to->stream_size + MSGR_DATAGRAM_MAX <= STREAM_BYTES)) {
        size = msgr_link_output(world->node[index].m, wire->link[index], world->now_ms, data,
                                MSGR_DATAGRAM_MAX);
    }
    require(size <= MSGR_DATAGRAM_MAX);
    if (size > 0) {
        show_bytes(world, index, data, size);
    }
    if (wire->kind == MSGR_LINK_DATAGRAM && size > 0) {
        queue_datagram(to, data, size);
    } else if (size > 0) {
        memcpy(to->stream + to->stream_size, data, size);
        to->stream_size += size;
    }
    free(data);
    return size > 0;
}

static void greet(struct world *world, struct wire *wire, unsigned index, const uint8_t *data,
                  size_t size)
{
    uint8_t answer[MSGR_ANSWER_MAX];
    size_t answer_size = SIZE_MAX;
    int link = msgr_link_stranger(world->node[index].m, world->now_ms, &wire->address,
                                  sizeof wire->address, data, size, answer, &answer_size);

    require(answer_size <= size && answer_size <= sizeof answer);
    require(link >= 0 || link == MSGR_ERROR_LINK);
    if (link >= 0) {
        wire->link[index] = link;
    }
    if (answer_size > 0) {
        show_bytes(world, index, answer, answer_size);
        queue_datagram(&wire->to[1 - index], answer, answer_size);
    }
}

size_t world_input(struct world *world, struct wire *wire, unsigned index, const uint8_t *data,
                   size_t size)
{
    uint8_t *copy = malloc(size); /* of its own, so that the sanitizer sees its end */
    size_t used = size;

    require(copy != NULL || size == 0);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    if (wire->link[index] >= 0) {
        used = msgr_link_input(world->node[index].m, wire->link[index], world->now_ms, copy, size);
        require(used <= size && (wire->kind == MSGR_LINK_STREAM || used == size));
    } else if (wire->kind == MSGR_LINK_DATAGRAM) {
        greet(world, wire, index, copy, size);
    }
    free(copy);
    reap(world);
    return used;
}

static bool deliver_stream(struct world *world, struct wire *wire, unsigned index, size_t most)
{
    struct direction *to = &wire->to[index];
    size_t size = to->stream_size < most ? to->stream_size : most;
    size_t used = size > 0 ? world_input(world, wire, index, to->stream, size) : 0;

    if (used > 0) {
        to->stream_size -= used;
        memmove(to->stream, to->stream + used, to->stream_size);
    }
    return used > 0;
}

bool world_deliver(struct world *world, struct wire *wire, unsigned index, size_t most)
{
    struct direction *to = &wire->to[index];
    struct datagram first;

    if (wire->kind == MSGR_LINK_STREAM) {
        return deliver_stream(world, wire, index, most);
    }
    if (to->count == 0) {
        return false;
    }
    first = to->queue[0];
    to->count--;
    memmove(to->queue, to->queue + 1, to->count * sizeof to->queue[0]);
    world_input(world, wire, index, first.bytes, first.size);
    return true;
}

/* ---- time ---- */

void world_advance(struct world *world, uint32_t ms)
{
    world->now_ms += ms;
    for (unsigned i = 0; i < NODES; i++) {
        msgr_tick(world->node[i].m, world->now_ms);
        require(msgr_deadline_ms(world->node[i].m, world->now_ms) > 0);
    }
    reap(world);
}

static bool exchange(struct world *world)
{
    bool is_any = false;

    for (unsigned i = 0; i < NODES; i++) {
        while (!world->node[i].is_slow && world_next(world, i)) {
            is_any = true;
        }
        for (struct wire *wire = world->wire; wire < world->wire + WIRES; wire++) {
            while (wire->is_used && wire->to[1 - i].count < QUEUE && world_output(world, wire, i)) {
                is_any = true;
            }
            while (wire->is_used && world_deliver(world, wire, 1 - i, SIZE_MAX)) {
                is_any = true;
            }
        }
        reap(world);
    }
    return is_any;
}

static uint32_t next_ms(const struct world *world, uint32_t most)
{
    for (unsigned i = 0; i < NODES; i++) {
        uint32_t ms = msgr_deadline_ms(world->node[i].m, world->now_ms);
        most = ms < most ? ms : most;
    }
    return most > 0 ? most : 1;
}

void world_run(struct world *world, uint32_t ms)
{
    uint32_t until_ms = world->now_ms + ms;

    while ((int32_t)(until_ms - world->now_ms) > 0) {
        unsigned steps = 0;
        while (exchange(world)) {
            require(++steps < STEPS);
        }
        world_check(world);
        world_advance(world, next_ms(world, until_ms - world->now_ms));
    }
}

/* ---- what must be so ---- */

void world_check(const struct world *world)
{
    for (unsigned i = 0; i < NODES; i++) {
        const struct node *node = &world->node[i];
        struct msgr_stats stats;
        for (unsigned at = 0; at < GUARD; at++) {
            require(guard_before(node)[at] == PATTERN && guard_behind(node)[at] == PATTERN);
        }
        msgr_stats(node->m, &stats);
        require(stats.slots_used <= stats.slots && stats.slots_high <= stats.slots);
        audit(node->m);
    }
}

static void require_delivery(struct world *world)
{
    int serial[NODES];

    world_connect(world, 0, MSGR_LINK_DATAGRAM);
    world_run(world, CALM_MS); /* an end that the other has restarted behind notices */
    for (unsigned i = 0; i < NODES; i++) {
        serial[i] = world->node[i].serials;
        world_send(world, i, world->node[1 - i].message_max < 3 ? 1 : 3, CALM_MS);
    }
    world_run(world, CALM_MS);
    for (unsigned i = 0; i < NODES; i++) {
        if (serial[i] < world->node[i].serials) {
            require(world->node[i].fate[serial[i]] == FATE_TAKEN);
        }
    }
}

void world_finish(struct world *world)
{
    for (unsigned i = 0; i < NODES; i++) {
        world->node[i].is_slow = false;
    }
    for (struct wire *wire = world->wire; wire < world->wire + WIRES; wire++) {
        for (unsigned i = 0; i < NODES && wire->is_used; i++) {
            world_cut(world, wire, i);
        }
    }
    world_run(world, SETTLE_MS);
    for (unsigned i = 0; i < NODES; i++) {
        require(find(&world->node[i], 0) != NULL);
        for (unsigned at = 0; at < MESSAGES; at++) {
            require(world->node[i].sent[at].handle == 0);
        }
    }
    if (!world->is_meddling) {
        require_delivery(world);
    }
}
