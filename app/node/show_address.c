/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's callbacks say that something has changed, not what: so what was shown last is remembered
 * here. The main loop prints: a callback may come in another thread. */
#include "show_address.h"

#include "address.h"
#include "console.h"
#include "network.h"

#include "lwip/dhcp.h"

static void show_lost(const ip_addr_t *address)
{
    console_text("Address ");
    address_print(address);
    console_line(" is gone.");
}

/* ---- IPv4 ---------------------------------------------------------------------------------- */

#if LWIP_IPV4
static ip_addr_t shown4;

static uint32_t prefix_length(const ip4_addr_t *netmask)
{
    uint32_t bits = lwip_ntohl(ip4_addr_get_u32(netmask));
    uint32_t length = 0;

    for (; bits != 0; bits <<= 1) {
        length++;
    }
    return length;
}

static const char *origin4(const struct netif *netif)
{
#if LWIP_DHCP
    if (dhcp_supplied_address(netif)) {
        return ", from DHCP";
    }
#endif
    (void)netif;
    return ", fixed";
}

static void show4(const struct netif *netif)
{
    console_text("Address ");
    address_print(netif_ip_addr4(netif));
    console_text("/");
    console_number(prefix_length(netif_ip4_netmask(netif)));
    console_text(origin4(netif));
    if (!ip4_addr_isany(netif_ip4_gw(netif))) {
        console_text(", router ");
        address_print(netif_ip_gw4(netif));
    }
    console_end();
}

static void show4_if_changed(const struct netif *netif)
{
    if (ip_addr_cmp(&shown4, netif_ip_addr4(netif))) {
        return;
    }
    if (!ip4_addr_isany(ip_2_ip4(&shown4))) {
        show_lost(&shown4);
    }
    shown4 = *netif_ip_addr4(netif);
    if (!ip4_addr_isany(ip_2_ip4(&shown4))) {
        show4(netif);
    }
}
#endif

/* ---- IPv6 ---------------------------------------------------------------------------------- */

#if LWIP_IPV6
static uint8_t shown6[LWIP_IPV6_NUM_ADDRESSES]; /* the states */

static const char *state6(uint8_t state)
{
    if (ip6_addr_isduplicated(state)) {
        return ", a duplicate: another node has it";
    }
    if (ip6_addr_istentative(state)) {
        return ", tentative";
    }
    return ip6_addr_ispreferred(state) ? ", preferred" : ", deprecated";
}

static void show6(const struct netif *netif, int i)
{
    console_text("Address ");
    address_print(netif_ip_addr6(netif, i));
    console_text("/64");
    console_text(state6(netif_ip6_addr_state(netif, i)));
    console_end();
}

static void show6_if_changed(const struct netif *netif, int i)
{
    uint8_t state = netif_ip6_addr_state(netif, i);
    uint8_t shown = shown6[i];

    shown6[i] = state;
    if (ip6_addr_isvalid(state) != ip6_addr_isvalid(shown)) {
        if (ip6_addr_isvalid(state)) {
            show6(netif, i);
        } else {
            show_lost(netif_ip_addr6(netif, i));
        }
    } else if (ip6_addr_isduplicated(state) && !ip6_addr_isduplicated(shown)) {
        show6(netif, i);
    }
}
#endif

/* ---- both ---------------------------------------------------------------------------------- */

void show_addresses(const struct netif *netif)
{
#if LWIP_IPV4
    if (!ip4_addr_isany(netif_ip4_addr(netif))) {
        show4(netif);
    }
#endif
#if LWIP_IPV6
    for (int i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++) {
        if (!ip6_addr_isinvalid(netif_ip6_addr_state(netif, i))) {
            show6(netif, i);
        }
    }
#endif
}

static net_note has_changed;
static bool was_up;

static void on_change(struct netif *netif)
{
    (void)netif;
    net_note_leave(&has_changed);
}

static void show_link_if_changed(const struct netif *netif)
{
    bool is_up = netif_is_link_up(netif);

    if (is_up != was_up) {
        was_up = is_up;
        console_line(is_up ? "Link is up." : "Link is down.");
    }
}

static void show_changes(const struct netif *netif)
{
    show_link_if_changed(netif);
#if LWIP_IPV4
    show4_if_changed(netif);
#endif
#if LWIP_IPV6
    for (int i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++) {
        show6_if_changed(netif, i);
    }
#endif
}

void show_address_changes_from_now(struct netif *netif)
{
    net_lock();
    netif_set_status_callback(netif, on_change);
    netif_set_link_callback(netif, on_change);
    was_up = netif_is_link_up(netif);
    net_note_leave(&has_changed);
    net_unlock();
}

void show_address_changes(const struct netif *netif)
{
    if (net_note_take(&has_changed)) {
        net_lock();
        show_changes(netif);
        net_unlock();
    }
}
