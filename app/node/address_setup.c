/* SPDX-License-Identifier: BSD-3-Clause */
#include "address_setup.h"

#include "address_parse.h"
#include "console.h"
#include "network.h"

#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"

#include <string.h>

static bool say_wrong(const char *what, const char *text)
{
    console_error();
    console_text(what);
    console_text(" ");
    console_bytes(text, strlen(text));
    console_line(": that is none");
    return false;
}

/* ---- IPv4 ---------------------------------------------------------------------------------- */

#if LWIP_IPV4
static struct fixed {
    ip4_addr_t address, netmask, gateway;
} fixed; /* all zero: none */

static bool read_fixed(const struct address_config *config)
{
    memset(&fixed, 0, sizeof fixed);
    if (config->address != NULL &&
        address_parse4(config->address, &fixed.address, &fixed.netmask) != ADDRESS_PARSE_OK) {
        return say_wrong("address", config->address);
    }
    if (config->gateway != NULL && !ip4addr_aton(config->gateway, &fixed.gateway)) {
        return say_wrong("gateway", config->gateway);
    }
    return true;
}

static void use_fixed(struct netif *netif)
{
    netif_set_addr(netif, &fixed.address, &fixed.netmask, &fixed.gateway);
}
#endif

#if LWIP_DHCP
#define TICK_MS 1000

static uint32_t wait_ms;
static uint32_t waits_since_ms; /* the interface has had no address since */
static net_note is_too_late;

/* DHCP goes on asking all the while: its address replaces the fixed one when it comes. */
static void wait_for_dhcp(void *arg)
{
    struct netif *netif = arg;

    if (!ip4_addr_isany(netif_ip4_addr(netif))) {
        waits_since_ms = sys_now();
    } else if (sys_now() - waits_since_ms >= wait_ms && !ip4_addr_isany(&fixed.address)) {
        net_note_leave(&is_too_late);
        use_fixed(netif);
    }
    sys_timeout(TICK_MS, wait_for_dhcp, netif);
}

static bool start_dhcp(struct netif *netif)
{
    waits_since_ms = sys_now();
    if (dhcp_start(netif) != ERR_OK) {
        console_error();
        console_line("DHCP: lwIP has no memory left");
        return false;
    }
    sys_timeout(TICK_MS, wait_for_dhcp, netif);
    return true;
}
#endif

#if LWIP_IPV4
static bool setup4(struct netif *netif, const struct address_config *config)
{
    if (!read_fixed(config)) {
        return false;
    }
#if LWIP_DHCP
    wait_ms = config->dhcp_wait_ms;
    if (wait_ms != 0) {
        return start_dhcp(netif);
    }
#endif
    use_fixed(netif);
    return true;
}
#endif

/* ---- IPv6 ---------------------------------------------------------------------------------- */

#if LWIP_IPV6
static bool setup6(struct netif *netif, const struct address_config *config)
{
    uint8_t state = config->no_detection ? IP6_ADDR_PREFERRED : IP6_ADDR_TENTATIVE;
    ip6_addr_t address;

    netif_create_ip6_linklocal_address(netif, 1);
    netif_ip6_addr_set_state(netif, 0, state);
    netif_set_ip6_autoconfig_enabled(netif, 1);
    if (config->address6 == NULL) {
        return true;
    }
    if (address_parse6(config->address6, &address) != ADDRESS_PARSE_OK) {
        return say_wrong("address6", config->address6);
    }
    netif_ip6_addr_set(netif, 1, &address);
    netif_ip6_addr_set_state(netif, 1, state);
    return true;
}
#endif

/* ---- both ---------------------------------------------------------------------------------- */

static bool setup_dns(const char *text)
{
#if LWIP_DNS
    ip_addr_t server;

    if (text != NULL) {
        if (!address_parse(text, &server)) {
            return say_wrong("dns", text);
        }
        dns_setserver(0, &server);
    }
#endif
    (void)text;
    return true;
}

static bool setup(struct netif *netif, const struct address_config *config)
{
#if LWIP_IPV4
    if (!setup4(netif, config)) {
        return false;
    }
#endif
#if LWIP_IPV6
    if (!setup6(netif, config)) {
        return false;
    }
#endif
    return setup_dns(config->dns);
}

bool address_setup(struct netif *netif, const struct address_config *config)
{
    bool is_good;

    net_lock();
    is_good = setup(netif, config);
    net_unlock();
    return is_good;
}

void address_setup_poll(void)
{
#if LWIP_DHCP
    if (net_note_take(&is_too_late)) {
        console_line("No answer from DHCP: taking the fixed address.");
    }
#endif
}
