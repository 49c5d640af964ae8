/* SPDX-License-Identifier: BSD-3-Clause */
/* The watchdog is fed in one place: after a whole turn. Whatever hangs, hangs in one. */
#include "run.h"

#include "port/netif.h"
#include "port/port.h"

#include "lwip/timeouts.h"

/* Frames before lwIP's timers get their turn. */
#define BATCH 16

void node_run(struct netif *netif, bool (*is_done)(void), bool (*each_turn)(void))
{
    while ((is_done == NULL || !is_done()) && !port_is_stopping()) {
        bool has_more = port_netif_poll(netif, BATCH);

        sys_check_timeouts();
        has_more |= each_turn != NULL && each_turn();
        port_watchdog_feed();
        has_more |= is_done != NULL && is_done();
        port_sleep(has_more ? 0 : sys_timeouts_sleeptime());
    }
}

void node_drain(struct netif *netif, bool (*is_done)(void))
{
    node_run(netif, is_done, NULL);
}
