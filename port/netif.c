/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/netif.h"

#include "port/port.h"

#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/init.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"
#include "lwip/timeouts.h"

#define LINK_CHECK_MS 1000

/* Frames are lwIP's at once, or its thread's. */
#if NO_SYS
#define INPUT netif_input
#else
#define INPUT tcpip_input
#endif

static struct port_netif_counters counters;

/* Frames come in one thread and go in others. (Without threads this is an addition.) */
static void count(uint32_t *counter)
{
    SYS_ARCH_DECL_PROTECT(before);

    SYS_ARCH_PROTECT(before);
    ++*counter;
    SYS_ARCH_UNPROTECT(before);
}

static err_t send_frame(struct netif *netif, struct pbuf *p)
{
    (void)netif;
    if (!port_net_send(p)) {
        count(&counters.no_room);
        return ERR_BUF;
    }
    count(&counters.sent);
    return ERR_OK;
}

static err_t setup(struct netif *netif)
{
    port_mac(netif->hwaddr);
    if (!port_net_start(netif->hwaddr)) {
        return ERR_IF;
    }
#if LWIP_HAVE_LOOPIF
    /* "lo" is there already: this one is to be number 1 to the user (%1), with it or without. */
    netif_list->num = 1;
    netif->num = 0;
#endif
    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->mtu = 1500;
    netif->hwaddr_len = NETIF_MAX_HWADDR_LEN;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET |
                   NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
    netif->linkoutput = send_frame;
#if LWIP_IPV4
    netif->output = etharp_output;
#endif
#if LWIP_IPV6
    netif->output_ip6 = ethip6_output;
#endif
    return ERR_OK;
}

/* Not on every turn of the main loop: a driver may have to ask the PHY. */
static void check_link(void *arg)
{
    struct netif *netif = arg;
    bool is_up = port_net_is_up();

    if (is_up && !netif_is_link_up(netif)) {
        netif_set_link_up(netif);
    } else if (!is_up && netif_is_link_up(netif)) {
        netif_set_link_down(netif);
    }
    sys_timeout(LINK_CHECK_MS, check_link, netif);
}

bool port_netif_add(struct netif *netif)
{
    if (netif_add_noaddr(netif, NULL, setup, INPUT) == NULL) {
        return false;
    }
    netif_set_default(netif);
    netif_set_up(netif);
    check_link(netif);
    return true;
}

bool port_netif_poll(struct netif *netif, unsigned max)
{
    for (; max > 0; max--) {
        size_t size = port_net_next();
        struct pbuf *p;
        if (size == 0) {
            return false;
        }
        p = pbuf_alloc(PBUF_RAW, (uint16_t)size, PBUF_POOL);
        if (p == NULL) {
            count(&counters.no_pbuf);
            port_net_discard();
            continue;
        }
        port_net_read(p);
        count(&counters.received);
        if (netif->input(p, netif) != ERR_OK) {
            count(&counters.no_pbuf);
            pbuf_free(p);
        }
    }
    return true;
}

const struct port_netif_counters *port_netif_counters(void)
{
    return &counters;
}
