/* SPDX-License-Identifier: BSD-3-Clause */
#include "counters.h"

#include <inttypes.h>
#include <stddef.h>

static const struct {
    const char *name;
    size_t offset;
    bool is_always_shown;
} all[] = {
    {"in", offsetof(struct counters, in), true},
    {"duplicated", offsetof(struct counters, duplicated), false},
    {"passed", offsetof(struct counters, passed), true},
    {"lost", offsetof(struct counters, lost), true},
    {"cut", offsetof(struct counters, cut), false},
    {"dropped", offsetof(struct counters, dropped), false},
    {"absent", offsetof(struct counters, absent), false},
    {"waiting", offsetof(struct counters, waiting), false},
    {"reordered", offsetof(struct counters, reordered), false},
    {"flipped", offsetof(struct counters, flipped), false},
};

#define COUNT (sizeof all / sizeof all[0])

static uint64_t value_of(const struct counters *counters, size_t i)
{
    return *(const uint64_t *)((const char *)counters + all[i].offset);
}

void counters_print(FILE *file, const struct counters *counters)
{
    const char *between = "";

    for (size_t i = 0; i < COUNT; i++) {
        uint64_t value = value_of(counters, i);
        if (value != 0 || all[i].is_always_shown) {
            fprintf(file, "%s%" PRIu64 " %s", between, value, all[i].name);
            between = ", ";
        }
    }
}

void counters_print_json(FILE *file, const struct counters *counters)
{
    for (size_t i = 0; i < COUNT; i++) {
        fprintf(file, "%s\"%s\": %" PRIu64, i == 0 ? "{" : ", ", all[i].name,
                value_of(counters, i));
    }
    fputc('}', file);
}
