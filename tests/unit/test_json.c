/* SPDX-License-Identifier: BSD-3-Clause */
#include "console.h"
#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char out[8192];
static size_t out_size;

static void record(bool is_error, const char *text, size_t size)
{
    assert_false(is_error); /* a program reads one stream */
    memcpy(out + out_size, text, size);
    out_size += size;
}

static int setup(void **state)
{
    (void)state;
    out_size = 0;
    console_open(record);
    console_set_json(true);
    return 0;
}

static void expect_out(const char *text)
{
    out[out_size] = '\0';
    assert_string_equal(out, text);
}

static void object_has_its_members_in_order(void **state)
{
    (void)state;
    json_begin("message");
    json_text("peer", "bob");
    json_number("size", UINT32_MAX);
    json_number("zero", 0);
    json_bool("up", true);
    json_bool("down", false);
    json_end();
    expect_out("{\"event\":\"message\",\"peer\":\"bob\",\"size\":4294967295,\"zero\":0,"
               "\"up\":true,\"down\":false}\n");
}

static void thousandths_have_three_digits(void **state)
{
    (void)state;
    json_begin("x");
    json_thousandths("a", 0);
    json_thousandths("b", 7);
    json_thousandths("c", 2070);
    json_thousandths("d", UINT32_MAX * UINT64_C(1000) + 999);
    json_end();
    expect_out("{\"event\":\"x\",\"a\":0.000,\"b\":0.007,\"c\":2.070,\"d\":4294967295.999}\n");
}

static void strings_are_escaped(void **state)
{
    (void)state;
    json_begin("x");
    json_text("a", "\"quoted\" back\\slash\ttab\x7F");
    json_text("b", "\xC2\x9B csi");
    json_text("c", "na\xC3\xAFve \xF0\x9F\x98\x80");
    json_end();
    expect_out("{\"event\":\"x\",\"a\":\"\\\"quoted\\\" back\\\\slash\\u0009tab\\u007f\","
               "\"b\":\"\\u009b csi\",\"c\":\"na\xC3\xAFve \xF0\x9F\x98\x80\"}\n");
}

static void what_is_not_utf8_is_hexadecimal(void **state)
{
    (void)state;
    json_begin("x");
    json_bytes("data", "a\xFF\x00", 3);
    json_bytes("cut", "\xF0\x9F\x98", 3);
    json_bytes("none", NULL, 0);
    json_end();
    expect_out("{\"event\":\"x\",\"data_hex\":\"61ff00\",\"cut_hex\":\"f09f98\",\"none\":\"\"}\n");
}

static void console_may_print_a_string(void **state)
{
    (void)state;
    json_begin("x");
    json_open_string("address");
    console_number(10);
    console_text(".\"");
    json_close_string();
    json_hex("data", "\x00\xff", 2);
    json_end();
    expect_out("{\"event\":\"x\",\"address\":\"10.\\\"\",\"data\":\"00ff\"}\n");
}

static void lines_and_errors_are_objects_too(void **state)
{
    (void)state;
    console_text("say \"hi\" ");
    console_number(42);
    console_bytes("\x1B\\", 2);
    console_end();
    console_error();
    console_line("it broke");
    console_end();
    expect_out("{\"line\":\"say \\\"hi\\\" 42\\\\x1b\\\\\"}\n{\"error\":\"it broke\"}\n\n");
}

static void lines_are_for_people_again(void **state)
{
    (void)state;
    console_line("a");
    console_set_json(false);
    assert_false(console_is_json());
    console_line("\"b\"");
    expect_out("{\"line\":\"a\"}\n\"b\"\n");
}

static void long_object_is_whole(void **state)
{
    char text[1001];
    char expected[1100];

    (void)state;
    memset(text, 'y', 1000);
    text[1000] = '\0';
    (void)snprintf(expected, sizeof expected, "{\"event\":\"x\",\"t\":\"%s\"}\n", text);
    json_begin("x");
    json_text("t", text);
    json_end();
    expect_out(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(object_has_its_members_in_order, setup),
        cmocka_unit_test_setup(thousandths_have_three_digits, setup),
        cmocka_unit_test_setup(strings_are_escaped, setup),
        cmocka_unit_test_setup(what_is_not_utf8_is_hexadecimal, setup),
        cmocka_unit_test_setup(console_may_print_a_string, setup),
        cmocka_unit_test_setup(lines_and_errors_are_objects_too, setup),
        cmocka_unit_test_setup(lines_are_for_people_again, setup),
        cmocka_unit_test_setup(long_object_is_whole, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
