/* SPDX-License-Identifier: BSD-3-Clause */
/* The boards' functions on memory, under names of their own (tests/unit/CMakeLists.txt), against
 * the host's: at every alignment, and no byte beyond what they were given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LONGEST ((size_t)40)
#define AROUND  ((size_t)8)

void *board_memcpy(void *to, const void *from, size_t size);
void *board_memmove(void *to, const void *from, size_t size);
void *board_memset(void *data, int byte, size_t size);
int board_memcmp(const void *data, const void *other, size_t size);
size_t board_strlen(const char *text);

static unsigned char from[LONGEST + 2 * AROUND];
static unsigned char to[LONGEST + 2 * AROUND];
static unsigned char expected[LONGEST + 2 * AROUND];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof from; i++) {
        from[i] = (unsigned char)(i + 1);
    }
    return 0;
}

static void copies_at_every_alignment(void **state)
{
    (void)state;
    for (size_t size = 0; size <= LONGEST; size++) {
        for (size_t at = 0; at < 16; at++) {
            unsigned char *out = to + at % 4;
            memset(to, 0, sizeof to);
            memset(expected, 0, sizeof expected);
            memcpy(expected + at % 4, from + at / 4, size);
            assert_ptr_equal(board_memcpy(out, from + at / 4, size), out);
            assert_memory_equal(to, expected, sizeof to);
        }
    }
}

static void moves_up_and_down(void **state)
{
    (void)state;
    for (size_t at = 0; at <= 2 * AROUND; at++) {
        memcpy(to, from, sizeof to);
        memcpy(expected, from, sizeof expected);
        memmove(expected + at, expected + AROUND, LONGEST);
        assert_ptr_equal(board_memmove(to + at, to + AROUND, LONGEST), to + at);
        assert_memory_equal(to, expected, sizeof to);
    }
}

static void sets_at_every_alignment(void **state)
{
    (void)state;
    for (size_t size = 0; size <= LONGEST; size++) {
        for (size_t at = 0; at < 4; at++) {
            memset(to, 0, sizeof to);
            memset(expected, 0, sizeof expected);
            memset(expected + at, 0xA5, size);
            assert_ptr_equal(board_memset(to + at, 0x1A5, size), to + at);
            assert_memory_equal(to, expected, sizeof to);
        }
    }
}

static void compares_bytes_as_unsigned(void **state)
{
    (void)state;
    assert_int_equal(board_memcmp("abc", "abd", 2), 0);
    assert_true(board_memcmp("abc", "abd", 3) < 0);
    assert_true(board_memcmp("\x80", "\x7f", 1) > 0);
    assert_int_equal(board_memcmp("a", "b", 0), 0);
}

static void counts_up_to_the_nul(void **state)
{
    (void)state;
    assert_int_equal(board_strlen(""), 0);
    assert_int_equal(board_strlen("four"), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_at_every_alignment), cmocka_unit_test(moves_up_and_down),
        cmocka_unit_test(sets_at_every_alignment),   cmocka_unit_test(compares_bytes_as_unsigned),
        cmocka_unit_test(counts_up_to_the_nul),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
