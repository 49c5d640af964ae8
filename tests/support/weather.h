/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What becomes of packets between lwIP and the other side: some are lost, some come twice, and all
 * are late, each by a time of its own, so they overtake each other. One seed decides it all.
 */
#ifndef TESTS_SUPPORT_WEATHER_H
#define TESTS_SUPPORT_WEATHER_H

#include "stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weather {
    uint32_t loss;        /* of 1000 packets, each way */
    uint32_t twice;       /* of 1000 that are not lost */
    uint32_t least, most; /* delay in milliseconds */
    uint64_t seed;
};

/** From now on, in place of the weather before. What is under way stays so. */
void weather_begin(const struct weather *weather);

/** Fair again: packets arrive at once. What is under way is lost. */
void weather_end(void);

/* ---- for stack.c ---- */

/** @return whether the weather has taken it; else it arrives now */
bool weather_takes(bool is_inward, const void *bytes, size_t size, uint32_t now_ms);

/** The next packet that is due. @return NULL: none; valid until the next call of any of these */
const struct packet *weather_next(uint32_t now_ms, bool *is_inward);

#endif
