/* SPDX-License-Identifier: BSD-3-Clause */
/* Whatever random bits lwIP starts with, its first connections have ports of their own. */
#include "stack.h"

#include "lwip/priv/tcp_priv.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define FIRST_DYNAMIC_PORT 49152 /* RFC 6335, 6 */

static void expect_port_after(uint32_t random_bits)
{
    struct tcp_pcb *pcb = tcp_new();

    assert_non_null(pcb);
    stack_set_random(random_bits);
    tcp_init();
    assert_int_equal(tcp_bind(pcb, IP_ANY_TYPE, 0), ERR_OK);
    assert_in_range(pcb->local_port, FIRST_DYNAMIC_PORT, UINT16_MAX);
    assert_int_equal(tcp_close(pcb), ERR_OK);
}

static void any_random_bits_give_a_dynamic_port(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        expect_port_after(bits);
    }
    expect_port_after(UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(any_random_bits_give_a_dynamic_port, stack_setup,
                                        stack_teardown),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
