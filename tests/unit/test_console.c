/* SPDX-License-Identifier: BSD-3-Clause */
#include "console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char out[8192], err[1024];
static size_t out_size, err_size;

static void record(bool is_error, const char *text, size_t size)
{
    char *to = is_error ? err : out;
    size_t *used = is_error ? &err_size : &out_size;

    memcpy(to + *used, text, size);
    *used += size;
}

static int setup(void **state)
{
    (void)state;
    out_size = 0;
    err_size = 0;
    console_open(record);
    return 0;
}

static void expect_out(const char *text)
{
    assert_int_equal(out_size, strlen(text));
    assert_memory_equal(out, text, out_size);
}

static void line_goes_out_whole_at_its_end(void **state)
{
    (void)state;
    console_text("port ");
    console_number(9999);
    assert_int_equal(out_size, 0);
    console_end();
    expect_out("port 9999\n");
}

static void numbers_are_decimal(void **state)
{
    (void)state;
    console_number(0);
    console_text(" ");
    console_number(UINT32_MAX);
    console_end();
    expect_out("0 4294967295\n");
}

static void hexadecimal_numbers_are_in_lower_case(void **state)
{
    (void)state;
    console_hex(0);
    console_text(" ");
    console_hex(0xFD77);
    console_text(" ");
    console_hex(UINT32_MAX);
    console_end();
    expect_out("0 fd77 ffffffff\n");
}

static void error_line_goes_to_errors_and_the_next_one_does_not(void **state)
{
    (void)state;
    console_error();
    console_line("it broke");
    console_line("fine");
    expect_out("fine\n");
    assert_int_equal(err_size, strlen("error: it broke\n"));
    assert_memory_equal(err, "error: it broke\n", err_size);
}

static void bytes_are_made_safe(void **state)
{
    (void)state;
    console_bytes("a\x1b[2J", 5);
    console_end();
    expect_out("a\\x1b[2J\n");
}

/* The console works in pieces; a character must not be torn apart, wherever it stands. */
static void long_text_is_shown_whole_at_every_alignment(void **state)
{
    /* U+3042 and U+1F600 */
    static const uint8_t characters[] = {0xE3, 0x81, 0x82, 0xF0, 0x9F, 0x98, 0x80};

    (void)state;
    for (size_t shift = 0; shift < 40; shift++) {
        char text[4 * 300];
        size_t size = shift;
        memset(text, 'x', shift);
        for (int i = 0; i < 100; i++) {
            memcpy(text + size, characters, sizeof characters);
            size += sizeof characters;
        }
        setup(NULL);
        console_bytes(text, size);
        console_end();
        assert_int_equal(out_size, size + 1);
        assert_memory_equal(out, text, size);
    }
}

static void nothing_happens_before_it_is_opened(void **state)
{
    (void)state;
    console_open(NULL);
    console_line("nobody hears it");
    assert_int_equal(out_size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(line_goes_out_whole_at_its_end, setup),
        cmocka_unit_test_setup(numbers_are_decimal, setup),
        cmocka_unit_test_setup(hexadecimal_numbers_are_in_lower_case, setup),
        cmocka_unit_test_setup(error_line_goes_to_errors_and_the_next_one_does_not, setup),
        cmocka_unit_test_setup(bytes_are_made_safe, setup),
        cmocka_unit_test_setup(long_text_is_shown_whole_at_every_alignment, setup),
        cmocka_unit_test_setup(nothing_happens_before_it_is_opened, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
