/* SPDX-License-Identifier: BSD-3-Clause */
#include "run.h"

#include "port/netif.h"
#include "port/port.h"

#include "lwip/timeouts.h"

/* Frames before lwIP's timers get their turn. */
#define BATCH 16

void node_run(struct netif *netif, bool (*is_done)(void))
{
    while (!is_done() && !port_is_stopping()) {
        bool has_more = port_netif_poll(netif, BATCH);

        sys_check_timeouts();
        port_sleep(has_more || is_done() ? 0 : sys_timeouts_sleeptime());
    }
}
