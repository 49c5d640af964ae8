/* SPDX-License-Identifier: BSD-3-Clause */
/** The main loop of simulator and firmware. */
#ifndef APP_NODE_RUN_H
#define APP_NODE_RUN_H

#include "lwip/netif.h"

#include <stdbool.h>

/**
 * Serve the interface, lwIP's timers and the watchdog, and sleep when there is nothing to do (at
 * most for the second between port/netif.h's looks at the cable), until @p is_done says so (NULL:
 * never) or port_is_stopping() does.
 * @param each_turn  NULL; or called on each turn, and returns whether it has more to do at once
 */
void node_run(struct netif *netif, bool (*is_done)(void), bool (*each_turn)(void));

/** Serve the interface alone until @p is_done says so, which looks at what lwIP does by itself. */
void node_drain(struct netif *netif, bool (*is_done)(void));

#endif
