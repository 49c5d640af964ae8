/* SPDX-License-Identifier: BSD-3-Clause */
#include "msgr/plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void each_reason_has_words_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < MSGR_PLAIN_REASONS; i++) {
        const char *text = msgr_plain_reason_text((enum msgr_plain_reason)i);
        assert_non_null(text);
        assert_true(strlen(text) > 0);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(text, msgr_plain_reason_text((enum msgr_plain_reason)j));
        }
    }
}

static void other_numbers_are_unknown(void **state)
{
    (void)state;
    assert_string_equal(msgr_plain_reason_text(MSGR_PLAIN_REASONS), "unknown reason");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason_has_words_of_its_own),
        cmocka_unit_test(other_numbers_are_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
