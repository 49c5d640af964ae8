/* SPDX-License-Identifier: BSD-3-Clause */
#include "congestion.h"

#include "serial.h"

#define MOST 1024 /* far beyond any window of the peer */

void msgr_congestion_start(struct msgr_congestion *congestion, uint32_t order)
{
    *congestion = (struct msgr_congestion){
        .window = MSGR_CONGESTION_LEAST, .threshold = MOST, .recovery = order};
}

void msgr_congestion_acknowledged(struct msgr_congestion *congestion, unsigned fragments)
{
    if (congestion->restore != 0) {
        congestion->window = congestion->restore;
        congestion->restore = 0;
    }
    if (congestion->window < congestion->threshold) {
        congestion->window = (uint16_t)(congestion->window + fragments);
    } else {
        congestion->credit = (uint16_t)(congestion->credit + fragments);
        if (congestion->credit >= congestion->window) {
            congestion->credit = 0;
            congestion->window++;
        }
    }
    if (congestion->window > MOST) {
        congestion->window = MOST;
    }
}

void msgr_congestion_lost(struct msgr_congestion *congestion, uint32_t lost, uint32_t order)
{
    uint16_t half = congestion->window / 2;

    if (congestion->restore != 0 || msgr_serial_before(lost, congestion->recovery)) {
        return;
    }
    congestion->window = half > MSGR_CONGESTION_LEAST ? half : MSGR_CONGESTION_LEAST;
    congestion->threshold = congestion->window;
    congestion->recovery = order;
}

void msgr_congestion_collapse(struct msgr_congestion *congestion)
{
    if (congestion->restore == 0) {
        congestion->restore = MSGR_CONGESTION_LEAST;
        congestion->window = MSGR_CONGESTION_COLLAPSE;
    }
}
