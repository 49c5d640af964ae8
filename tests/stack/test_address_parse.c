/* SPDX-License-Identifier: BSD-3-Clause */
#include "address_parse.h"
#include "stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void number_is_decimal_and_within_its_bounds(void **state)
{
    uint32_t number = 7;

    (void)state;
    assert_true(address_parse_number("65535", 1, 65535, &number));
    assert_int_equal(number, 65535);
    assert_true(address_parse_number("0001", 1, 65535, &number));
    assert_int_equal(number, 1);
    assert_true(address_parse_number("4294967295", 0, UINT32_MAX, &number));
    assert_int_equal(number, UINT32_MAX);
    assert_false(address_parse_number("65536", 1, 65535, &number));
    assert_false(address_parse_number("0", 1, 65535, &number));
    assert_false(address_parse_number("4294967296", 0, UINT32_MAX, &number));
    assert_false(address_parse_number("99999999999999999999", 0, UINT32_MAX, &number));
    assert_false(address_parse_number("9", 1, 5, &number));
    assert_false(address_parse_number("", 0, 9, &number));
    assert_false(address_parse_number("-1", 0, 9, &number));
    assert_false(address_parse_number("1 ", 0, 9, &number));
    assert_false(address_parse_number("0x1", 0, 9, &number));
}

#if LWIP_IPV4
static enum address_parse parse4(const char *text)
{
    ip4_addr_t address;
    ip4_addr_t netmask;

    return address_parse4(text, &address, &netmask);
}

static void ipv4_address_has_a_prefix_length(void **state)
{
    ip4_addr_t address;
    ip4_addr_t netmask;

    (void)state;
    assert_int_equal(address_parse4("10.77.0.2/24", &address, &netmask), ADDRESS_PARSE_OK);
    assert_int_equal(lwip_ntohl(address.addr), 0x0A4D0002);
    assert_int_equal(lwip_ntohl(netmask.addr), 0xFFFFFF00);
    assert_int_equal(parse4("10.77.0.2/30"), ADDRESS_PARSE_OK);
    assert_int_equal(parse4("10.77.0.2"), ADDRESS_PARSE_SYNTAX);
    assert_int_equal(parse4("/24"), ADDRESS_PARSE_SYNTAX);
    assert_int_equal(parse4("fd77::2/64"), ADDRESS_PARSE_SYNTAX);
    assert_int_equal(parse4("10.77.0.2/"), ADDRESS_PARSE_PREFIX);
    assert_int_equal(parse4("10.77.0.2/0"), ADDRESS_PARSE_PREFIX);
    assert_int_equal(parse4("10.77.0.2/31"), ADDRESS_PARSE_PREFIX);
    assert_int_equal(parse4("10.77.0.2/24/24"), ADDRESS_PARSE_PREFIX);
}

static void ipv4_address_is_one_hosts(void **state)
{
    (void)state;
    assert_int_equal(parse4("224.0.0.1/24"), ADDRESS_PARSE_SYNTAX);
    assert_int_equal(parse4("127.0.0.1/8"), ADDRESS_PARSE_SYNTAX);
    assert_int_equal(parse4("10.77.0.0/24"), ADDRESS_PARSE_NOT_HOST);
    assert_int_equal(parse4("10.77.0.255/24"), ADDRESS_PARSE_NOT_HOST);
}
#endif

#if LWIP_IPV6
static enum address_parse parse6(const char *text)
{
    ip6_addr_t address;

    return address_parse6(text, &address);
}

static void ipv6_address_is_one_hosts_with_64_bits(void **state)
{
    (void)state;
    assert_int_equal(parse6("fd77::2/64"), ADDRESS_PARSE_OK);
    assert_int_equal(parse6("fd77::2/48"), ADDRESS_PARSE_PREFIX);
    assert_int_equal(parse6("fd77::2"), ADDRESS_PARSE_SYNTAX);
    assert_int_equal(parse6("::/64"), ADDRESS_PARSE_SYNTAX);
    assert_int_equal(parse6("::1/64"), ADDRESS_PARSE_SYNTAX);
    assert_int_equal(parse6("ff02::1/64"), ADDRESS_PARSE_SYNTAX);
    assert_int_equal(parse6("10.77.0.2/64"), ADDRESS_PARSE_SYNTAX);
}

static void scope_is_this_nodes_one_interface(void **state)
{
    ip_addr_t address;

    (void)state;
    assert_true(address_parse("fe80::1%1", &address));
    assert_true(address_parse("fe80::1", &address));
    assert_false(address_parse("fe80::1%2", &address));
    assert_false(address_parse("fe80::1%eth0", &address));
    assert_false(address_parse("fe80::1%", &address));
}
#endif

static void name_is_no_address(void **state)
{
    ip_addr_t address;

    (void)state;
    assert_false(address_parse("server.test", &address));
    assert_false(address_parse("", &address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_is_decimal_and_within_its_bounds),
#if LWIP_IPV4
        cmocka_unit_test(ipv4_address_has_a_prefix_length),
        cmocka_unit_test(ipv4_address_is_one_hosts),
#endif
#if LWIP_IPV6
        cmocka_unit_test(ipv6_address_is_one_hosts_with_64_bits),
        cmocka_unit_test(scope_is_this_nodes_one_interface),
#endif
        cmocka_unit_test(name_is_no_address),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
