/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame.h"

#include "bytes.h"

#define FLAGS_SHIFT 5
#define TYPE_MASK   0x1Fu
#define LONG_LENGTH 0x80u
#define CHECK_SIZE  4

/* The length, and how many bytes it takes; 0 if they have not all come. */
static unsigned parse_length(const uint8_t *data, size_t size, unsigned *length)
{
    if (size >= 2 && (data[1] & LONG_LENGTH) == 0) {
        *length = data[1];
        return 1;
    }
    if (size >= 3) {
        *length = (data[1] & ~LONG_LENGTH) << 8 | data[2];
        return 2;
    }
    return 0;
}

enum msgr_frame_result msgr_frame_parse(struct msgr_frame *frame, const uint8_t *data, size_t size)
{
    unsigned length = 0;
    unsigned length_size = parse_length(data, size, &length);

    if (length_size == 0) {
        return MSGR_FRAME_PARTIAL;
    }
    if (length > MSGR_FRAME_BODY_MAX || (length_size == 2 && length < LONG_LENGTH)) {
        return MSGR_FRAME_MALFORMED;
    }
    frame->type = data[0] & TYPE_MASK;
    frame->flags = data[0] >> FLAGS_SHIFT;
    frame->start = data;
    frame->body = data + 1 + length_size;
    frame->body_size = (uint16_t)length;
    frame->size = (uint16_t)(1 + length_size + length + CHECK_SIZE);
    return frame->size <= size ? MSGR_FRAME_WHOLE : MSGR_FRAME_PARTIAL;
}

bool msgr_frame_check(const struct msgr_frame *frame, uint32_t prefix)
{
    const uint8_t *check = frame->body + frame->body_size;
    uint32_t state = msgr_crc32c_add(prefix, frame->start, frame->size - CHECK_SIZE);

    return msgr_crc32c_value(state) == msgr_bytes_get32(&check);
}

uint8_t *msgr_frame_begin(uint8_t *start, uint8_t type, uint8_t flags, size_t body_size)
{
    uint8_t *at = msgr_bytes_put8(start, (uint8_t)(flags << FLAGS_SHIFT | type));

    if (body_size < LONG_LENGTH) {
        return msgr_bytes_put8(at, (uint8_t)body_size);
    }
    return msgr_bytes_put16(at, (uint16_t)(LONG_LENGTH << 8 | body_size));
}

uint8_t *msgr_frame_end(const uint8_t *start, uint8_t *end, uint32_t prefix)
{
    uint32_t state = msgr_crc32c_add(prefix, start, (size_t)(end - start));

    return msgr_bytes_put32(end, msgr_crc32c_value(state));
}

uint8_t *msgr_frame_put_mark(uint8_t *at)
{
    return msgr_bytes_put32(at, 0xF94D4700u | MSGR_VERSION);
}
