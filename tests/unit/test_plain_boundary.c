/* SPDX-License-Identifier: BSD-3-Clause */
#include "plain_boundary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LIMIT 8

static void expect(const char *text, size_t size, enum msgr_plain_cue cue,
                   enum msgr_plain_boundary boundary)
{
    assert_int_equal(msgr_plain_boundary(text, size, LIMIT, cue), boundary);
}

static void push_quiet_and_end_end_the_text(void **state)
{
    (void)state;
    expect("text", 4, MSGR_PLAIN_CUE_DATA, MSGR_PLAIN_BOUNDARY_OPEN);
    expect("text", 4, MSGR_PLAIN_CUE_PUSH, MSGR_PLAIN_BOUNDARY_ENDED);
    expect("text", 4, MSGR_PLAIN_CUE_QUIET, MSGR_PLAIN_BOUNDARY_ENDED);
    expect("text", 4, MSGR_PLAIN_CUE_END, MSGR_PLAIN_BOUNDARY_ENDED);
    expect("", 0, MSGR_PLAIN_CUE_END, MSGR_PLAIN_BOUNDARY_ENDED);
}

static void limit_is_accepted_and_one_more_is_too_long(void **state)
{
    (void)state;
    expect("12345678", 8, MSGR_PLAIN_CUE_DATA, MSGR_PLAIN_BOUNDARY_OPEN);
    expect("12345678", 8, MSGR_PLAIN_CUE_PUSH, MSGR_PLAIN_BOUNDARY_ENDED);
    expect("12345678", 9, MSGR_PLAIN_CUE_DATA, MSGR_PLAIN_BOUNDARY_TOO_LONG);
    expect("12345678", 9, MSGR_PLAIN_CUE_PUSH, MSGR_PLAIN_BOUNDARY_TOO_LONG);
    expect("12345678", 9, MSGR_PLAIN_CUE_END, MSGR_PLAIN_BOUNDARY_TOO_LONG);
}

static void mark_is_framed_with_any_cue(void **state)
{
    (void)state;
    for (int cue = MSGR_PLAIN_CUE_DATA; cue <= MSGR_PLAIN_CUE_END; cue++) {
        expect("\xF9MG", 3, (enum msgr_plain_cue)cue, MSGR_PLAIN_BOUNDARY_FRAMED);
        expect("\xF9MG\x01....", 900, (enum msgr_plain_cue)cue, MSGR_PLAIN_BOUNDARY_FRAMED);
    }
}

static void part_of_the_mark_waits_through_a_push_only(void **state)
{
    (void)state;
    expect("\xF9", 1, MSGR_PLAIN_CUE_PUSH, MSGR_PLAIN_BOUNDARY_OPEN);
    expect("\xF9M", 2, MSGR_PLAIN_CUE_PUSH, MSGR_PLAIN_BOUNDARY_OPEN);
    expect("\xF9M", 2, MSGR_PLAIN_CUE_QUIET, MSGR_PLAIN_BOUNDARY_ENDED);
    expect("\xF9M", 2, MSGR_PLAIN_CUE_END, MSGR_PLAIN_BOUNDARY_ENDED);
    expect("\xF9X", 2, MSGR_PLAIN_CUE_PUSH, MSGR_PLAIN_BOUNDARY_ENDED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(push_quiet_and_end_end_the_text),
        cmocka_unit_test(limit_is_accepted_and_one_more_is_too_long),
        cmocka_unit_test(mark_is_framed_with_any_cue),
        cmocka_unit_test(part_of_the_mark_waits_through_a_push_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
