/* SPDX-License-Identifier: BSD-3-Clause */
/** What becomes of a frame, as far as chance decides it. */
#ifndef SIM_IMPAIRER_FATE_H
#define SIM_IMPAIRER_FATE_H

#include "dice.h"
#include "weather.h"

#include <stddef.h>

#define FATE_HEADER 14 /* bytes of an Ethernet header, in which no bit flips */

struct fate {
    bool is_lost, is_twice;
    bool is_held[2]; /* the frame, and its copy */
    long flip_bit;   /* its number in the frame, or -1 */
    double lateness; /* part of the jitter, 0 to 1 */
};

/** One direction's. */
struct chance {
    struct dice dice;
    bool is_losing; /* the frame before was lost */
};

/** The fate of the next frame, which has @p size bytes. */
struct fate fate_roll(struct chance *chance, const struct weather *weather, size_t size);

#endif
