/* SPDX-License-Identifier: BSD-3-Clause */
#include "address.h"

#include "console.h"

#include <string.h>

void address_print(const ip_addr_t *address)
{
    char text[IPADDR_STRLEN_MAX];

    if (ipaddr_ntoa_r(address, text, sizeof text) == NULL) {
        return;
    }
    for (char *c = text; *c != '\0'; c++) {
        if (*c == '%') {
            *c = '\0';
            break;
        }
        if (*c >= 'A' && *c <= 'F') {
            *c = (char)(*c - 'A' + 'a');
        }
    }
    console_text(text);
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
