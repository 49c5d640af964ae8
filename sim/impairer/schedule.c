/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries move, bytes do not: each entry, of the heap or free, names a slot of its own. */
#include "schedule.h"

#include <stdbool.h>

static bool is_before(const struct schedule_entry *a, const struct schedule_entry *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void swap(struct schedule_entry *a, struct schedule_entry *b)
{
    struct schedule_entry c = *a;

    *a = *b;
    *b = c;
}

void schedule_open(struct schedule *schedule)
{
    for (size_t i = 0; i < SCHEDULE_ROOM; i++) {
        schedule->entries[i].slot = (uint16_t)i;
    }
}

size_t schedule_room(const struct schedule *schedule)
{
    return SCHEDULE_ROOM - schedule->count;
}

uint8_t *schedule_slot(struct schedule *schedule)
{
    return schedule->bytes[schedule->entries[schedule->count].slot];
}

void schedule_add(struct schedule *schedule, size_t size, uint64_t due_ns)
{
    struct schedule_entry *entries = schedule->entries;
    size_t i = schedule->count++;

    entries[i].due_ns = due_ns;
    entries[i].order = schedule->order++;
    entries[i].size = (uint16_t)size;
    for (; i > 0 && is_before(&entries[i], &entries[(i - 1) / 2]); i = (i - 1) / 2) {
        swap(&entries[i], &entries[(i - 1) / 2]);
    }
}

uint64_t schedule_next_ns(const struct schedule *schedule)
{
    return schedule->count > 0 ? schedule->entries[0].due_ns : UINT64_MAX;
}

const uint8_t *schedule_peek(const struct schedule *schedule, size_t *size)
{
    *size = schedule->entries[0].size;
    return schedule->bytes[schedule->entries[0].slot];
}

static size_t first_of_three(const struct schedule *schedule, size_t i)
{
    size_t first = i;

    for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < schedule->count; child++) {
        if (is_before(&schedule->entries[child], &schedule->entries[first])) {
            first = child;
        }
    }
    return first;
}

void schedule_done(struct schedule *schedule)
{
    swap(&schedule->entries[0], &schedule->entries[--schedule->count]);
    for (size_t i = 0, first; (first = first_of_three(schedule, i)) != i; i = first) {
        swap(&schedule->entries[i], &schedule->entries[first]);
    }
}
