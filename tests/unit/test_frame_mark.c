/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame_mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void mark_is_seen_whatever_the_version_and_what_follows(void **state)
{
    (void)state;
    assert_int_equal(msgr_frame_mark("\xF9MG", 3), MSGR_FRAME_MARK_PRESENT);
    assert_int_equal(msgr_frame_mark("\xF9MG\x01", 4), MSGR_FRAME_MARK_PRESENT);
    assert_int_equal(msgr_frame_mark("\xF9MG\xFF rest", 9), MSGR_FRAME_MARK_PRESENT);
}

static void part_of_the_mark_is_told_apart(void **state)
{
    (void)state;
    assert_int_equal(msgr_frame_mark("\xF9", 1), MSGR_FRAME_MARK_PARTIAL);
    assert_int_equal(msgr_frame_mark("\xF9M", 2), MSGR_FRAME_MARK_PARTIAL);
}

static void anything_else_is_plain(void **state)
{
    (void)state;
    assert_int_equal(msgr_frame_mark(NULL, 0), MSGR_FRAME_MARK_ABSENT);
    assert_int_equal(msgr_frame_mark("M", 1), MSGR_FRAME_MARK_ABSENT);
    assert_int_equal(msgr_frame_mark("\xF9N", 2), MSGR_FRAME_MARK_ABSENT);
    assert_int_equal(msgr_frame_mark("\xF9MX\x01", 4), MSGR_FRAME_MARK_ABSENT);
    assert_int_equal(msgr_frame_mark("\xF8MG\x01", 4), MSGR_FRAME_MARK_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mark_is_seen_whatever_the_version_and_what_follows),
        cmocka_unit_test(part_of_the_mark_is_told_apart),
        cmocka_unit_test(anything_else_is_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
