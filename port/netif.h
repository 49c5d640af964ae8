/* SPDX-License-Identifier: BSD-3-Clause */
/** lwIP's interface on the board's network driver (port_net_*). lwIP core context. */
#ifndef PORT_NETIF_H
#define PORT_NETIF_H

#include "lwip/netif.h"

#include <stdbool.h>
#include <stdint.h>

/** Frames that were lost on this side of the wire. */
struct port_netif_counters {
    uint32_t received, sent;
    uint32_t no_pbuf; /* received, but lwIP had no memory */
    uint32_t no_room; /* not sent: the driver had no room */
};

/** Add @p netif with this MAC address as the default interface, and bring it up. */
void port_netif_add(struct netif *netif, const uint8_t mac[NETIF_MAX_HWADDR_LEN]);

/**
 * Hand received frames to lwIP, @p max at most.
 * @return whether more may be waiting
 */
bool port_netif_poll(struct netif *netif, unsigned max);

/** Since the start. */
const struct port_netif_counters *port_netif_counters(void);

#endif
