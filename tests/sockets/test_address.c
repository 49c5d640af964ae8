/* SPDX-License-Identifier: BSD-3-Clause */
#include "msgr/sockets_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void expect_text(const char *text, const char *shown)
{
    struct msgr_sockets_address address;
    char buffer[MSGR_SOCKETS_ADDRESS_TEXT];

    assert_true(msgr_sockets_address_parse(&address, text, 9999));
    assert_string_equal(msgr_sockets_address_text(&address, buffer), shown);
    assert_int_equal(msgr_sockets_address_port(&address), 9999);
}

static void addresses_are_read_and_shown(void **state)
{
    (void)state;
    expect_text("10.0.0.1", "10.0.0.1:9999");
    expect_text("255.255.255.255", "255.255.255.255:9999");
    expect_text("fd77::1", "[fd77::1]:9999");
    expect_text("fe80::1%2", "[fe80::1%2]:9999");
    expect_text("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%99999",
                "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%99999]:9999");
}

/* Whoever writes it so means IPv4. */
static void mapped_address_is_ipv4(void **state)
{
    (void)state;
    expect_text("::ffff:10.0.0.1", "10.0.0.1:9999");
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const bad[] = {"",        "bob",      "10.0.0",    "10.0.0.1.2", "1.2.3.4%1",
                                      "fd77::%", "fd77::%0", "fd77::%e0", ":::",        "[::1]"};
    struct msgr_sockets_address address;
    char long_text[200];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(msgr_sockets_address_parse(&address, bad[i], 1));
    }
    memset(long_text, '1', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    assert_false(msgr_sockets_address_parse(&address, long_text, 1));
}

static void path_is_shown_though_it_fills_its_place(void **state)
{
    struct msgr_sockets_address address = {.size = sizeof address.as.un};
    char buffer[MSGR_SOCKETS_ADDRESS_TEXT];

    (void)state;
    address.as.un.sun_family = AF_UNIX;
    memset(address.as.un.sun_path, 'p', sizeof address.as.un.sun_path);
    assert_int_equal(strlen(msgr_sockets_address_text(&address, buffer)),
                     5 + sizeof address.as.un.sun_path);
    address.size = offsetof(struct sockaddr_un, sun_path);
    assert_string_equal(msgr_sockets_address_text(&address, buffer), "unix:");
    address.size = 0;
    assert_string_equal(msgr_sockets_address_text(&address, buffer), "?");
}

static bool are_equal(const char *a, uint16_t a_port, const char *b, uint16_t b_port)
{
    struct msgr_sockets_address one, other;

    assert_true(msgr_sockets_address_parse(&one, a, a_port));
    assert_true(msgr_sockets_address_parse(&other, b, b_port));
    return msgr_sockets_address_equal(&one, &other);
}

static void addresses_differ_in_host_port_and_zone(void **state)
{
    const struct msgr_sockets_address none = {.size = 0};

    (void)state;
    assert_true(are_equal("10.0.0.1", 1, "10.0.0.1", 1));
    assert_true(are_equal("fe80::1%2", 1, "fe80::1%2", 1));
    assert_false(are_equal("10.0.0.1", 1, "10.0.0.2", 1));
    assert_false(are_equal("10.0.0.1", 1, "10.0.0.1", 2));
    assert_false(are_equal("fe80::1%2", 1, "fe80::1%3", 1));
    assert_false(are_equal("10.0.0.1", 1, "fd00::a00:1", 1));
    assert_true(msgr_sockets_address_equal(&none, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_shown),
        cmocka_unit_test(mapped_address_is_ipv4),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(path_is_shown_though_it_fills_its_place),
        cmocka_unit_test(addresses_differ_in_host_port_and_zone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
