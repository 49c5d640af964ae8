/* SPDX-License-Identifier: BSD-3-Clause */
#include "msgr/printable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *data, const char *text)
{
    char out[256];
    size_t size = msgr_printable(out, sizeof out, data, strlen(data));

    assert_int_equal(size, strlen(text));
    assert_memory_equal(out, text, size);
}

static size_t encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* Is the code point shown as it is? The other possibility is an escape for each of its bytes. */
static int is_shown(uint32_t code)
{
    char in[4];
    char out[16];
    size_t size = encode(code, in);
    size_t written = msgr_printable(out, sizeof out, in, size);

    if (written == size && memcmp(in, out, size) == 0) {
        return 1;
    }
    assert_int_equal(written, 4 * size);
    assert_memory_equal(out, "\\x", 2);
    return 0;
}

static void printable_text_stays_as_it_is(void **state)
{
    (void)state;
    expect("", "");
    expect("Hello, \\ \"server\"!", "Hello, \\ \"server\"!");
    expect("こんにちは", "こんにちは");
    expect("\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80");
}

static void controls_are_escaped(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x20; code++) {
        assert_false(is_shown(code));
    }
    for (uint32_t code = 0x7F; code < 0xA0; code++) {
        assert_false(is_shown(code));
    }
    assert_true(is_shown(0xA0));
    expect("\x1b]0;title\x07", "\\x1b]0;title\\x07");
}

static void bidirectional_and_invisible_characters_are_escaped(void **state)
{
    static const uint32_t hidden[] = {0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A,
                                      0x202E, 0x2066, 0x2069, 0xFEFF, 0xFFF9, 0xE0001};
    static const uint32_t shown[] = {0x0061, 0x00E9, 0x05D0, 0x0627, 0x2010,
                                     0x3042, 0xD7FF, 0xE000, 0xFFFD, 0x10000};

    (void)state;
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        assert_false(is_shown(hidden[i]));
    }
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        assert_true(is_shown(shown[i]));
    }
}

static void noncharacters_surrogates_and_what_is_beyond_unicode_are_escaped(void **state)
{
    (void)state;
    for (uint32_t plane = 0; plane <= 0x10; plane++) {
        assert_false(is_shown(plane << 16 | 0xFFFE));
        assert_false(is_shown(plane << 16 | 0xFFFF));
    }
    assert_false(is_shown(0xFDD0));
    assert_false(is_shown(0xD800));
    assert_false(is_shown(0xDFFF));
    assert_false(is_shown(0x110000));
}

static void invalid_bytes_are_escaped_and_valid_ones_around_them_stay(void **state)
{
    (void)state;
    expect("a\x80z", "a\\x80z");
    expect("a\xC0\xAFz", "a\\xc0\\xafz");          /* overlong */
    expect("a\xE0\x80\xAFz", "a\\xe0\\x80\\xafz"); /* overlong */
    expect("a\xF9MGz", "a\\xf9MGz");
    expect("a\xE3\x81z", "a\\xe3\\x81z"); /* cut off */
    expect("a\xE3\x81", "a\\xe3\\x81");
    expect("\xE3\xE3\x81\x82", "\\xe3\xE3\x81\x82");
}

/* Whatever comes in, nothing but printable ASCII and bytes above 0x7F comes out. */
static void no_two_bytes_get_through_raw(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            char in[2] = {(char)a, (char)b};
            char out[8];
            size_t size = msgr_printable(out, sizeof out, in, 2);
            for (size_t i = 0; i < size; i++) {
                uint8_t byte = (uint8_t)out[i];
                assert_true((byte >= 0x20 && byte < 0x7F) || byte >= 0x80);
            }
        }
    }
}

static void full_room_ends_the_text_before_the_character_that_does_not_fit(void **state)
{
    char out[16];

    (void)state;
    memset(out, '#', sizeof out);
    assert_int_equal(msgr_printable(out, 4, "ab\xE3\x81\x82z", 6), 2);
    assert_int_equal(msgr_printable(out, 5, "ab\xE3\x81\x82z", 6), 5);
    assert_int_equal(msgr_printable(out, 3, "\x01", 1), 0);
    assert_int_equal(msgr_printable(out, 0, "a", 1), 0);
    assert_int_equal(out[5], '#');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printable_text_stays_as_it_is),
        cmocka_unit_test(controls_are_escaped),
        cmocka_unit_test(bidirectional_and_invisible_characters_are_escaped),
        cmocka_unit_test(noncharacters_surrogates_and_what_is_beyond_unicode_are_escaped),
        cmocka_unit_test(invalid_bytes_are_escaped_and_valid_ones_around_them_stay),
        cmocka_unit_test(no_two_bytes_get_through_raw),
        cmocka_unit_test(full_room_ends_the_text_before_the_character_that_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
