/* SPDX-License-Identifier: BSD-3-Clause */
/* Who leaves when is known on arrival; so the queue is only the times that have not come yet. */
#include "line.h"

#define RING (WEATHER_QUEUE_MAX + 1)

static void forget_left(struct line *line, uint64_t now_ns)
{
    while (line->count > 0 && line->left_ns[line->first] <= now_ns) {
        line->first = (line->first + 1) % RING;
        line->count--;
    }
}

/* Rounded up: never faster than asked. */
static uint64_t time_on_line(size_t size, uint64_t rate)
{
    return (8 * (uint64_t)size * 1000000000 + rate - 1) / rate;
}

bool line_take(struct line *line, const struct weather *weather, size_t size, uint64_t now_ns,
               uint64_t *left_ns)
{
    uint64_t start_ns;

    *left_ns = now_ns;
    if (weather->rate == 0) {
        return true;
    }
    forget_left(line, now_ns);
    if (line->count > weather->queue) { /* one is on the line */
        return false;
    }
    start_ns = line->free_ns > now_ns ? line->free_ns : now_ns;
    line->free_ns = start_ns + time_on_line(size, weather->rate);
    line->left_ns[(line->first + line->count++) % RING] = line->free_ns;
    *left_ns = line->free_ns;
    return true;
}
