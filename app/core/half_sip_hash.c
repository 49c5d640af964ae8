/* SPDX-License-Identifier: BSD-3-Clause */
#include "half_sip_hash.h"

#define ROUNDS_FOR_A_WORD 2
#define ROUNDS_AT_THE_END 4

static uint32_t rotate_left(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

static void mix(uint32_t v[4], unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        v[0] += v[1];
        v[1] = rotate_left(v[1], 5) ^ v[0];
        v[0] = rotate_left(v[0], 16);
        v[2] += v[3];
        v[3] = rotate_left(v[3], 8) ^ v[2];
        v[0] += v[3];
        v[3] = rotate_left(v[3], 7) ^ v[0];
        v[2] += v[1];
        v[1] = rotate_left(v[1], 13) ^ v[2];
        v[2] = rotate_left(v[2], 16);
    }
}

static void take_word(uint32_t v[4], uint32_t word)
{
    v[3] ^= word;
    mix(v, ROUNDS_FOR_A_WORD);
    v[0] ^= word;
}

/* Up to four bytes, the lowest first. */
static uint32_t load(const uint8_t *bytes, size_t count)
{
    uint32_t word = 0;

    for (size_t i = 0; i < count; i++) {
        word |= (uint32_t)bytes[i] << 8 * i;
    }
    return word;
}

uint32_t msgr_half_sip_hash(const uint8_t key[MSGR_HALF_SIP_HASH_KEY_SIZE], const void *data,
                            size_t size)
{
    const uint8_t *bytes = data;
    uint32_t k0 = load(key, 4);
    uint32_t k1 = load(key + 4, 4);
    uint32_t v[4] = {k0, k1, 0x6C796765u ^ k0, 0x74656462u ^ k1};
    size_t left = size;

    for (; left >= 4; left -= 4, bytes += 4) {
        take_word(v, load(bytes, 4));
    }
    take_word(v, load(bytes, left) | (uint32_t)size << 24);
    v[2] ^= 0xFF;
    mix(v, ROUNDS_AT_THE_END);
    return v[1] ^ v[3];
}
