/* SPDX-License-Identifier: BSD-3-Clause */
/** A line of limited rate, and the queue of frames that wait for it. */
#ifndef SIM_IMPAIRER_LINE_H
#define SIM_IMPAIRER_LINE_H

#include "weather.h"

#include <stddef.h>

struct line {
    uint64_t left_ns[WEATHER_QUEUE_MAX + 1]; /* when frames will have left: a ring, in order */
    size_t first, count;
    uint64_t free_ns; /* the last of these */
};

/**
 * A frame of @p size bytes comes at @p now_ns.
 * @return whether there is room; then *@p left_ns is when all of it has left
 */
bool line_take(struct line *line, const struct weather *weather, size_t size, uint64_t now_ns,
               uint64_t *left_ns);

#endif
