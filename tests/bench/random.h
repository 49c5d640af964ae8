/* SPDX-License-Identifier: BSD-3-Clause */
/** The same bytes each time. */
#ifndef TESTS_BENCH_RANDOM_H
#define TESTS_BENCH_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** For msgr_config.random. */
static inline void bench_random(void *ctx, void *data, size_t size)
{
    static uint32_t state = 1;
    uint8_t *bytes = data;

    (void)ctx;
    for (size_t i = 0; i < size; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(state >> 24);
    }
}

#endif
