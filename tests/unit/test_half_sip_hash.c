/* SPDX-License-Identifier: BSD-3-Clause */
#include "half_sip_hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const uint8_t key[MSGR_HALF_SIP_HASH_KEY_SIZE] = {0, 1, 2, 3, 4, 5, 6, 7};

/* The reference implementation's test vectors: of no bytes, of 00, of 00 01, and so on. */
static void published_vectors(void **state)
{
    static const uint8_t expected[][4] = {
        {0xA9, 0x35, 0x9F, 0x5B}, {0x27, 0x47, 0x5A, 0xB8}, {0xFA, 0x62, 0xA6, 0x03},
        {0x8A, 0xFE, 0xE7, 0x04}, {0x2A, 0x6E, 0x46, 0x89}, {0xC5, 0xFA, 0xB6, 0x69},
        {0x58, 0x63, 0xFC, 0x23}, {0x8B, 0xCF, 0x63, 0xC5}, {0xD0, 0xB8, 0x84, 0x8F},
    };
    uint8_t input[sizeof expected / sizeof expected[0]];

    (void)state;
    for (size_t size = 0; size < sizeof input; size++) {
        uint32_t hash = msgr_half_sip_hash(key, input, size);
        uint8_t bytes[4] = {(uint8_t)hash, (uint8_t)(hash >> 8), (uint8_t)(hash >> 16),
                            (uint8_t)(hash >> 24)};
        assert_memory_equal(bytes, expected[size], sizeof bytes);
        input[size] = (uint8_t)size;
    }
}

static void each_byte_of_the_key_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof key; i++) {
        uint8_t other[MSGR_HALF_SIP_HASH_KEY_SIZE] = {0, 1, 2, 3, 4, 5, 6, 7};
        other[i] ^= 0x80;
        assert_int_not_equal(msgr_half_sip_hash(other, "text", 4),
                             msgr_half_sip_hash(key, "text", 4));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(each_byte_of_the_key_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
