/* SPDX-License-Identifier: BSD-3-Clause */
/** The congestion window, in fragments (SPEC.md, 11.4). */
#ifndef MSGR_CORE_CONGESTION_H
#define MSGR_CORE_CONGESTION_H

#include <stdbool.h>
#include <stdint.h>

#define MSGR_CONGESTION_LEAST    10
#define MSGR_CONGESTION_COLLAPSE 2

struct msgr_congestion {
    uint16_t window;
    uint16_t threshold; /* below it, slow start */
    uint16_t restore;   /* the window before the collapse; 0: none */
    uint16_t credit;    /* acknowledged since the window last grew, above the threshold */
    uint32_t recovery;  /* transmissions before this one count for the last reduction */
};

/** @param order  of the next transmission */
void msgr_congestion_start(struct msgr_congestion *congestion, uint32_t order);

void msgr_congestion_acknowledged(struct msgr_congestion *congestion, unsigned fragments);

/**
 * @param lost   the transmission that was lost
 * @param order  of the next transmission
 */
void msgr_congestion_lost(struct msgr_congestion *congestion, uint32_t lost, uint32_t order);

/** The second probe time-out in a row: nothing gets through. */
void msgr_congestion_collapse(struct msgr_congestion *congestion);

#endif
