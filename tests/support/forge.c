/* SPDX-License-Identifier: BSD-3-Clause */
#include "forge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

const struct msgr_peer *forge_peer(void)
{
    return &remote.end.m->peers[0];
}

static const struct msgr_incarnation *current(void)
{
    return &forge_peer()->current;
}

static uint8_t *end_of(struct forged *forged)
{
    return forged->bytes + forged->size;
}

static void added(struct forged *forged, const uint8_t *end)
{
    forged->size = (size_t)(end - forged->bytes);
    assert_true(forged->size <= sizeof forged->bytes);
}

void forge_begin(struct forged *forged)
{
    memset(forged, 0, sizeof *forged);
    added(forged, msgr_frame_put_mark(forged->bytes));
}

void forge_data(struct forged *forged, uint32_t number, unsigned flags, size_t size)
{
    static const uint8_t payload[1100] = "forged";
    struct msgr_data data = {.number = number, .size = (uint16_t)size, .payload = payload};

    assert_true(size <= sizeof payload);
    added(forged, msgr_data_write(end_of(forged), current()->peer_id, (uint8_t)flags, &data,
                                  current()->prefix));
}

void forge_ack(struct forged *forged, unsigned flags, const struct msgr_ack *ack)
{
    added(forged, msgr_ack_write(end_of(forged), current()->peer_id, (uint8_t)flags, ack,
                                 current()->prefix));
}

void forge_floor(struct forged *forged, uint32_t floor)
{
    added(forged, msgr_floor_write(end_of(forged), current()->peer_id, floor, current()->prefix));
}

void forge_reset(struct forged *forged, uint32_t id)
{
    added(forged, msgr_reset_write(end_of(forged), id));
}

void forge_open(struct forged *forged, const struct msgr_limits *limits)
{
    struct msgr_open_frame open = {.to = forge_peer()->identity,
                                   .from = remote.end.m->identity,
                                   .id = 0x12345678,
                                   .nonce = 0x123456789ABCDEF0,
                                   .limits = *limits};

    added(forged, msgr_open_write(end_of(forged), &open));
}

void forge_hello(struct forged *forged, const struct msgr_hello *hello)
{
    added(forged, msgr_hello_write(end_of(forged), hello));
}

void forge_frame(struct forged *forged, unsigned type, size_t body_size)
{
    uint8_t *start = end_of(forged);
    uint8_t *body = msgr_frame_begin(start, (uint8_t)type, 0, body_size);

    memset(body, 0, body_size);
    added(forged, msgr_frame_end(start, body + body_size, MSGR_CRC32C_START));
}

void forge_send(const struct forged *forged)
{
    if (remote.is_stream) {
        peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, forged->bytes + MSGR_MARK_SIZE,
                     forged->size - MSGR_MARK_SIZE);
    } else {
        peer_datagram(&remote.peer, forged->bytes, forged->size);
    }
}

struct msgr_ack forge_honest_ack(void)
{
    const struct msgr_receive_window *window = &forge_peer()->received;

    return (struct msgr_ack){.received = window->received,
                             .room = (uint16_t)(window->limit - window->received)};
}
