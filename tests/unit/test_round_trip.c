/* SPDX-License-Identifier: BSD-3-Clause */
#include "round_trip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NEVER_CAPPED UINT32_MAX

static void without_an_estimate_a_probe_waits_100_ms(void **state)
{
    struct msgr_round_trip trip = {0};

    (void)state;
    assert_int_equal(msgr_round_trip_probe_ms(&trip, 0, NEVER_CAPPED), 100);
    assert_int_equal(msgr_round_trip_probe_ms(&trip, 1, NEVER_CAPPED), 150);
}

static void first_sample_is_the_estimate(void **state)
{
    struct msgr_round_trip trip = {0};

    (void)state;
    msgr_round_trip_sample(&trip, 40);
    assert_true(trip.has_estimate);
    assert_int_equal(trip.smoothed, 8 * 40);
    assert_int_equal(trip.variation, 4 * 20);
    assert_int_equal(msgr_round_trip_window_ms(&trip), 40 + 4 * 20);
    assert_int_equal(msgr_round_trip_probe_ms(&trip, 0, NEVER_CAPPED), 40 + 4 * 20 + 5);
}

/* RFC 9002, 5.3: rttvar = 3/4 rttvar + 1/4 |srtt - sample|, srtt = 7/8 srtt + 1/8 sample. */
static void further_samples_move_it_as_the_rfc_says(void **state)
{
    struct msgr_round_trip trip = {0};

    (void)state;
    msgr_round_trip_sample(&trip, 40);
    msgr_round_trip_sample(&trip, 80);
    assert_int_equal(trip.smoothed, 8 * 45);
    assert_int_equal(trip.variation, 4 * 15 + 40);
    msgr_round_trip_sample(&trip, 5);
    assert_int_equal(trip.smoothed, 8 * 40);
    assert_int_equal(trip.variation, 75 + 40);
}

static void steady_samples_make_the_window_the_round_trip(void **state)
{
    struct msgr_round_trip trip = {0};

    (void)state;
    for (int i = 0; i < 100; i++) {
        msgr_round_trip_sample(&trip, 40);
    }
    assert_int_equal(trip.smoothed / 8, 40);
    assert_in_range(msgr_round_trip_window_ms(&trip), 41, 44);
}

static void window_is_1_ms_at_least(void **state)
{
    struct msgr_round_trip trip = {0};

    (void)state;
    msgr_round_trip_sample(&trip, 0);
    assert_int_equal(msgr_round_trip_window_ms(&trip), 1);
}

static void probe_waits_8_ms_at_least(void **state)
{
    struct msgr_round_trip trip = {0};

    (void)state;
    msgr_round_trip_sample(&trip, 0);
    assert_int_equal(msgr_round_trip_probe_ms(&trip, 0, NEVER_CAPPED), 8);
}

static void minutes_count_as_one(void **state)
{
    struct msgr_round_trip one = {0};
    struct msgr_round_trip most = {0};

    (void)state;
    msgr_round_trip_sample(&one, 60000);
    msgr_round_trip_sample(&most, UINT32_MAX);
    assert_memory_equal(&one, &most, sizeof one);
    msgr_round_trip_sample(&most, UINT32_MAX);
    assert_int_equal(most.smoothed, one.smoothed);
}

static void back_off_grows_by_half_up_to_the_cap(void **state)
{
    static const uint32_t expected[] = {8, 12, 18, 27, 40, 60, 90, 100, 100};

    (void)state;
    for (unsigned times = 0; times < sizeof expected / sizeof expected[0]; times++) {
        assert_int_equal(msgr_back_off_ms(8, times, 100), expected[times]);
    }
    assert_int_equal(msgr_back_off_ms(8, 255, 60000), 60000);
    assert_int_equal(msgr_back_off_ms(500, 0, 100), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_estimate_a_probe_waits_100_ms),
        cmocka_unit_test(first_sample_is_the_estimate),
        cmocka_unit_test(further_samples_move_it_as_the_rfc_says),
        cmocka_unit_test(steady_samples_make_the_window_the_round_trip),
        cmocka_unit_test(window_is_1_ms_at_least),
        cmocka_unit_test(probe_waits_8_ms_at_least),
        cmocka_unit_test(minutes_count_as_one),
        cmocka_unit_test(back_off_grows_by_half_up_to_the_cap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
