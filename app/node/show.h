/* SPDX-License-Identifier: BSD-3-Clause */
/** What this node is and has, in lines on the console. The main loop. */
#ifndef APP_NODE_SHOW_H
#define APP_NODE_SHOW_H

#include "lwip/netif.h"

/** Version, board, why it was reset; lwIP, its API and whether it has its assertions. */
void show_target(void);

/** Memory used and left, as far as the board can tell. As JSON, 0 is what it cannot tell. */
void show_memory(void);

/** Both of these, at the start; and a warning where there is no entropy. */
void show_banner(void);

/** The interface: link, MAC address, MTU, all addresses with their states, name servers. */
void show_netif(const struct netif *netif);

/**
 * Memory, lwIP's pools, the services' counters, the interface's. As JSON, one object for each:
 * first that of show_target(), last the interface's frames.
 */
void show_stats(void);

#endif
