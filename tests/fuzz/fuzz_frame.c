/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes, as frames: nothing is read beyond their end, and what is understood is written as the
 * same bytes again, as far as the fields go.
 */
#include "frame_body.h"
#include "require.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t prefix = 0x12345678;

/* What was written says the same as what was read: but for bits without meaning, and the rest. */
static void compare(const struct msgr_frame *frame, const uint8_t *written, const uint8_t *end)
{
    struct msgr_frame again;
    size_t size = (size_t)(end - written);

    require(size <= MSGR_FRAME_MAX);
    require(msgr_frame_parse(&again, written, size) == MSGR_FRAME_WHOLE);
    require(again.size == size && again.type == frame->type);
    require(msgr_frame_check(&again, prefix) || msgr_frame_check(&again, MSGR_CRC32C_START));
    require(again.body_size <= frame->body_size);
    if (frame->type != MSGR_FRAME_HELLO && frame->type != MSGR_FRAME_WELCOME) {
        require(memcmp(again.body, frame->body, again.body_size) == 0);
    }
}

static void read_link_frame(const struct msgr_frame *frame, uint8_t *out)
{
    union {
        struct msgr_hello hello;
        struct msgr_cookie cookie;
        struct msgr_welcome welcome;
        struct msgr_refuse refuse;
    } body;

    if (frame->type == MSGR_FRAME_HELLO && msgr_hello_parse(&body.hello, frame)) {
        compare(frame, out, msgr_hello_write(out, &body.hello));
    } else if (frame->type == MSGR_FRAME_COOKIE && msgr_cookie_parse(&body.cookie, frame)) {
        compare(frame, out, msgr_cookie_write(out, &body.cookie));
    } else if (frame->type == MSGR_FRAME_WELCOME && msgr_welcome_parse(&body.welcome, frame)) {
        compare(frame, out, msgr_welcome_write(out, &body.welcome));
    } else if (frame->type == MSGR_FRAME_REFUSE && msgr_refuse_parse(&body.refuse, frame)) {
        compare(frame, out, msgr_refuse_write(out, &body.refuse));
    } else if (frame->type == MSGR_FRAME_UNKNOWN) {
        compare(frame, out, msgr_unknown_write(out));
    }
}

static void read_open_frame(const struct msgr_frame *frame, uint8_t *out)
{
    struct msgr_open_frame open;
    struct msgr_accept accept;
    uint32_t id;

    if (frame->type == MSGR_FRAME_OPEN && msgr_open_parse(&open, frame)) {
        compare(frame, out, msgr_open_write(out, &open));
    } else if (frame->type == MSGR_FRAME_ACCEPT && msgr_accept_parse(&accept, frame)) {
        compare(frame, out, msgr_accept_write(out, &accept));
    } else if (frame->type == MSGR_FRAME_RESET && msgr_frame_id(&id, frame)) {
        compare(frame, out, msgr_reset_write(out, id));
    }
}

static void read_message_frame(const struct msgr_frame *frame, uint8_t *out)
{
    struct msgr_data data;
    struct msgr_ack ack;
    uint32_t floor;
    uint32_t id;

    if (frame->type < MSGR_FRAME_DATA || !msgr_frame_id(&id, frame)) {
        return;
    }
    if (frame->type == MSGR_FRAME_DATA && msgr_data_parse(&data, frame)) {
        compare(frame, out, msgr_data_write(out, id, frame->flags, &data, prefix));
    } else if (frame->type == MSGR_FRAME_ACK && msgr_ack_parse(&ack, frame)) {
        uint8_t flags = frame->flags & (MSGR_ACK_PROBE | MSGR_ACK_DUPLICATE);
        compare(frame, out, msgr_ack_write(out, id, flags, &ack, prefix));
    } else if (frame->type == MSGR_FRAME_FLOOR && msgr_floor_parse(&floor, frame)) {
        compare(frame, out, msgr_floor_write(out, id, floor, prefix));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t out[MSGR_FRAME_MAX + 64];
    struct msgr_frame frame;

    for (size_t at = 0; msgr_frame_parse(&frame, data + at, size - at) == MSGR_FRAME_WHOLE;
         at += frame.size) {
        require(frame.size >= 6 && frame.size <= MSGR_FRAME_MAX && frame.size <= size - at);
        require(frame.body >= data + at &&
                frame.body + frame.body_size + 4 == data + at + frame.size);
        (void)msgr_frame_check(&frame, prefix);
        read_link_frame(&frame, out);
        read_open_frame(&frame, out);
        read_message_frame(&frame, out);
    }
    return 0;
}
