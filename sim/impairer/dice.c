/* SPDX-License-Identifier: BSD-3-Clause */
/* xoshiro256** (Blackman, Vigna 2018), started by SplitMix64, as its authors advise. */
#include "dice.h"

static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint64_t rotate(uint64_t x, int count)
{
    return x << count | x >> (64 - count);
}

void dice_seed(struct dice *dice, uint64_t seed, unsigned stream)
{
    for (unsigned skipped = 0; skipped < 4 * stream; skipped++) {
        (void)split_mix(&seed);
    }
    for (int i = 0; i < 4; i++) {
        dice->state[i] = split_mix(&seed);
    }
}

double dice_roll(struct dice *dice)
{
    uint64_t *s = dice->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return (double)(result >> 11) * 0x1p-53;
}
