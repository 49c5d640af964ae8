/* SPDX-License-Identifier: BSD-3-Clause */
#include "msgr/msgr.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define OUTCOMES 3
#define ERRORS   10

static void assert_is_words(const char *text)
{
    assert_non_null(text);
    assert_true(strlen(text) > 3);
    assert_true(text[strlen(text) - 1] != '.');
}

static void every_error_has_its_own_words(void **state)
{
    (void)state;
    for (int error = -ERRORS; error < 0; error++) {
        assert_is_words(msgr_error_text(error));
        assert_string_not_equal(msgr_error_text(error), "unknown error");
        for (int other = error + 1; other <= 0; other++) {
            assert_string_not_equal(msgr_error_text(error), msgr_error_text(other));
        }
    }
}

static void results_are_no_errors(void **state)
{
    (void)state;
    assert_string_equal(msgr_error_text(0), "no error");
    assert_string_equal(msgr_error_text(INT_MAX), "no error");
}

static void every_reason_has_its_own_words(void **state)
{
    (void)state;
    for (int reason = 0; reason < MSGR_REASONS; reason++) {
        assert_is_words(msgr_reason_text((enum msgr_reason)reason));
        for (int other = reason + 1; other <= MSGR_REASONS; other++) {
            assert_string_not_equal(msgr_reason_text((enum msgr_reason)reason),
                                    msgr_reason_text((enum msgr_reason)other));
        }
    }
}

static void every_outcome_has_its_own_words(void **state)
{
    (void)state;
    for (int outcome = 0; outcome < OUTCOMES; outcome++) {
        assert_is_words(msgr_outcome_text((enum msgr_outcome)outcome));
        for (int other = outcome + 1; other <= OUTCOMES; other++) {
            assert_string_not_equal(msgr_outcome_text((enum msgr_outcome)outcome),
                                    msgr_outcome_text((enum msgr_outcome)other));
        }
    }
}

static void unknown_codes_have_words(void **state)
{
    (void)state;
    assert_string_equal(msgr_error_text(-ERRORS - 1), "unknown error");
    assert_string_equal(msgr_error_text(INT_MIN), "unknown error");
    assert_string_equal(msgr_reason_text(MSGR_REASONS), "unknown reason");
    assert_string_equal(msgr_reason_text((enum msgr_reason)INT_MAX), "unknown reason");
    assert_string_equal(msgr_outcome_text((enum msgr_outcome)OUTCOMES), "no outcome");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_own_words),
        cmocka_unit_test(results_are_no_errors),
        cmocka_unit_test(every_reason_has_its_own_words),
        cmocka_unit_test(every_outcome_has_its_own_words),
        cmocka_unit_test(unknown_codes_have_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
