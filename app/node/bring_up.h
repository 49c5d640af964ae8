/* SPDX-License-Identifier: BSD-3-Clause */
/** lwIP, and its interface on the board's network driver. */
#ifndef APP_NODE_BRING_UP_H
#define APP_NODE_BRING_UP_H

#include "lwip/netif.h"

#include <stdbool.h>

/**
 * Start lwIP and @p netif, which has no addresses yet. Once, after port_start(); from now on this
 * is lwIP's core context or, where lwIP has a thread of its own, that of network.h. Frames come
 * from node_run() on.
 * @return false: the network driver does not start; it has been printed
 */
bool bring_up(struct netif *netif);

/** Before the program ends, where programs do. Idempotent, also before bring_up(). */
void bring_down(void);

#endif
