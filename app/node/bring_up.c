/* SPDX-License-Identifier: BSD-3-Clause */
#include "bring_up.h"

#include "console.h"

#include "port/isn.h"
#include "port/netif.h"
#include "port/port.h"

#include "lwip/init.h"

static void start_lwip(void)
{
    uint8_t secret[PORT_ISN_SECRET_SIZE];

    port_random(secret, sizeof secret);
    port_isn_start(secret);
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

void bring_down(void)
{
}
