/* SPDX-License-Identifier: BSD-3-Clause */
#include "histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct histogram histogram;

static int setup(void **state)
{
    (void)state;
    histogram_clear(&histogram);
    return 0;
}

static void nothing_is_zero(void **state)
{
    (void)state;
    assert_int_equal(histogram_at(&histogram, 0), 0);
    assert_int_equal(histogram_at(&histogram, 50), 0);
    assert_int_equal(histogram_at(&histogram, 100), 0);
}

static void short_times_are_exact(void **state)
{
    (void)state;
    for (uint32_t ms = 1; ms < HISTOGRAM_EXACT; ms++) {
        histogram_add(&histogram, ms);
    }
    assert_int_equal(histogram_at(&histogram, 0), 1);
    assert_int_equal(histogram_at(&histogram, 50), 32);
    assert_int_equal(histogram_at(&histogram, 99), 63);
    assert_int_equal(histogram_at(&histogram, 100), 63);
}

static void one_of_a_hundred_may_be_longer(void **state)
{
    (void)state;
    for (int i = 0; i < 99; i++) {
        histogram_add(&histogram, 7);
    }
    histogram_add(&histogram, 5000);
    assert_int_equal(histogram_at(&histogram, 99), 7);
    assert_int_equal(histogram_at(&histogram, 100), 5000);
}

/* Each time by itself, with a longer one that keeps it from being the most. */
static void long_times_are_an_eighth_too_large_at_most(void **state)
{
    (void)state;
    for (uint32_t ms = HISTOGRAM_EXACT; ms < 240000; ms += 1 + ms / 97) {
        setup(NULL);
        histogram_add(&histogram, ms);
        histogram_add(&histogram, UINT32_MAX);
        assert_in_range(histogram_at(&histogram, 50), ms, ms + ms / 8);
    }
}

static void longest_times_of_all_are_counted(void **state)
{
    (void)state;
    histogram_add(&histogram, 1000000);
    histogram_add(&histogram, UINT32_MAX);
    assert_int_equal(histogram.count, 2);
    assert_int_equal(histogram_at(&histogram, 0), 1000000);
    assert_int_equal(histogram_at(&histogram, 100), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_zero, setup),
        cmocka_unit_test_setup(short_times_are_exact, setup),
        cmocka_unit_test_setup(one_of_a_hundred_may_be_longer, setup),
        cmocka_unit_test_setup(long_times_are_an_eighth_too_large_at_most, setup),
        cmocka_unit_test_setup(longest_times_of_all_are_counted, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
