/* SPDX-License-Identifier: BSD-3-Clause */
/** A frame around a body: type, flags, length, check (SPEC.md, 6). Bodies are in frame_body.h. */
#ifndef MSGR_CORE_FRAME_H
#define MSGR_CORE_FRAME_H

#include "crc32c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MSGR_MARK_SIZE      4
#define MSGR_VERSION        1
#define MSGR_FRAME_MAX      1196
#define MSGR_FRAME_BODY_MAX 1189

enum msgr_frame_type {
    MSGR_FRAME_HELLO = 1,
    MSGR_FRAME_COOKIE = 2,
    MSGR_FRAME_WELCOME = 3,
    MSGR_FRAME_REFUSE = 4,
    MSGR_FRAME_UNKNOWN = 5,
    MSGR_FRAME_OPEN = 6,
    MSGR_FRAME_ACCEPT = 7,
    MSGR_FRAME_RESET = 8,
    MSGR_FRAME_DATA = 9,
    MSGR_FRAME_ACK = 10,
    MSGR_FRAME_FLOOR = 11,

    MSGR_FRAME_TYPES /* one more than the last that is known */
};

#define MSGR_DATA_FIRST 1u
#define MSGR_DATA_LAST  2u

#define MSGR_ACK_BITMAP    1u
#define MSGR_ACK_PROBE     2u
#define MSGR_ACK_DUPLICATE 4u

/** A frame as it lies in what was received; its check is not verified yet. */
struct msgr_frame {
    uint8_t type; /* any of 0 to 31 */
    uint8_t flags;
    uint16_t size;      /* of the whole frame */
    uint16_t body_size; /* of which so many are the body */
    const uint8_t *start;
    const uint8_t *body;
};

enum msgr_frame_result {
    MSGR_FRAME_WHOLE,
    MSGR_FRAME_PARTIAL,   /* its end has not come yet */
    MSGR_FRAME_MALFORMED, /* no more bytes will help */
};

/** Find the frame at the beginning of `data`. It points into there. */
enum msgr_frame_result msgr_frame_parse(struct msgr_frame *frame, const uint8_t *data, size_t size);

/** @param prefix  the check's state after its prefix, or MSGR_CRC32C_START */
bool msgr_frame_check(const struct msgr_frame *frame, uint32_t prefix);

/** Bytes of a frame with such a body. */
static inline size_t msgr_frame_size(size_t body_size)
{
    return (body_size < 128 ? 2u : 3u) + body_size + 4;
}

/** Write what comes before the body. @return where the body goes */
uint8_t *msgr_frame_begin(uint8_t *start, uint8_t type, uint8_t flags, size_t body_size);

/** Write the check behind the body, which ends at `end`. @return the frame's end */
uint8_t *msgr_frame_end(const uint8_t *start, uint8_t *end, uint32_t prefix);

/** Write the mark that begins a datagram or a stream. @return its end */
uint8_t *msgr_frame_put_mark(uint8_t *at);

#endif
