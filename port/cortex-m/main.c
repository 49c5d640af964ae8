/* SPDX-License-Identifier: BSD-3-Clause */
/* The node as firmware. */
#include "node.h"

#include "port/port.h"

#ifdef MSGR_BOARD_CRASH
#include "crash.h"
#endif

#define WATCHDOG_MS 4000

int main(void);

static bool prepare(struct netif *netif)
{
    (void)netif;
#ifdef MSGR_BOARD_CRASH
    crash_if_told();
#endif
    return true;
}

int main(void)
{
    return node_main(&(struct node_config) {
        .address =
            {
                .address = "10.0.2.15/24", /* where QEMU's own network expects it */
                .gateway = "10.0.2.2",
                .dhcp_wait_ms = NODE_DHCP_WAIT_MS,
            },
        .serve = {.tcp = true, .udp = true},
#if MSGR_FRAMED
        .framed = {.name = port_board()},
#endif
        .watchdog_ms = WATCHDOG_MS, .echo = true, .prepare = prepare,
    });
}
