/* SPDX-License-Identifier: BSD-3-Clause */
#include "round_trip.h"

#define SAMPLE_MOST_MS 60000

void msgr_round_trip_sample(struct msgr_round_trip *trip, uint32_t ms)
{
    uint32_t sample = ms < SAMPLE_MOST_MS ? ms : SAMPLE_MOST_MS;

    if (!trip->has_estimate) {
        trip->has_estimate = true;
        trip->smoothed = sample * 8;
        trip->variation = sample * 2;
        return;
    }
    uint32_t smoothed_ms = trip->smoothed / 8;
    uint32_t error = sample > smoothed_ms ? sample - smoothed_ms : smoothed_ms - sample;
    trip->variation = trip->variation - trip->variation / 4 + error;
    trip->smoothed = trip->smoothed - trip->smoothed / 8 + sample;
}

uint32_t msgr_round_trip_window_ms(const struct msgr_round_trip *trip)
{
    return trip->smoothed / 8 + (trip->variation > 0 ? trip->variation : 1);
}

uint32_t msgr_back_off_ms(uint32_t ms, unsigned times, uint32_t most_ms)
{
    while (times-- > 0 && ms < most_ms) {
        ms += ms / 2;
    }
    return ms < most_ms ? ms : most_ms;
}

uint32_t msgr_round_trip_probe_ms(const struct msgr_round_trip *trip, unsigned fired,
                                  uint32_t most_ms)
{
    uint32_t ms = MSGR_PROBE_INITIAL_MS;

    if (trip->has_estimate) {
        ms = msgr_round_trip_window_ms(trip) + MSGR_ACK_DELAY_MS;
        ms = ms > MSGR_PROBE_LEAST_MS ? ms : MSGR_PROBE_LEAST_MS;
    }
    return msgr_back_off_ms(ms, fired, most_ms);
}
