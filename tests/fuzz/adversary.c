/* SPDX-License-Identifier: BSD-3-Clause */
#include "adversary.h"

#include "engine.h"
#include "require.h"
#include "secret.h"

#include <string.h>

/* What it is about: an engine's link, one of its peers, and one of that peer's incarnations. */
struct target {
    struct msgr *m;
    struct msgr_link *link; /* NULL: none */
    struct msgr_peer *peer;
    struct msgr_incarnation *incarnation;
    struct input *input;
};

static uint64_t pick(struct input *input, const uint64_t *values, unsigned count)
{
    unsigned index = input_below(input, count + 1);

    return index < count ? values[index] : input_number(input, 8);
}

#define PICK(input, ...)                                                                           \
    pick(input, (const uint64_t[]){__VA_ARGS__}, sizeof((uint64_t[]){__VA_ARGS__}) / 8)

static uint64_t identity(const struct target *t)
{
    return PICK(t->input, t->peer->identity, t->m->identity, 0, 7);
}

static uint64_t token(const struct target *t)
{
    const struct msgr_link none = {0};
    const struct msgr_link *link = t->link != NULL ? t->link : &none;

    return PICK(t->input, link->token, link->peer_token, link->answer_token, t->peer->next.nonce);
}

static uint64_t nonce(const struct target *t)
{
    return PICK(t->input, t->peer->next.nonce, t->peer->next.peer_nonce, t->peer->current.nonce,
                t->peer->current.peer_nonce);
}

static uint32_t id(const struct target *t)
{
    return (uint32_t)PICK(t->input, t->incarnation->id, t->peer->current.id, t->peer->next.id,
                          t->peer->current.peer_id, t->peer->next.peer_id, 0);
}

/* Near one of the windows' edges. */
static uint32_t number(const struct target *t)
{
    uint32_t base = (uint32_t)PICK(t->input, t->peer->received.received, t->peer->received.limit,
                                   t->peer->sent.base, t->peer->sent.next, t->peer->sent.limit,
                                   (uint32_t)t->incarnation->peer_nonce);

    return base + input_byte(t->input) - 8;
}

static struct msgr_name name(const struct target *t)
{
    static const char *const names[] = {
        "alice", "bob", "eve", "carol", "", "a name of as many bytes as it has", "\xC3\x28"};
    const char *text = names[input_below(t->input, sizeof names / sizeof names[0])];

    return (struct msgr_name){(const uint8_t *)text, (uint8_t)strlen(text)};
}

static struct msgr_limits limits(const struct target *t)
{
    return (struct msgr_limits){
        .suite = input_below(t->input, 8) == 7,
        .fragment = (uint8_t)(6 + input_below(t->input, 5)),
        .guaranteed = (uint16_t)PICK(t->input, 1, 4, 65535),
        .initial = (uint16_t)(1 + input_below(t->input, 33)),
        .message = (uint32_t)PICK(t->input, 1, 64, 200, 65536),
    };
}

static uint8_t *put_hello(uint8_t *at, const struct target *t)
{
    static const uint32_t nowhere[2];
    uint8_t cookie[MSGR_COOKIE_SIZE] = {0};
    unsigned kind = input_below(t->input, 3);
    struct msgr_hello hello = {.lowest = 1,
                               .highest = (uint8_t)(1 + input_below(t->input, 2)),
                               .identity = identity(t),
                               .token = token(t),
                               .name = name(t),
                               .cookie = kind > 0 ? cookie : NULL};

    if (kind == 2) {
        msgr_secret_cookie(t->m, t->link != NULL ? t->link->address : nowhere, &hello, cookie);
    }
    return msgr_hello_write(at, &hello);
}

static uint8_t *put_cookie(uint8_t *at, const struct target *t)
{
    uint8_t bytes[MSGR_COOKIE_SIZE] = {input_byte(t->input)};

    return msgr_cookie_write(at, &(struct msgr_cookie){token(t), bytes});
}

static uint8_t *put_welcome(uint8_t *at, const struct target *t)
{
    struct msgr_welcome welcome = {.token = token(t),
                                   .version = (uint8_t)(1 + input_below(t->input, 8) / 7),
                                   .identity = identity(t),
                                   .name = name(t)};

    return msgr_welcome_write(at, &welcome);
}

static uint8_t *put_refuse(uint8_t *at, const struct target *t)
{
    struct msgr_refuse refuse = {.token = token(t), .code = input_byte(t->input), .lowest = 1};

    return msgr_refuse_write(at, &refuse);
}

static uint8_t *put_open(uint8_t *at, const struct target *t)
{
    struct msgr_open_frame open = {.to = identity(t),
                                   .from = identity(t),
                                   .id = id(t),
                                   .nonce = nonce(t),
                                   .limits = limits(t)};

    return msgr_open_write(at, &open);
}

static uint8_t *put_accept(uint8_t *at, const struct target *t)
{
    struct msgr_accept accept = {
        .to_id = id(t), .echo = nonce(t), .id = id(t), .nonce = nonce(t), .limits = limits(t)};

    return msgr_accept_write(at, &accept);
}

static uint8_t *put_data(uint8_t *at, const struct target *t)
{
    static const uint8_t payload[1024];
    static const uint16_t sizes[] = {0, 1, 3, 63, 64, 65, 256, 1024};
    struct msgr_data data = {
        .number = number(t), .size = sizes[input_below(t->input, 8)], .payload = payload};

    return msgr_data_write(at, id(t), input_byte(t->input) & 7, &data, t->incarnation->prefix);
}

static uint8_t *put_ack(uint8_t *at, const struct target *t)
{
    struct msgr_ack ack = {.received = number(t),
                           .untaken = (uint16_t)PICK(t->input, 0, 1, 2, 9, 65535),
                           .room = (uint16_t)PICK(t->input, 0, 1, 8, 33, 34),
                           .bitmap = (uint32_t)PICK(t->input, 0, 1, 2, 0x55, 0x80000000)};

    return msgr_ack_write(at, id(t), input_byte(t->input) & 6, &ack, t->incarnation->prefix);
}

static uint8_t *put_frame(uint8_t *at, const struct target *t, unsigned type)
{
    switch (type) {
    case MSGR_FRAME_HELLO:
        return put_hello(at, t);
    case MSGR_FRAME_COOKIE:
        return put_cookie(at, t);
    case MSGR_FRAME_WELCOME:
        return put_welcome(at, t);
    case MSGR_FRAME_REFUSE:
        return put_refuse(at, t);
    case MSGR_FRAME_OPEN:
        return put_open(at, t);
    case MSGR_FRAME_ACCEPT:
        return put_accept(at, t);
    case MSGR_FRAME_RESET:
        return msgr_reset_write(at, id(t));
    case MSGR_FRAME_DATA:
        return put_data(at, t);
    case MSGR_FRAME_ACK:
        return put_ack(at, t);
    case MSGR_FRAME_FLOOR:
        return msgr_floor_write(at, id(t), number(t), t->incarnation->prefix);
    default:
        return msgr_unknown_write(at);
    }
}

static struct target aim(struct world *world, struct wire *wire, unsigned index,
                         struct input *input)
{
    struct msgr *m = world->node[index].m;
    unsigned bits = input_byte(input);
    struct target target = {.m = m,
                            .link = wire->link[index] >= 0 ? &m->links[wire->link[index]] : NULL,
                            .peer = &m->peers[bits % m->peer_count],
                            .input = input};

    target.incarnation = (bits & 0x80) != 0 ? &target.peer->next : &target.peer->current;
    return target;
}

void adversary_inject(struct world *world, struct input *input)
{
    struct wire *wire = &world->wire[input_below(input, WIRES)];
    unsigned index = input_below(input, NODES);
    unsigned type = 1 + input_below(input, MSGR_FRAME_TYPES - 1);
    uint8_t data[MSGR_DATAGRAM_MAX];
    uint8_t *at = data;

    if (!wire->is_used) {
        return;
    }
    struct target target = aim(world, wire, index, input);
    if (wire->kind == MSGR_LINK_DATAGRAM || (target.link != NULL && !target.link->mark_came)) {
        at = msgr_frame_put_mark(at);
    }
    at = put_frame(at, &target, type);
    world->is_meddling = true;
    world->is_forged = world->is_forged || type >= MSGR_FRAME_DATA;
    world_input(world, wire, index, data, (size_t)(at - data));
}

/* The checks of all frames, as the receiver wants them. */
static void mend_checks(const struct target *t, uint8_t *data, size_t size)
{
    struct msgr_frame frame;

    for (size_t at = MSGR_MARK_SIZE;
         at < size && msgr_frame_parse(&frame, data + at, size - at) == MSGR_FRAME_WHOLE;
         at += frame.size) {
        bool is_of_conversation = frame.type >= MSGR_FRAME_DATA && frame.type <= MSGR_FRAME_FLOOR;
        (void)msgr_frame_end(data + at, data + at + frame.size - 4,
                             is_of_conversation ? t->incarnation->prefix : MSGR_CRC32C_START);
    }
}

void adversary_change(struct world *world, struct input *input, struct wire *wire, unsigned index)
{
    struct direction *to = &wire->to[index];
    struct datagram *first = &to->queue[0];
    uint8_t data[MSGR_DATAGRAM_MAX];

    if (wire->kind != MSGR_LINK_DATAGRAM || to->count == 0) {
        return;
    }
    struct target target = aim(world, wire, index, input);
    size_t size = first->size;
    memcpy(data, first->bytes, size);
    data[input_number(input, 2) % size] ^= input_byte(input);
    mend_checks(&target, data, size);
    world->is_meddling = true;
    world->is_forged = true;
    world_input(world, wire, index, data, size);
}
