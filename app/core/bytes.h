/* SPDX-License-Identifier: BSD-3-Clause */
/** Numbers as bytes in network order. A cursor moves on; its user has checked that there is room.
 */
#ifndef MSGR_CORE_BYTES_H
#define MSGR_CORE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint8_t msgr_bytes_get8(const uint8_t **at)
{
    return *(*at)++;
}

static inline uint16_t msgr_bytes_get16(const uint8_t **at)
{
    const uint8_t *bytes = *at;

    *at += 2;
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t msgr_bytes_get32(const uint8_t **at)
{
    const uint8_t *bytes = *at;

    *at += 4;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline uint64_t msgr_bytes_get64(const uint8_t **at)
{
    uint64_t high = msgr_bytes_get32(at);

    return high << 32 | msgr_bytes_get32(at);
}

static inline uint8_t *msgr_bytes_put8(uint8_t *at, uint8_t value)
{
    *at = value;
    return at + 1;
}

static inline uint8_t *msgr_bytes_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

static inline uint8_t *msgr_bytes_put32(uint8_t *at, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                             (uint8_t)value};

    memcpy(at, bytes, sizeof bytes); /* at once: with -Os GCC does not join four stores by itself */
    return at + sizeof bytes;
}

static inline uint8_t *msgr_bytes_put64(uint8_t *at, uint64_t value)
{
    return msgr_bytes_put32(msgr_bytes_put32(at, (uint32_t)(value >> 32)), (uint32_t)value);
}

static inline uint8_t *msgr_bytes_put(uint8_t *at, const void *data, size_t size)
{
    if (size > 0) {
        memcpy(at, data, size);
    }
    return at + size;
}

#endif
