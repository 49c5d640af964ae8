/* SPDX-License-Identifier: BSD-3-Clause */
/** The way of frames from one end to the other. */
#ifndef SIM_IMPAIRER_DIRECTION_H
#define SIM_IMPAIRER_DIRECTION_H

#include "counters.h"
#include "end.h"
#include "fate.h"
#include "line.h"
#include "schedule.h"
#include "weather.h"

struct direction {
    struct end *from, *to;
    struct weather weather; /* may change at any time */
    bool spares_arp;
    bool is_blocked;    /* the other end does not take the next frame yet */
    uint64_t latest_ns; /* the last one in order is due then: none of those that follow before */
    struct chance chance;
    struct line line;
    struct counters counters;
    struct schedule schedule;
};

/** Dice number @p stream of @p seed are its own; the fields up to spares_arp are set before. */
void direction_open(struct direction *direction, uint64_t seed, unsigned stream);

/** Does it have room for what comes? If not, the sender waits: nothing is lost for that. */
bool direction_has_room(const struct direction *direction);

/** Take what has come, but not for long. @return false: its end is gone for good */
bool direction_take(struct direction *direction);

/** Give to the other end what is due, until it is blocked. */
void direction_give(struct direction *direction);

/** When the next frame is due; UINT64_MAX: none, or blocked. */
uint64_t direction_next_ns(const struct direction *direction);

/** With those that wait. */
struct counters direction_counters(const struct direction *direction);

/** The clock of all these times. */
uint64_t now_ns(void);

#endif
