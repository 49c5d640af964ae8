/* SPDX-License-Identifier: BSD-3-Clause */
#include "console.h"
#include "line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define A_KANA  "\xE3\x81\x82"     /* two columns wide */
#define E_ACUTE "\xC3\xA9"         /* one */
#define SMILE   "\xF0\x9F\x98\x80" /* two */

static char out[65536];
static size_t out_size;
static struct line line;
static char *ended;

static void record(bool is_error, const char *text, size_t size)
{
    (void)is_error;
    if (size < sizeof out - out_size) {
        memcpy(out + out_size, text, size);
        out_size += size;
        out[out_size] = '\0';
    }
}

static int setup(void **state)
{
    (void)state;
    memset(&line, 0, sizeof line);
    out_size = 0;
    out[0] = '\0';
    console_open(record);
    console_open_echo();
    return 0;
}

/* Type it; the last line that it ends is in `ended`. @return how many lines it ends */
static int type(const char *text)
{
    int count = 0;

    for (; *text != '\0'; text++) {
        char *taken = line_take(&line, (uint8_t)*text);
        if (taken != NULL) {
            ended = taken;
            count++;
        }
    }
    return count;
}

static void expect_line(const char *typed, const char *wanted)
{
    assert_int_equal(type(typed), 1);
    assert_string_equal(ended, wanted);
}

static void cr_lf_and_crlf_end_a_line_each_once(void **state)
{
    (void)state;
    assert_int_equal(type("one\rtwo\nthree\r\nfour\n\r"), 5);
    assert_string_equal(ended, "");
    assert_string_equal(out, "one\ntwo\nthree\nfour\n\n");
}

static void typed_characters_are_echoed_when_they_are_complete(void **state)
{
    (void)state;
    type("\xE3\x81");
    assert_string_equal(out, "");
    type("\x82");
    assert_string_equal(out, A_KANA);
}

static void backspace_takes_back_a_character_and_its_columns(void **state)
{
    (void)state;
    type("a" A_KANA);
    out_size = 0;
    type("\x7f");
    assert_string_equal(out, "\b \b\b \b");
    out_size = 0;
    type("\b");
    assert_string_equal(out, "\b \b");
    out_size = 0;
    out[0] = '\0';
    type("\b\b");
    assert_string_equal(out, "");
    expect_line("x" E_ACUTE SMILE "\b\b\n", "x");
}

static void ctrl_u_takes_back_the_line(void **state)
{
    (void)state;
    expect_line("nonsense" SMILE "\x15"
                "help\n",
                "help");
}

static void ctrl_c_begins_anew(void **state)
{
    (void)state;
    expect_line("nonsense\x03help\n", "help");
    assert_string_equal(out, "nonsense^C\nhelp\n");
}

static void what_is_not_a_character_is_thrown_away(void **state)
{
    (void)state;
    expect_line("a\xFF\xC0\x80"
                "b\xE3\x81"
                "c\xED\xA0\x80"
                "d\xC2\x9F"
                "\x01\x02\x1f"
                "e\n",
                "abcde");
}

static void beginning_of_a_character_is_lost_at_the_lines_end(void **state)
{
    (void)state;
    expect_line("a\xE3\x81\n", "a");
    expect_line("\x82z\n", "z");
}

static void cursor_keys_leave_nothing(void **state)
{
    (void)state;
    expect_line("a\x1b[Ab\x1bOPc\x1b[1;5Cd\x1b[3~e\x1bxf\n", "abcdef");
    expect_line("\x1b[\n", "");
    expect_line("\x1b\n", "");
}

static void tab_is_a_space(void **state)
{
    (void)state;
    expect_line("a\tb\n", "a b");
}

static void character_that_could_confuse_a_terminal_is_kept_and_shown_escaped(void **state)
{
    (void)state;
    type("\xE2\x80\xAE"); /* right-to-left override */
    assert_string_equal(out, "\\xe2\\x80\\xae");
    out_size = 0;
    type("\b");
    assert_int_equal(out_size, 3 * strlen("\\xe2\\x80\\xae"));
    expect_line("a\xE2\x80\x8D"
                "b\n",
                "a\xE2\x80\x8D"
                "b");
}

static void fill(size_t size)
{
    for (size_t i = 0; i < size; i++) {
        type("x");
    }
}

static void longest_line_is_taken_and_a_longer_one_is_an_error(void **state)
{
    (void)state;
    fill(LINE_SIZE_MAX);
    assert_int_equal(type("\n"), 1);
    assert_int_equal(strlen(ended), LINE_SIZE_MAX);
    fill(LINE_SIZE_MAX + 1);
    out_size = 0;
    assert_int_equal(type("and more\n"), 0);
    assert_non_null(strstr(out, "error: a line has 256 bytes at most; nothing was done\n"));
    expect_line("help\n", "help");
}

static void character_that_does_not_fit_whole_is_too_long(void **state)
{
    (void)state;
    fill((size_t)LINE_SIZE_MAX - 2);
    assert_int_equal(type(A_KANA "\n"), 0);
    expect_line("help\n", "help");
}

static void too_long_line_can_be_taken_back(void **state)
{
    (void)state;
    fill((size_t)2 * LINE_SIZE_MAX);
    expect_line("\x15help\n", "help");
    fill((size_t)2 * LINE_SIZE_MAX);
    expect_line("\x03help\n", "help");
}

static void line_printed_while_typing_stands_alone_and_what_was_typed_is_shown_again(void **state)
{
    (void)state;
    type("he");
    console_line("a message");
    type("l");
    assert_string_equal(out, "he\na message\nhel");
    expect_line("p\n", "help");
    assert_string_equal(out, "he\na message\nhelp\n");
}

static void nothing_is_echoed_unless_asked_for(void **state)
{
    (void)state;
    console_open(record);
    expect_line("help\b\n", "hel");
    assert_string_equal(out, "");
}

/* Whatever comes in, the line stays within its bounds, is UTF-8, and the next one works. */
static void rubbish_does_no_harm(void **state)
{
    const char *given = getenv("SEED");
    unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);

    (void)state;
    printf("SEED=%u\n", seed);
    for (int i = 0; i < 500000; i++) {
        char *taken;
        seed = seed * 1103515245u + 12345u;
        taken = line_take(&line, (uint8_t)(seed >> 16));
        out_size = 0;
        assert_true(line.size <= LINE_SIZE_MAX);
        for (size_t at = 0; taken != NULL && taken[at] != '\0';) {
            uint32_t code;
            size_t size = msgr_utf8_decode(taken + at, strlen(taken + at), &code);
            assert_true(size > 0 && code >= 0x20);
            at += size;
        }
    }
    type("\x03");
    expect_line("help\n", "help");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(cr_lf_and_crlf_end_a_line_each_once, setup),
        cmocka_unit_test_setup(typed_characters_are_echoed_when_they_are_complete, setup),
        cmocka_unit_test_setup(backspace_takes_back_a_character_and_its_columns, setup),
        cmocka_unit_test_setup(ctrl_u_takes_back_the_line, setup),
        cmocka_unit_test_setup(ctrl_c_begins_anew, setup),
        cmocka_unit_test_setup(what_is_not_a_character_is_thrown_away, setup),
        cmocka_unit_test_setup(beginning_of_a_character_is_lost_at_the_lines_end, setup),
        cmocka_unit_test_setup(cursor_keys_leave_nothing, setup),
        cmocka_unit_test_setup(tab_is_a_space, setup),
        cmocka_unit_test_setup(character_that_could_confuse_a_terminal_is_kept_and_shown_escaped,
                               setup),
        cmocka_unit_test_setup(longest_line_is_taken_and_a_longer_one_is_an_error, setup),
        cmocka_unit_test_setup(character_that_does_not_fit_whole_is_too_long, setup),
        cmocka_unit_test_setup(too_long_line_can_be_taken_back, setup),
        cmocka_unit_test_setup(
            line_printed_while_typing_stands_alone_and_what_was_typed_is_shown_again, setup),
        cmocka_unit_test_setup(nothing_is_echoed_unless_asked_for, setup),
        cmocka_unit_test_setup(rubbish_does_no_harm, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
