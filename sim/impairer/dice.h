/* SPDX-License-Identifier: BSD-3-Clause */
/** Everything that is left to chance: the same seed gives the same numbers on every machine. */
#ifndef SIM_IMPAIRER_DICE_H
#define SIM_IMPAIRER_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state[4];
};

/** Dice number @p stream of @p seed; what one rolls does not move another. */
void dice_seed(struct dice *dice, uint64_t seed, unsigned stream);

/** At least 0, below 1. */
double dice_roll(struct dice *dice);

#endif
