/* SPDX-License-Identifier: BSD-3-Clause */
#include "sockets_lwip_address.h"

#include "lwip_address.h"
#include "sockets_address.h"
#include "sockets_stack.h"

#include "lwip/netif.h"
#include "lwip/priv/tcpip_priv.h"

#include <string.h>

void msgr_sockets_to_lwip(ip_addr_t *address, const struct msgr_sockets_address *from)
{
#if LWIP_IPV4
    if (from->as.any.sa_family == AF_INET) {
        ip_addr_set_ip4_u32(address, from->as.in4.sin_addr.s_addr);
        return;
    }
#endif
#if LWIP_IPV6
    ip_addr_set_zero_ip6(address);
    memcpy(ip_2_ip6(address)->addr, &from->as.in6.sin6_addr, 16);
    ip6_addr_set_zone(ip_2_ip6(address), (u8_t)from->as.in6.sin6_scope_id);
#endif
}

struct msgr_sockets_address msgr_sockets_from_lwip(const ip_addr_t *address, uint16_t port)
{
    struct msgr_sockets_address result = msgr_sockets_address_any(IP_IS_V6(address), port);

#if LWIP_IPV4
    if (IP_IS_V4(address)) {
        result.as.in4.sin_addr.s_addr = ip4_addr_get_u32(ip_2_ip4(address));
    }
#endif
#if LWIP_IPV6
    if (IP_IS_V6(address)) {
        memcpy(&result.as.in6.sin6_addr, ip_2_ip6(address)->addr, 16);
        result.as.in6.sin6_scope_id = ip6_addr_zone(ip_2_ip6(address));
    }
#endif
    return result;
}

/* ---- questions about addresses ------------------------------------------------------------- */

struct address_call {
    struct tcpip_api_call_data data; /* first */
    ip_addr_t address;
    bool (*is_so)(const ip_addr_t *address, struct netif *netif);
};

static err_t ask_each_netif(struct tcpip_api_call_data *data)
{
    const struct address_call *call = (const struct address_call *)(const void *)data;
    struct netif *netif;

    NETIF_FOREACH(netif)
    {
        if (call->is_so(&call->address, netif)) {
            return ERR_OK;
        }
    }
    return ERR_VAL;
}

/* Of any interface. */
static bool is_so(const struct msgr_sockets_address *address,
                  bool (*question)(const ip_addr_t *address, struct netif *netif))
{
    struct address_call call = {.is_so = question};

    if (address->size == 0) {
        return false;
    }
    msgr_sockets_to_lwip(&call.address, address);
    return tcpip_api_call(ask_each_netif, &call.data) == ERR_OK;
}

bool msgr_stack_is_group(const struct msgr_stack_datagram *datagram)
{
    return is_so(&datagram->own, msgr_lwip_is_group) || is_so(&datagram->from, msgr_lwip_is_group);
}

bool msgr_stack_is_on_link(const struct msgr_sockets_address *address)
{
    return is_so(address, msgr_lwip_is_on_link);
}

/* The loopback interface makes two, so lwIP does not choose by itself. */
#if LWIP_IPV6_SCOPES
static err_t choose_zone(struct tcpip_api_call_data *data)
{
    struct address_call *call = (struct address_call *)(void *)data;

    if (netif_default != NULL && ip6_addr_lacks_zone(ip_2_ip6(&call->address), IP6_UNKNOWN)) {
        ip6_addr_assign_zone(ip_2_ip6(&call->address), IP6_UNKNOWN, netif_default);
    }
    return ERR_OK;
}

void msgr_stack_set_zone(struct msgr_sockets_address *address)
{
    struct address_call call = {.is_so = NULL};

    if (address->as.any.sa_family == AF_INET6) {
        msgr_sockets_to_lwip(&call.address, address);
        (void)tcpip_api_call(choose_zone, &call.data);
        address->as.in6.sin6_scope_id = ip6_addr_zone(ip_2_ip6(&call.address));
    }
}
#else
void msgr_stack_set_zone(struct msgr_sockets_address *address)
{
    (void)address;
}
#endif

static err_t find_route(struct tcpip_api_call_data *data)
{
    const struct address_call *call = (const struct address_call *)(const void *)data;

    return msgr_lwip_route(&call->address) != NULL ? ERR_OK : ERR_RTE;
}

bool msgr_stack_has_route(const struct msgr_sockets_address *address)
{
    struct address_call call = {.is_so = NULL};

    msgr_sockets_to_lwip(&call.address, address);
    return tcpip_api_call(find_route, &call.data) == ERR_OK;
}
