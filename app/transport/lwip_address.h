/* SPDX-License-Identifier: BSD-3-Clause */
/** Questions about addresses that lwIP itself does not answer. lwIP core context. */
#ifndef MSGR_TRANSPORT_LWIP_ADDRESS_H
#define MSGR_TRANSPORT_LWIP_ADDRESS_H

#include "lwip/ip_addr.h"
#include "lwip/netif.h"

#include <stdbool.h>

/** Is it a broadcast address of @p netif, or a multicast address? */
bool msgr_lwip_is_group(const ip_addr_t *address, struct netif *netif);

/**
 * Is a host with this address a neighbour on @p netif: in its IPv4 subnet, IPv6 link-local, or in
 * the /64 of one of its IPv6 addresses?
 */
bool msgr_lwip_is_on_link(const ip_addr_t *address, struct netif *netif);

/** Is it one of @p netif's own addresses, now? Asked for each datagram that leaves. */
static inline bool msgr_lwip_is_own(const ip_addr_t *address, struct netif *netif)
{
    if (ip_addr_isany(address)) {
        return false;
    }
#if LWIP_IPV6
    if (IP_IS_V6(address)) {
        return netif_get_ip6_addr_match(netif, ip_2_ip6(address)) >= 0;
    }
#endif
#if LWIP_IPV4
    return ip4_addr_cmp(ip_2_ip4(address), netif_ip4_addr(netif));
#else
    return false;
#endif
}

/**
 * The interface that leads to @p address, or NULL: none does, or it is beyond the link and there is
 * no router. lwIP itself finds the latter out too late to tell a client.
 */
struct netif *msgr_lwip_route(const ip_addr_t *address);

#endif
