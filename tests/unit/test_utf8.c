/* SPDX-License-Identifier: BSD-3-Clause */
#include "msgr/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, size_t length, uint32_t code)
{
    uint32_t decoded = 0;

    assert_int_equal(msgr_utf8_length((uint8_t)text[0]), length);
    assert_int_equal(msgr_utf8_decode(text, strlen(text), &decoded), length);
    assert_int_equal(decoded, code);
}

static void characters_of_every_length_are_decoded(void **state)
{
    (void)state;
    expect("a", 1, 'a');
    expect("\xC3\xA9rest", 2, 0xE9);
    expect("\xE3\x81\x82", 3, 0x3042);
    expect("\xF0\x9F\x98\x80", 4, 0x1F600);
}

static void character_that_is_not_whole_is_none(void **state)
{
    uint32_t code;

    (void)state;
    for (size_t size = 1; size < 4; size++) {
        assert_int_equal(msgr_utf8_decode("\xF0\x9F\x98\x80", size, &code), 0);
    }
}

static void what_no_character_begins_with_has_no_length(void **state)
{
    (void)state;
    for (unsigned byte = 0x80; byte < 0xC2; byte++) {
        assert_int_equal(msgr_utf8_length((uint8_t)byte), 0);
    }
    for (unsigned byte = 0xF5; byte <= 0xFF; byte++) {
        assert_int_equal(msgr_utf8_length((uint8_t)byte), 0);
    }
}

static void overlong_forms_surrogates_and_what_is_too_high_are_not_decoded(void **state)
{
    static const char *const wrong[] = {"\xC0\x80",         "\xE0\x9F\xBF",     "\xED\xA0\x80",
                                        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xE3\x41\x82"};
    uint32_t code;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(msgr_utf8_decode(wrong[i], strlen(wrong[i]), &code), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_of_every_length_are_decoded),
        cmocka_unit_test(character_that_is_not_whole_is_none),
        cmocka_unit_test(what_no_character_begins_with_has_no_length),
        cmocka_unit_test(overlong_forms_surrogates_and_what_is_too_high_are_not_decoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
