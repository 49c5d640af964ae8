/* SPDX-License-Identifier: BSD-3-Clause */
/** Numbers and times that wrap around, compared as RFC 1982 says. */
#ifndef MSGR_CORE_SERIAL_H
#define MSGR_CORE_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

/** How far `a` is beyond `b`; negative if it is before. They are less than 2^31 apart. */
static inline int32_t msgr_serial_distance(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static inline bool msgr_serial_before(uint32_t a, uint32_t b)
{
    return msgr_serial_distance(a, b) < 0;
}

/** From `since` to `now`; 0 if it was later: a turn's time is older than what happens in it. */
static inline uint32_t msgr_serial_passed(uint32_t since, uint32_t now)
{
    return msgr_serial_before(now, since) ? 0 : now - since;
}

static inline uint32_t msgr_serial_max(uint32_t a, uint32_t b)
{
    return msgr_serial_before(a, b) ? b : a;
}

#endif
