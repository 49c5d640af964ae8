/* SPDX-License-Identifier: BSD-3-Clause */
/** The estimate of the round trip, and what follows from it (SPEC.md, 11.1 and 11.2). */
#ifndef MSGR_CORE_ROUND_TRIP_H
#define MSGR_CORE_ROUND_TRIP_H

#include <stdbool.h>
#include <stdint.h>

#define MSGR_ACK_DELAY_MS     5
#define MSGR_PROBE_LEAST_MS   8
#define MSGR_PROBE_INITIAL_MS 100

/** Begins as all zero. */
struct msgr_round_trip {
    uint32_t smoothed;  /* in 1/8 ms */
    uint32_t variation; /* in 1/4 ms */
    bool has_estimate;
};

/** A round trip took so long, in ms; beyond a minute counts as a minute. */
void msgr_round_trip_sample(struct msgr_round_trip *trip, uint32_t ms);

/** After so long, in ms, something that was overtaken counts as lost. */
uint32_t msgr_round_trip_window_ms(const struct msgr_round_trip *trip);

/** The probe time-out, in ms, after so many in a row; at most `most_ms`. */
uint32_t msgr_round_trip_probe_ms(const struct msgr_round_trip *trip, unsigned fired,
                                  uint32_t most_ms);

/** `ms`, half as long again so many times, at most `most_ms`. */
uint32_t msgr_back_off_ms(uint32_t ms, unsigned times, uint32_t most_ms);

#endif
