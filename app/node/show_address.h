/* SPDX-License-Identifier: BSD-3-Clause */
/** This node's addresses on the console: all of them when asked, and each one when it comes. */
#ifndef APP_NODE_SHOW_ADDRESS_H
#define APP_NODE_SHOW_ADDRESS_H

#include "lwip/netif.h"

/** A line for each address of @p netif, with its state. lwIP core context. */
void show_addresses(const struct netif *netif);

/** From now on notice what show_address_changes() prints. One interface. */
void show_address_changes_from_now(struct netif *netif);

/**
 * In each turn of the main loop: print a line for each address of @p netif that has become usable,
 * or that was lost, and when the cable was pulled or put in.
 */
void show_address_changes(const struct netif *netif);

#endif
