/* SPDX-License-Identifier: BSD-3-Clause */
/** The addresses of this node's interface. */
#ifndef APP_NODE_ADDRESS_SETUP_H
#define APP_NODE_ADDRESS_SETUP_H

#include "lwip/netif.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * Texts are as on a command line, and lent for ever; NULL: none. All nodes have an IPv6 link-local
 * address, and take others from routers (SLAAC).
 */
struct address_config {
    const char *address;   /* "10.77.0.2/24" */
    const char *gateway;   /* "10.77.0.1", for that address */
    const char *dns;       /* a name server, until DHCP or a router names others */
    const char *address6;  /* "fd77::2/64" */
    uint32_t dhcp_wait_ms; /* 0: the IPv4 address is fixed. Else it comes from DHCP; without an
                            * answer for so long it is the one above, until DHCP answers */
    bool no_detection;     /* use IPv6 addresses at once, without looking for duplicates */
};

/**
 * Bring the addresses up. With DHCP it goes on by itself, with a timer of lwIP's (sys_timeout).
 * @return false: one of the texts is not what it should be; it has been printed
 */
bool address_setup(struct netif *netif, const struct address_config *config);

/** In each turn of the main loop, with DHCP: say so when its time was up. */
void address_setup_poll(void);

#endif
