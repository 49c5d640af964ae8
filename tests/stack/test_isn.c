/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/isn.h"

#include "stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static ip_addr_t here, there, elsewhere;

static int setup(void **state)
{
    const uint8_t secret[PORT_ISN_SECRET_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8};

    (void)state;
#if LWIP_IPV6
    assert_true(ipaddr_aton("fd77::2", &here));
    assert_true(ipaddr_aton("fd77::8:1", &there));
    assert_true(ipaddr_aton("fd77::9:1", &elsewhere));
#else
    assert_true(ipaddr_aton("10.77.0.2", &here));
    assert_true(ipaddr_aton("10.77.0.81", &there));
    assert_true(ipaddr_aton("10.77.0.91", &elsewhere));
#endif
    port_isn_start(secret);
    return 0;
}

static void each_part_of_the_four_counts(void **state)
{
    u32_t isn = port_lwip_isn(&here, 9999, &there, 50000);

    (void)state;
    assert_int_not_equal(port_lwip_isn(&elsewhere, 9999, &there, 50000), isn);
    assert_int_not_equal(port_lwip_isn(&here, 9998, &there, 50000), isn);
    assert_int_not_equal(port_lwip_isn(&here, 9999, &elsewhere, 50000), isn);
    assert_int_not_equal(port_lwip_isn(&here, 9999, &there, 50001), isn);
    assert_int_not_equal(port_lwip_isn(&there, 50000, &here, 9999), isn);
}

#if LWIP_IPV4 && LWIP_IPV6
static void ipv4_addresses_count(void **state)
{
    ip_addr_t a = IPADDR4_INIT_BYTES(10, 77, 0, 2);
    ip_addr_t b = IPADDR4_INIT_BYTES(10, 77, 0, 3);

    (void)state;
    assert_int_not_equal(port_lwip_isn(&a, 1, &b, 1), port_lwip_isn(&a, 1, &a, 1));
    assert_int_not_equal(port_lwip_isn(&a, 1, &b, 1), port_lwip_isn(&b, 1, &b, 1));
}
#endif

/* What is not the address must not matter: lwIP may leave anything there. */
static void same_four_have_the_same_number(void **state)
{
    u32_t isn = port_lwip_isn(&here, 9999, &there, 50000);
    ip_addr_t copy;

    (void)state;
    memset(&copy, 0xA5, sizeof copy);
    ip_addr_copy(copy, there);
    assert_int_equal(port_lwip_isn(&here, 9999, &copy, 50000), isn);
}

static void number_moves_on_with_time(void **state)
{
    u32_t isn = port_lwip_isn(&here, 9999, &there, 50000);

    (void)state;
    stack_set_now(stack_now() + 4);
    assert_int_equal(port_lwip_isn(&here, 9999, &there, 50000), isn + 1000);
}

static void clock_may_wrap(void **state)
{
    u32_t isn;

    (void)state;
    stack_set_now(UINT32_MAX);
    isn = port_lwip_isn(&here, 9999, &there, 50000);
    stack_set_now(0);
    assert_int_equal(port_lwip_isn(&here, 9999, &there, 50000), isn + 250);
}

static void secret_counts(void **state)
{
    const uint8_t other[PORT_ISN_SECRET_SIZE] = {1, 2, 3, 4, 5, 6, 7, 9};
    u32_t isn = port_lwip_isn(&here, 9999, &there, 50000);

    (void)state;
    port_isn_start(other);
    assert_int_not_equal(port_lwip_isn(&here, 9999, &there, 50000), isn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_part_of_the_four_counts, setup),
#if LWIP_IPV4 && LWIP_IPV6
        cmocka_unit_test_setup(ipv4_addresses_count, setup),
#endif
        cmocka_unit_test_setup(same_four_have_the_same_number, setup),
        cmocka_unit_test_setup(number_moves_on_with_time, setup),
        cmocka_unit_test_setup(clock_may_wrap, setup),
        cmocka_unit_test_setup(secret_counts, setup),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
