/* SPDX-License-Identifier: BSD-3-Clause */
#include "name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool is_name(const char *text)
{
    return msgr_name_is_valid(text, strlen(text));
}

static void one_to_31_bytes(void **state)
{
    char text[41];

    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t size = 0; size < sizeof text; size++) {
        assert_int_equal(msgr_name_is_valid(text, size), size >= 1 && size <= 31);
    }
}

static void any_script(void **state)
{
    (void)state;
    assert_true(is_name("alice"));
    assert_true(is_name("B\xC3\xA9"
                        "atrice"));
    assert_true(is_name("\xE3\x81\x82"));
    assert_true(is_name("\xF0\x9F\x90\x99 octopus"));
}

static void length_counts_bytes_not_characters(void **state)
{
    (void)state;
    assert_true(is_name("\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u3042")); /* 30 */
    assert_true(is_name("\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u3042x"));
    assert_false(is_name("\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u3042\u00E9"));
}

static void every_ascii_control_is_refused(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 0x80; c++) {
        char text[3] = {'a', (char)c, 'b'};
        assert_int_equal(msgr_name_is_valid(text, 3), c >= 0x20 && c != 0x7F);
    }
}

static void every_control_beyond_ascii_is_refused(void **state)
{
    (void)state;
    for (unsigned c = 0x80; c < 0xC0; c++) {
        char text[2] = {'\xC2', (char)c};
        assert_int_equal(msgr_name_is_valid(text, 2), c >= 0xA0);
    }
}

static void what_is_not_utf8_is_refused(void **state)
{
    (void)state;
    assert_false(is_name("\xFF"));
    assert_false(is_name("a\x80"));
    assert_false(is_name("\xC0\xA0"));         /* longer than need be */
    assert_false(is_name("\xED\xA0\x80"));     /* half of a surrogate pair */
    assert_false(is_name("\xF4\x90\x80\x80")); /* beyond U+10FFFF */
    assert_false(is_name("cut \xE3\x81"));     /* its end is missing */
    assert_false(msgr_name_is_valid("\xC3\xA9", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_to_31_bytes),
        cmocka_unit_test(any_script),
        cmocka_unit_test(length_counts_bytes_not_characters),
        cmocka_unit_test(every_ascii_control_is_refused),
        cmocka_unit_test(every_control_beyond_ascii_is_refused),
        cmocka_unit_test(what_is_not_utf8_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
