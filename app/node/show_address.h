/* SPDX-License-Identifier: BSD-3-Clause */
/** This node's addresses on the console: all of them when asked, and each one when it comes. */
#ifndef APP_NODE_SHOW_ADDRESS_H
#define APP_NODE_SHOW_ADDRESS_H

#include "lwip/netif.h"

/** A line for each address of @p netif, with its state. */
void show_addresses(const struct netif *netif);

/**
 * From now on print a line when an address of @p netif becomes usable, when one is lost, and when
 * the cable is pulled or put in. One interface.
 */
void show_addresses_as_they_change(struct netif *netif);

#endif
