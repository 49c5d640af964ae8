/* SPDX-License-Identifier: BSD-3-Clause */
/** The main loop of simulator and firmware. */
#ifndef APP_NODE_RUN_H
#define APP_NODE_RUN_H

#include "lwip/netif.h"

#include <stdbool.h>

/**
 * Serve the interface and lwIP's timers, and sleep when there is nothing to do, until @p is_done
 * says so or port_is_stopping() does.
 */
void node_run(struct netif *netif, bool (*is_done)(void));

#endif
