/* SPDX-License-Identifier: BSD-3-Clause */
/* All variants are compiled into this test: the file itself, as table_... without the processor's
 * instruction, and as other_... with the other table. */
#include "crc32c.h"

#include "msgr/opts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

uint32_t table_crc32c_add(uint32_t state, const void *data, size_t size);
uint32_t other_crc32c_add(uint32_t state, const void *data, size_t size);
extern const int other_crc_table;

typedef uint32_t add_function(uint32_t state, const void *data, size_t size);

static add_function *const variants[] = {msgr_crc32c_add, table_crc32c_add, other_crc32c_add};
#define VARIANTS (sizeof variants / sizeof variants[0])

static uint32_t crc(add_function *add, const void *data, size_t size)
{
    return msgr_crc32c_value(add(MSGR_CRC32C_START, data, size));
}

static void the_tables_differ(void **state)
{
    (void)state;
    assert_int_equal(MSGR_CRC_TABLE + other_crc_table, 1024 + 64);
}

/* RFC 3720, B.4, which writes the CRC's lowest byte first. */
static void published_vectors(void **state)
{
    static const uint8_t read_command[48] = {
        0x01, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
        0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18, 0x28, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    uint8_t zeros[32] = {0};
    uint8_t ones[32];
    uint8_t up[32];
    uint8_t down[32];

    (void)state;
    memset(ones, 0xFF, sizeof ones);
    for (uint8_t i = 0; i < 32; i++) {
        up[i] = i;
        down[i] = (uint8_t)(31 - i);
    }
    for (size_t i = 0; i < VARIANTS; i++) {
        assert_int_equal(crc(variants[i], zeros, sizeof zeros), 0x8A9136AA);
        assert_int_equal(crc(variants[i], ones, sizeof ones), 0x62A8AB43);
        assert_int_equal(crc(variants[i], up, sizeof up), 0x46DD794E);
        assert_int_equal(crc(variants[i], down, sizeof down), 0x113FDB5C);
        assert_int_equal(crc(variants[i], read_command, sizeof read_command), 0xD9963A56);
        assert_int_equal(crc(variants[i], "123456789", 9), 0xE3069283);
        assert_int_equal(crc(variants[i], NULL, 0), 0);
    }
}

/* Also at each alignment. */
static void bytes_may_come_in_two_parts(void **state)
{
    static const char text[] = "a prefix, and then a frame";

    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        uint32_t whole = variants[i](MSGR_CRC32C_START, text, sizeof text);
        for (size_t cut = 0; cut <= sizeof text; cut++) {
            uint32_t prefix = variants[i](MSGR_CRC32C_START, text, cut);
            assert_int_equal(variants[i](prefix, text + cut, sizeof text - cut), whole);
        }
    }
}

static void all_agree_on_each_byte_after_each(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        uint8_t bytes[2] = {(uint8_t)(pair >> 8), (uint8_t)pair};
        for (size_t i = 1; i < VARIANTS; i++) {
            assert_int_equal(crc(variants[i], bytes, 2), crc(variants[0], bytes, 2));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_differ),
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(bytes_may_come_in_two_parts),
        cmocka_unit_test(all_agree_on_each_byte_after_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
