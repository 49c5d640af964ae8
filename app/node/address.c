/* SPDX-License-Identifier: BSD-3-Clause */
#include "address.h"

#include "console.h"

#if LWIP_IPV4
static void print_ip4(const ip4_addr_t *address)
{
    console_number(ip4_addr1(address));
    console_text(".");
    console_number(ip4_addr2(address));
    console_text(".");
    console_number(ip4_addr3(address));
    console_text(".");
    console_number(ip4_addr4(address));
}
#endif

#if LWIP_IPV6
#define GROUPS 8

/* RFC 5952, 4.2: of the runs of two zeros or more the longest is left out, the first of equals.
 * lwIP's own function leaves out another one. */
static int find_gap(const ip6_addr_t *address, int *length)
{
    int gap = GROUPS;
    int run = 0;

    *length = 1;
    for (int i = 0; i < GROUPS; i++) {
        bool is_zero = (lwip_ntohl(address->addr[i / 2]) >> (i % 2 == 0 ? 16 : 0) & 0xFFFF) == 0;
        run = is_zero ? run + 1 : 0;
        if (run > *length) {
            *length = run;
            gap = i + 1 - run;
        }
    }
    return gap;
}

static void print_ip6(const ip6_addr_t *address)
{
    int length;
    int gap = find_gap(address, &length);

    for (int i = 0; i < GROUPS; i++) {
        if (i == gap) {
            console_text("::");
            i += length - 1;
            continue;
        }
        if (i > 0 && i != gap + length) {
            console_text(":");
        }
        console_hex(lwip_ntohl(address->addr[i / 2]) >> (i % 2 == 0 ? 16 : 0) & 0xFFFF);
    }
}
#endif

void address_print(const ip_addr_t *address)
{
#if LWIP_IPV6
    if (IP_IS_V6(address)) {
        print_ip6(ip_2_ip6(address));
        return;
    }
#endif
#if LWIP_IPV4
    print_ip4(ip_2_ip4(address));
#endif
}

void address_print_python(const ip_addr_t *address, uint16_t port)
{
    console_text("('");
    address_print(address);
    console_text("', ");
    console_number(port);
#if LWIP_IPV6
    if (IP_IS_V6(address)) {
        console_text(", 0, ");
        console_number(ip6_addr_zone(ip_2_ip6(address)));
    }
#endif
    console_text(")");
}
