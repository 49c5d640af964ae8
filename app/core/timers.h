/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Points in time at which something is to be done. Each peer and each link has a few; the engine
 * knows a time that none of them is before, so that most calls of msgr_tick() cost nothing.
 */
#ifndef MSGR_CORE_TIMERS_H
#define MSGR_CORE_TIMERS_H

#include "engine.h"

/** `ms` from now. */
void msgr_timer_set(struct msgr *m, struct msgr_peer *peer, enum msgr_timer timer, uint32_t ms);

/** At the time that is in peer->timer already. */
void msgr_timer_start(struct msgr *m, struct msgr_peer *peer, enum msgr_timer timer);

static inline bool msgr_timer_is_set(const struct msgr_peer *peer, enum msgr_timer timer)
{
    return (peer->timers >> timer & 1) != 0;
}

static inline void msgr_timer_clear(struct msgr_peer *peer, enum msgr_timer timer)
{
    peer->timers &= (uint8_t) ~(1u << timer);
}

/** A link has one. */
void msgr_timer_set_link(struct msgr *m, struct msgr_link *link, uint32_t ms);

/** `ms`, up to a quarter less, at random. */
uint32_t msgr_timer_jitter(struct msgr *m, uint32_t ms);

/** The time of HELLO's and OPEN's n-th repetition. */
uint32_t msgr_timer_repeat_ms(struct msgr *m, unsigned attempts);

#endif
