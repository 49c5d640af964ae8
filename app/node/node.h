/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The application: the whole life of a node, the same on every board. A board's main.c fills in the
 * configuration and calls node_main(); whatever else it needs of the board is in port/port.h.
 *
 * Settings (port_setting()) win over the configuration, where a board has them:
 *
 *     address    "10.0.2.15/24": that, and no DHCP; "dhcp": DHCP
 *     gateway    "10.0.2.2"
 *     dns        "10.0.2.3"
 *     address6   "fec0::2/64"
 *     name       "bob": this node's, for framed messages
 *     connect    "udp://10.0.2.2 tcp://10.0.2.2:9998": where to
 */
#ifndef APP_NODE_H
#define APP_NODE_H

#include "address_setup.h"
#include "framed.h"
#include "serve.h"

#include "lwip/netif.h"

#include <stdbool.h>
#include <stdint.h>

/** How long a node waits for DHCP before it takes its fixed address. */
#define NODE_DHCP_WAIT_MS 10000

struct node_config {
    struct address_config address; /* with dhcp_wait_ms, address is what is taken in its want */
    struct serve_config serve;
    uint32_t watchdog_ms; /* 0: no watchdog; else more than 1000, for so long the loop may sleep */
    bool echo;            /* the console is a bare terminal: show what is typed */
    bool json;            /* the console is a program's: each line is a JSON object */
    struct framed_config framed;

    /** NULL; or called once with the interface before it has addresses. False: do not start. */
    bool (*prepare)(struct netif *netif);
};

/**
 * Bring everything up, then serve the network, the console and the watchdog. Does not return on a
 * board; in the simulator when port_is_stopping(), or when it could not start.
 * @param config  lent until it returns
 * @return whether it was started; what failed has been printed
 */
bool node_main(const struct node_config *config);

#endif
