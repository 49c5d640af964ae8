/* SPDX-License-Identifier: BSD-3-Clause */
#include "histogram.h"

#include <string.h>

#define EXACT_BITS 6 /* HISTOGRAM_EXACT */

_Static_assert(HISTOGRAM_EXACT == 1 << EXACT_BITS, "what is exact has so many bits");

static uint32_t step_of(uint32_t ms)
{
    uint32_t doublings = 0;
    uint32_t step;

    if (ms < HISTOGRAM_EXACT) {
        return ms;
    }
    while (ms >> doublings >= 2 * HISTOGRAM_EXACT) {
        doublings++;
    }
    step = HISTOGRAM_EXACT + 8 * doublings + ((ms >> doublings >> (EXACT_BITS - 3)) & 7u);
    return step < HISTOGRAM_STEPS ? step : HISTOGRAM_STEPS - 1;
}

/* The longest time of that step. */
static uint32_t end_of(uint32_t step)
{
    uint32_t doublings = (step - HISTOGRAM_EXACT) / 8;

    if (step < HISTOGRAM_EXACT) {
        return step;
    }
    return ((8 + (step - HISTOGRAM_EXACT) % 8 + 1) << (doublings + EXACT_BITS - 3)) - 1;
}

void histogram_clear(struct histogram *histogram)
{
    memset(histogram, 0, sizeof *histogram);
}

void histogram_add(struct histogram *histogram, uint32_t ms)
{
    if (histogram->count == 0 || ms < histogram->least) {
        histogram->least = ms;
    }
    if (ms > histogram->most) {
        histogram->most = ms;
    }
    histogram->step[step_of(ms)]++;
    histogram->count++;
}

uint32_t histogram_at(const struct histogram *histogram, uint32_t percent)
{
    uint32_t wanted = (uint32_t)(((uint64_t)histogram->count * percent + 99) / 100);
    uint32_t seen = 0;

    if (percent == 0) {
        return histogram->least;
    }
    for (uint32_t step = 0; step < HISTOGRAM_STEPS; step++) {
        seen += histogram->step[step];
        if (seen >= wanted && step < HISTOGRAM_STEPS - 1) {
            uint32_t end = end_of(step);
            return end < histogram->most ? end : histogram->most;
        }
    }
    return histogram->most;
}
