/* SPDX-License-Identifier: BSD-3-Clause */
#include "congestion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct msgr_congestion congestion;

static int setup(void **state)
{
    (void)state;
    msgr_congestion_start(&congestion, 100);
    return 0;
}

static void acknowledge(unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        msgr_congestion_acknowledged(&congestion, 1);
    }
}

static void it_begins_at_ten(void **state)
{
    (void)state;
    assert_int_equal(congestion.window, 10);
}

static void slow_start_grows_by_one_for_each_acknowledged(void **state)
{
    (void)state;
    acknowledge(5);
    assert_int_equal(congestion.window, 15);
    msgr_congestion_acknowledged(&congestion, 3);
    assert_int_equal(congestion.window, 18);
}

static void loss_halves_it(void **state)
{
    (void)state;
    acknowledge(30);
    msgr_congestion_lost(&congestion, 120, 140);
    assert_int_equal(congestion.window, 20);
}

static void it_is_never_halved_below_ten(void **state)
{
    (void)state;
    acknowledge(5);
    msgr_congestion_lost(&congestion, 100, 115);
    assert_int_equal(congestion.window, 10);
}

static void losses_of_one_round_trip_count_once(void **state)
{
    (void)state;
    acknowledge(70);
    msgr_congestion_lost(&congestion, 120, 150);
    msgr_congestion_lost(&congestion, 149, 160);
    assert_int_equal(congestion.window, 40);
    msgr_congestion_lost(&congestion, 150, 170);
    assert_int_equal(congestion.window, 20);
}

static void what_was_lost_before_the_start_does_not_count(void **state)
{
    (void)state;
    acknowledge(30);
    msgr_congestion_lost(&congestion, 99, 140);
    assert_int_equal(congestion.window, 40);
}

static void order_of_transmissions_may_wrap(void **state)
{
    (void)state;
    msgr_congestion_start(&congestion, UINT32_MAX - 5);
    acknowledge(70);
    msgr_congestion_lost(&congestion, UINT32_MAX, 10);
    assert_int_equal(congestion.window, 40);
    msgr_congestion_lost(&congestion, 9, 20);
    assert_int_equal(congestion.window, 40);
    msgr_congestion_lost(&congestion, 10, 20);
    assert_int_equal(congestion.window, 20);
}

static void above_the_threshold_a_window_grows_it_by_one(void **state)
{
    (void)state;
    acknowledge(30);
    msgr_congestion_lost(&congestion, 120, 140);
    acknowledge(19);
    assert_int_equal(congestion.window, 20);
    acknowledge(1);
    assert_int_equal(congestion.window, 21);
    acknowledge(21);
    assert_int_equal(congestion.window, 22);
}

static void collapse_lasts_until_something_is_acknowledged(void **state)
{
    (void)state;
    acknowledge(30);
    msgr_congestion_collapse(&congestion);
    assert_int_equal(congestion.window, 2);
    msgr_congestion_collapse(&congestion);
    assert_int_equal(congestion.window, 2);
    acknowledge(1);
    assert_int_equal(congestion.window, 11);
}

static void collapsed_window_is_not_halved(void **state)
{
    (void)state;
    msgr_congestion_collapse(&congestion);
    msgr_congestion_lost(&congestion, 120, 140);
    assert_int_equal(congestion.window, 2);
}

static void it_has_an_end(void **state)
{
    (void)state;
    acknowledge(5000);
    uint16_t most = congestion.window;
    acknowledge(5000);
    assert_int_equal(congestion.window, most);
    msgr_congestion_acknowledged(&congestion, 60000);
    assert_int_equal(congestion.window, most);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_begins_at_ten, setup),
        cmocka_unit_test_setup(slow_start_grows_by_one_for_each_acknowledged, setup),
        cmocka_unit_test_setup(loss_halves_it, setup),
        cmocka_unit_test_setup(it_is_never_halved_below_ten, setup),
        cmocka_unit_test_setup(losses_of_one_round_trip_count_once, setup),
        cmocka_unit_test_setup(what_was_lost_before_the_start_does_not_count, setup),
        cmocka_unit_test_setup(order_of_transmissions_may_wrap, setup),
        cmocka_unit_test_setup(above_the_threshold_a_window_grows_it_by_one, setup),
        cmocka_unit_test_setup(collapse_lasts_until_something_is_acknowledged, setup),
        cmocka_unit_test_setup(collapsed_window_is_not_halved, setup),
        cmocka_unit_test_setup(it_has_an_end, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
