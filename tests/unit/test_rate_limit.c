/* SPDX-License-Identifier: BSD-3-Clause */
#include "rate_limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct msgr_rate_limit limit;

static int setup(void **state)
{
    (void)state;
    memset(&limit, 0, sizeof limit);
    return 0;
}

static unsigned take(uint32_t source, unsigned tries, uint32_t now_ms)
{
    struct msgr_rate_source address = {{source, 0, 0, 0}};
    unsigned taken = 0;

    for (unsigned i = 0; i < tries; i++) {
        taken += msgr_rate_limit_take(&limit, &address, now_ms) ? 1 : 0;
    }
    return taken;
}

static void burst_is_had_at_once_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(take(1, 1000, 5), MSGR_PLAIN_RATE_BURST);
    assert_int_equal(take(1, 1000, 5), 0);
}

static void allowance_grows_with_time_up_to_the_burst(void **state)
{
    (void)state;
    take(1, 1000, 0);
    assert_int_equal(take(1, 1000, 1000 / MSGR_PLAIN_RATE_PER_S - 1), 0);
    assert_int_equal(take(1, 1000, 1000 / MSGR_PLAIN_RATE_PER_S), 1);
    assert_int_equal(take(1, 1000, 2000), 2 * MSGR_PLAIN_RATE_PER_S - 1);
    assert_int_equal(take(1, 1000, 1000000), MSGR_PLAIN_RATE_BURST);
}

static void sources_do_not_share(void **state)
{
    (void)state;
    take(1, 1000, 0);
    assert_int_equal(take(2, 1000, 0), MSGR_PLAIN_RATE_BURST);
}

static void source_is_all_of_its_address(void **state)
{
    struct msgr_rate_source a = {{1, 2, 3, 4}};
    struct msgr_rate_source b = {{1, 2, 3, 5}};

    (void)state;
    for (int i = 0; i < MSGR_PLAIN_RATE_BURST; i++) {
        assert_true(msgr_rate_limit_take(&limit, &a, 0));
    }
    assert_false(msgr_rate_limit_take(&limit, &a, 0));
    assert_true(msgr_rate_limit_take(&limit, &b, 0));
}

static void full_table_refuses_strangers_and_forgets_nobody(void **state)
{
    (void)state;
    for (uint32_t source = 1; source <= MSGR_PLAIN_RATE_SOURCES; source++) {
        assert_int_equal(take(source, 1000, 0), MSGR_PLAIN_RATE_BURST);
    }
    assert_int_equal(take(77, 10, 0), 0);
    assert_int_equal(take(1, 10, 0), 0);
}

static void bucket_that_is_full_again_is_given_away(void **state)
{
    uint32_t full_ms = MSGR_PLAIN_RATE_BURST * 1000u / MSGR_PLAIN_RATE_PER_S;

    (void)state;
    for (uint32_t source = 1; source <= MSGR_PLAIN_RATE_SOURCES; source++) {
        take(source, 1000, 0);
    }
    assert_int_equal(take(77, 1000, full_ms - 1), 0);
    assert_int_equal(take(77, 1000, full_ms), MSGR_PLAIN_RATE_BURST);
}

static void clock_may_wrap(void **state)
{
    (void)state;
    take(1, 1000, UINT32_MAX - 499);
    assert_int_equal(take(1, 1000, 500), MSGR_PLAIN_RATE_PER_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(burst_is_had_at_once_and_no_more, setup),
        cmocka_unit_test_setup(allowance_grows_with_time_up_to_the_burst, setup),
        cmocka_unit_test_setup(sources_do_not_share, setup),
        cmocka_unit_test_setup(source_is_all_of_its_address, setup),
        cmocka_unit_test_setup(full_table_refuses_strangers_and_forgets_nobody, setup),
        cmocka_unit_test_setup(bucket_that_is_full_again_is_given_away, setup),
        cmocka_unit_test_setup(clock_may_wrap, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
