/* SPDX-License-Identifier: BSD-3-Clause */
/** The frames under way in one direction, the next one due first; those due together in order. */
#ifndef SIM_IMPAIRER_SCHEDULE_H
#define SIM_IMPAIRER_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_ROOM      8192 /* frames */
#define SCHEDULE_FRAME_MAX 2048 /* bytes */

struct schedule_entry {
    uint64_t due_ns, order;
    uint16_t slot, size;
};

/** Large; all of it is zero at first. */
struct schedule {
    uint64_t order;
    size_t count;
    struct schedule_entry entries[SCHEDULE_ROOM]; /* a heap of `count`; behind it free slots */
    uint8_t bytes[SCHEDULE_ROOM][SCHEDULE_FRAME_MAX + 1];
};

void schedule_open(struct schedule *schedule);

/** How many more it takes. */
size_t schedule_room(const struct schedule *schedule);

/**
 * Where the next frame to be added is written: SCHEDULE_FRAME_MAX bytes, and one more that tells of
 * longer ones. Not when there is no room.
 */
uint8_t *schedule_slot(struct schedule *schedule);

/** Add what has been written there. */
void schedule_add(struct schedule *schedule, size_t size, uint64_t due_ns);

/** When the next one is due, UINT64_MAX if there is none. */
uint64_t schedule_next_ns(const struct schedule *schedule);

/** Its bytes, lent until schedule_done(). */
const uint8_t *schedule_peek(const struct schedule *schedule, size_t *size);

void schedule_done(struct schedule *schedule);

#endif
