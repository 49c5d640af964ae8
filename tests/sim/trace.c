/* SPDX-License-Identifier: BSD-3-Clause */
/* What happens, in words: one line each, with the world's time and the node. */
#include "words.h"
#include "world.h"

#include <inttypes.h>
#include <stdarg.h>

static void begin(const struct world *world, int node)
{
    fprintf(world->trace, "%4" PRIu64 ".%06" PRIu64 " %-5s ", world->now_us / 1000000,
            world->now_us % 1000000, world->plan.node[node].name);
}

void trace(const struct world *world, int node, const char *format, ...)
{
    va_list arguments;

    if (world->trace == NULL) {
        return;
    }
    begin(world, node);
    va_start(arguments, format);
    vfprintf(world->trace, format, arguments);
    va_end(arguments);
    fputc('\n', world->trace);
}

void trace_frames(const struct world *world, int node, const char *verb, int link,
                  const uint8_t *bytes, size_t size)
{
    char text[1000];

    if (world->trace == NULL) {
        return;
    }
    words_of_frames(text, sizeof text, bytes, size);
    begin(world, node);
    fprintf(world->trace, "%s link %d, %zu bytes: %s\n", verb, link, size, text);
}
