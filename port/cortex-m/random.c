/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The emulated chips have no generator of true randomness. xoshiro128** (Blackman and Vigna, 2018)
 * spreads what the seed holds and adds nothing to it: it is exactly as unpredictable as the seed,
 * and whoever sees four outputs in a row can compute the rest. A product takes a chip with a
 * generator.
 *
 * The seed is the setting "seed", any text, and the number of resets since power-on, so that a
 * reset does not begin the same sequence again; and 64 bits of the chip's generator where it has
 * one (BOARD_HAS_TRNG). Without either there is no boot-unique value.
 */
#include BOARD_H

#include "random.h"

#include "drivers.h"
#include "reset.h"

#include "port/port.h"

static uint32_t state[4];
static uint64_t boot_unique;
static bool has_seed;

static uint64_t fnv1a(const char *text)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (; *text != '\0'; text++) {
        hash = (hash ^ (uint8_t)*text) * 0x100000001B3u;
    }
    return hash;
}

/* SplitMix64 (Steele, Lea and Flood, 2014): neighbouring inputs, unlike outputs. */
static uint64_t mix(uint64_t number)
{
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9u;
    number = (number ^ number >> 27) * 0x94D049BB133111EBu;
    return number ^ number >> 31;
}

void random_start(void)
{
    const char *seed = port_setting("seed");
    uint64_t start = seed != NULL ? fnv1a(seed) : port_identity();

    has_seed = seed != NULL;
#ifdef BOARD_HAS_TRNG
    uint64_t noise;
    if (trng_read(&noise)) {
        start ^= noise;
        has_seed = true;
    }
#endif
    boot_unique = mix(start + reset_count());
    for (uint32_t i = 0; i < 4; i++) {
        state[i] = (uint32_t)mix(boot_unique + i + 1); /* never all zero: mix() is one to one */
    }
}

static uint32_t rotate_left(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

static uint32_t next_word(void)
{
    uint32_t result = rotate_left(state[1] * 5, 7) * 9;
    uint32_t shifted = state[1] << 9;

    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 11);
    return result;
}

void port_random(void *data, size_t size)
{
    uint8_t *bytes = data;
    uint32_t word = 0;

    for (size_t i = 0; i < size; i++, word >>= 8) {
        if (i % 4 == 0) {
            word = next_word();
        }
        bytes[i] = (uint8_t)word;
    }
}

bool port_boot_unique(uint64_t *value)
{
    *value = boot_unique;
    return has_seed;
}
