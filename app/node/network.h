/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The node's network: the messenger on lwIP's raw API (network_raw.h) or on its sockets
 * (network_sockets.h), under one name each. The rest of the node is the same on both: addresses are
 * lwIP's, errors are lwIP's err_t.
 *
 * What the node shares with lwIP's own thread, where there is one:
 *   - it calls lwIP itself (netif, DHCP, DNS, counters) between net_lock() and net_unlock(), and
 *     nothing of network.h in between: the lock is not recursive;
 *   - lwIP's callbacks and timers (with the lock held) print nothing and call nothing of the
 *     node's: they leave a note, and the main loop, which the note wakes, takes it.
 */
#ifndef APP_NODE_NETWORK_H
#define APP_NODE_NETWORK_H

#include "msgr/opts.h"

#if MSGR_SOCKETS_LWIP
#include "network_sockets.h"
#else
#include "network_raw.h"
#endif

#endif
