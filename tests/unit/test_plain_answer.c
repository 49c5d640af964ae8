/* SPDX-License-Identifier: BSD-3-Clause */
#include "plain_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void answer_holds_the_repr_between_head_and_tail(void **state)
{
    char out[64];
    const char expected[] = "Message received: b\"it's\". Thank you.";

    (void)state;
    assert_int_equal(msgr_plain_answer_size("it's", 4), strlen(expected));
    msgr_plain_answer(out, "it's", 4);
    assert_memory_equal(out, expected, strlen(expected));
}

static void longest_answer_has_the_size_that_the_specification_says(void **state)
{
    static const char zeros[MSGR_PLAIN_TEXT_MAX];

    (void)state;
    assert_int_equal(msgr_plain_answer_size(zeros, sizeof zeros), 4129);
}

static void refusal_names_the_limit(void **state)
{
    (void)state;
    assert_string_equal(MSGR_PLAIN_TOO_LONG_ANSWER, "Message refused: longer than 1024 bytes.");
}

static void acknowledgement_is_told_by_its_head(void **state)
{
    (void)state;
    assert_true(msgr_plain_is_acknowledgement("Message received: x. Thank you.", 31));
    assert_true(msgr_plain_is_acknowledgement("Message received: ", 18));
    assert_false(msgr_plain_is_acknowledgement("Message received:", 17));
    assert_false(msgr_plain_is_acknowledgement("message received: x. Thank you.", 31));
    assert_false(msgr_plain_is_acknowledgement("", 0));
}

static void answers_of_either_kind_are_answers(void **state)
{
    (void)state;
    assert_true(msgr_plain_is_answer("Message received: x", 19));
    assert_true(msgr_plain_is_answer("Message refused: longer", 23));
    assert_false(msgr_plain_is_answer("Message refused:", 16));
    assert_false(msgr_plain_is_answer("Message", 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_holds_the_repr_between_head_and_tail),
        cmocka_unit_test(longest_answer_has_the_size_that_the_specification_says),
        cmocka_unit_test(refusal_names_the_limit),
        cmocka_unit_test(acknowledgement_is_told_by_its_head),
        cmocka_unit_test(answers_of_either_kind_are_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
