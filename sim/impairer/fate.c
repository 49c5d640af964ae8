/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each frame takes the same number of rolls, whatever the weather and whatever comes of them: to
 * change one setting leaves what the others do to each frame as it was.
 *
 * Losses in bursts are Gilbert's channel (1960): after a lost frame the next one is lost, too, with
 * the probability 1 - 1/burst; after another one with what makes the losses as many as were asked
 * for.
 */
#include "fate.h"

static double loss_after(const struct chance *chance, const struct weather *weather)
{
    if (weather->burst <= 1 || weather->loss >= 1) {
        return weather->loss;
    }
    return chance->is_losing ? 1 - 1 / weather->burst
                             : weather->loss / (weather->burst * (1 - weather->loss));
}

static long choose_bit(double flip, double place, double probability, size_t size)
{
    if (flip >= probability || size <= FATE_HEADER) {
        return -1;
    }
    return (long)(8 * FATE_HEADER) + (long)(place * 8 * (double)(size - FATE_HEADER));
}

struct fate fate_roll(struct chance *chance, const struct weather *weather, size_t size)
{
    struct fate fate;
    double flip;

    fate.is_lost = dice_roll(&chance->dice) < loss_after(chance, weather);
    fate.is_twice = dice_roll(&chance->dice) < weather->duplicate;
    fate.is_held[0] = dice_roll(&chance->dice) < weather->reorder;
    fate.is_held[1] = dice_roll(&chance->dice) < weather->reorder;
    fate.lateness = dice_roll(&chance->dice);
    flip = dice_roll(&chance->dice);
    fate.flip_bit = choose_bit(flip, dice_roll(&chance->dice), weather->flip, size);
    chance->is_losing = fate.is_lost;
    return fate;
}
