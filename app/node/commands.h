/* SPDX-License-Identifier: BSD-3-Clause */
/** The node's commands on the console. */
#ifndef APP_NODE_COMMANDS_H
#define APP_NODE_COMMANDS_H

#include "lwip/netif.h"

/** Register them; @p netif is the interface that they tell of. Once. */
void commands_register(const struct netif *netif);

#endif
