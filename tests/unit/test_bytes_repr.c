/* SPDX-License-Identifier: BSD-3-Clause */
#include "bytes_repr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Size and bytes of one repr; a sentinel behind the room that was asked for stays as it is. */
static void expect(const void *data, size_t size, const char *repr)
{
    char out[64];
    size_t wanted = msgr_bytes_repr(NULL, data, size);

    memset(out, '#', sizeof out);
    assert_int_equal(wanted, strlen(repr));
    assert_int_equal(msgr_bytes_repr(out, data, size), wanted);
    assert_memory_equal(out, repr, wanted);
    assert_int_equal(out[wanted], '#');
}

static void empty_bytes_are_two_quotes(void **state)
{
    (void)state;
    expect("", 0, "b''");
    expect(NULL, 0, "b''");
}

static void printable_bytes_stand_for_themselves(void **state)
{
    (void)state;
    expect("hi ~", 4, "b'hi ~'");
}

static void quote_is_double_only_if_the_text_has_single_and_no_double(void **state)
{
    (void)state;
    expect("it's", 4, "b\"it's\"");
    expect("\"x\"", 3, "b'\"x\"'");
    expect("it's \"x\"", 8, "b'it\\'s \"x\"'");
}

static void short_escapes_are_used_where_there_are_any(void **state)
{
    (void)state;
    expect("\t\n\r\\", 4, "b'\\t\\n\\r\\\\'");
}

static void other_bytes_are_hexadecimal_in_lower_case(void **state)
{
    (void)state;
    expect("\0\x1f\x7f\x80\xff", 5, "b'\\x00\\x1f\\x7f\\x80\\xff'");
    expect("\xe3\x81\x82", 3, "b'\\xe3\\x81\\x82'");
    expect("\a\b\f\v", 4, "b'\\x07\\x08\\x0c\\x0b'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_bytes_are_two_quotes),
        cmocka_unit_test(printable_bytes_stand_for_themselves),
        cmocka_unit_test(quote_is_double_only_if_the_text_has_single_and_no_double),
        cmocka_unit_test(short_escapes_are_used_where_there_are_any),
        cmocka_unit_test(other_bytes_are_hexadecimal_in_lower_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
