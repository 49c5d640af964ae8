/* SPDX-License-Identifier: BSD-3-Clause */
/** What this node is and has, in lines on the console. The main loop. */
#ifndef APP_NODE_SHOW_H
#define APP_NODE_SHOW_H

#include "lwip/netif.h"

/** Name, version, board, reset reason; then memory. At the start. */
void show_banner(void);

/** Memory used and left, as far as the board can tell. */
void show_memory(void);

/** The interface: link, MAC address, MTU, all addresses with their states, name servers. */
void show_netif(const struct netif *netif);

/** Memory, lwIP's pools, the services' counters, the interface's. */
void show_stats(void);

#endif
