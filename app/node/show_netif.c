/* SPDX-License-Identifier: BSD-3-Clause */
#include "show.h"

#include "address.h"
#include "console.h"
#include "network.h"
#include "show_address.h"

#include "lwip/dns.h"

static void show_interface(const struct netif *netif)
{
    console_text("Link ");
    console_text(netif_is_link_up(netif) ? "up" : "down");
    console_text(", MAC ");
    for (int i = 0; i < netif->hwaddr_len; i++) {
        console_text(i > 0 ? ":" : "");
        console_hex_byte(netif->hwaddr[i]);
    }
    console_text(", MTU ");
    console_number(netif->mtu);
    console_end();
}

static void show_name_servers(void)
{
#if LWIP_DNS
    for (uint8_t i = 0; i < DNS_MAX_SERVERS; i++) {
        if (!ip_addr_isany(dns_getserver(i))) {
            console_text("Name server ");
            address_print(dns_getserver(i));
            console_end();
        }
    }
#endif
}

void show_netif(const struct netif *netif)
{
    net_lock();
    show_interface(netif);
    show_addresses(netif);
    show_name_servers();
    net_unlock();
}
