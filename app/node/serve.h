/* SPDX-License-Identifier: BSD-3-Clause */
/** The node as a plain server. The main loop; one instance. */
#ifndef APP_NODE_SERVE_H
#define APP_NODE_SERVE_H

#include "network.h"

#include "lwip/netif.h"

#include <stdbool.h>
#include <stdint.h>

/** Clients over TCP that are served at the same time; a KiB each. */
#ifndef NODE_CONNECTIONS
#define NODE_CONNECTIONS LWIP_MIN(128, MEMP_NUM_TCP_PCB)
#endif

struct serve_config {
    bool tcp, udp;
    uint16_t port;       /* 0: MSGR_PORT */
    uint32_t silence_ms; /* 0: MSGR_PLAIN_SILENCE_MS */
    bool off_link;       /* answer datagrams from beyond the link, too */
    bool once;           /* each service ends after one client */
};

/**
 * Open the services on @p netif's addresses and say so.
 * @return true; or false, having printed what failed
 */
bool serve_start(const struct serve_config *config, const struct netif *netif);

/** The servers that are running, for who shares their ports; else NULL. */
struct net_tcp_server *serve_tcp_server(void);
struct net_udp_server *serve_udp_server(void);

/** With once: has every service served its client? Otherwise never. */
bool serve_is_done(void);

/** Print what has been served so far. */
void serve_show(void);

/** Close the services and say what was served. */
void serve_stop(void);

#endif
