/* SPDX-License-Identifier: BSD-3-Clause */
#include "lwip_address.h"

#include "lwip/ip.h"
#include "lwip/nd6.h"

bool msgr_lwip_is_group(const ip_addr_t *address, struct netif *netif)
{
    (void)netif; /* has no use without IPv4 */
    return ip_addr_ismulticast(address) || ip_addr_isbroadcast(address, netif);
}

#if LWIP_IPV4
static bool is_on_link4(const ip4_addr_t *address, const struct netif *netif)
{
    return ip4_addr_netcmp(address, netif_ip4_addr(netif), netif_ip4_netmask(netif));
}
#endif

#if LWIP_IPV6
static bool is_on_link6(const ip6_addr_t *address, const struct netif *netif)
{
    if (ip6_addr_islinklocal(address)) {
        return true;
    }
    for (int i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++) {
        if (ip6_addr_isvalid(netif_ip6_addr_state(netif, i)) &&
            ip6_addr_netcmp_zoneless(address, netif_ip6_addr(netif, i))) {
            return true;
        }
    }
    return false;
}
#endif

bool msgr_lwip_is_on_link(const ip_addr_t *address, struct netif *netif)
{
#if LWIP_IPV6
    if (IP_IS_V6_VAL(*address)) {
        return is_on_link6(ip_2_ip6(address), netif);
    }
#endif
#if LWIP_IPV4
    return is_on_link4(ip_2_ip4(address), netif);
#else
    return false;
#endif
}

static bool has_router(const ip_addr_t *address, const struct netif *netif)
{
    (void)address; /* one of them has no use where there is but one IP version */
    (void)netif;
#if LWIP_IPV6
    if (IP_IS_V6_VAL(*address)) {
        return nd6_find_route(ip_2_ip6(address)) != NULL;
    }
#endif
#if LWIP_IPV4
    return !ip4_addr_isany(netif_ip4_gw(netif));
#else
    return false;
#endif
}

/* With a single interface ip6_route() does not look at the zone. */
static bool is_in_zone(const ip_addr_t *address, const struct netif *netif)
{
    (void)netif; /* has no use without IPv6 */
#if LWIP_IPV6
    if (IP_IS_V6_VAL(*address) && ip6_addr_has_zone(ip_2_ip6(address))) {
        return ip6_addr_test_zone(ip_2_ip6(address), netif);
    }
#endif
    (void)address;
    return true;
}

struct netif *msgr_lwip_route(const ip_addr_t *address)
{
    struct netif *netif = ip_route(IP_ANY_TYPE, address);

    if (netif != NULL && is_in_zone(address, netif) &&
        (msgr_lwip_is_on_link(address, netif) || msgr_lwip_is_group(address, netif) ||
         has_router(address, netif))) {
        return netif;
    }
    return NULL;
}
