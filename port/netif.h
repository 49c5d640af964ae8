/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * lwIP's interface on the board's network driver (port_net_*). lwIP core context; where lwIP has
 * threads, but for port_netif_poll(), which the thread that waits for frames calls.
 */
#ifndef PORT_NETIF_H
#define PORT_NETIF_H

#include "lwip/netif.h"

#include <stdbool.h>
#include <stdint.h>

/** Frames that were lost on this side of the wire. */
struct port_netif_counters {
    uint32_t received, sent;
    uint32_t no_pbuf; /* received, but lwIP had no memory, or its thread too much to do */
    uint32_t no_room; /* not sent: the driver had no room */
};

/**
 * Start the driver with port_mac()'s address, add @p netif as the default interface, and bring it
 * up. From now on a timer of lwIP's (sys_timeout) looks once a second whether the cable is in.
 * @return false: the hardware does not answer; nothing was added
 */
bool port_netif_add(struct netif *netif);

/**
 * Hand received frames to lwIP, @p max at most.
 * @return whether more may be waiting
 */
bool port_netif_poll(struct netif *netif, unsigned max);

/** Since the start. With threads they are read between SYS_ARCH_PROTECT() and its end. */
const struct port_netif_counters *port_netif_counters(void);

#endif
