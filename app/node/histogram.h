/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * How many times, and how long: exact to 63 ms, then eight steps for each doubling, so that no
 * figure is more than an eighth too large. Any context; no state but the caller's.
 */
#ifndef APP_NODE_HISTOGRAM_H
#define APP_NODE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_EXACT 64
/* Up to 4 minutes; what is longer is the last. */
#define HISTOGRAM_STEPS (HISTOGRAM_EXACT + 8 * 12)

/** All zero at first. */
struct histogram {
    uint32_t count;
    uint32_t least, most; /* exact */
    uint16_t step[HISTOGRAM_STEPS];
};

void histogram_clear(struct histogram *histogram);

void histogram_add(struct histogram *histogram, uint32_t ms);

/**
 * What so many of 100 were not above, in ms; for 0 the least, for 100 the most of all. Without any,
 * 0. Not more than 65,535 times may be of one step.
 */
uint32_t histogram_at(const struct histogram *histogram, uint32_t percent);

#endif
