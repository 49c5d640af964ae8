/* SPDX-License-Identifier: BSD-3-Clause */
#include "bring_up.h"

#include "console.h"

#include "port/netif.h"
#include "port/port.h"

#include "lwip/init.h"

#ifdef MSGR_LWIP_TCP_ISN
#include "tcp_isn.h"
#endif

static void start_lwip(void)
{
#ifdef MSGR_LWIP_TCP_ISN
    uint8_t secret[16];

    port_random(secret, sizeof secret);
    lwip_init_tcp_isn(0, secret);
#endif
    lwip_init();
}

bool bring_up(struct netif *netif)
{
    start_lwip();
    if (port_netif_add(netif)) {
        return true;
    }
    console_error();
    console_line("the network controller does not answer");
    return false;
}
