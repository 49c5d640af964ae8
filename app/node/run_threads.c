/* SPDX-License-Identifier: BSD-3-Clause */
/* run.h where lwIP has a thread of its own: this one sleeps with its sockets. */
#include "run.h"

#include "network.h"

#include "port/port.h"
#include "port/threads.h"

/* As with one thread: so often somebody may look what the time is. */
#define TURN_MS  1000
#define DRAIN_MS 10

static bool is_started;

static void wake(void)
{
    (void)msgr_loop_wake(net_loop());
}

/* Frames come from the first turn on; whoever wanted to stand between lwIP and the port does. */
static bool start(struct netif *netif)
{
    is_started = is_started || port_threads_start(netif, wake);
    return is_started;
}

static void turn_until(struct netif *netif, bool (*is_done)(void), bool (*each_turn)(void),
                       uint32_t most_ms)
{
    bool has_more = true;
    bool is_good = start(netif);

    while (is_good && (is_done == NULL || !is_done()) && !port_is_stopping()) {
        is_good = msgr_loop_turn(net_loop(), has_more ? 0 : most_ms) == 0;
        has_more = each_turn != NULL && each_turn();
        port_watchdog_feed();
    }
}

void node_run(struct netif *netif, bool (*is_done)(void), bool (*each_turn)(void))
{
    turn_until(netif, is_done, each_turn, TURN_MS);
}

/* What lwIP does with connections that are closed, it tells nobody. */
void node_drain(struct netif *netif, bool (*is_done)(void))
{
    turn_until(netif, is_done, NULL, DRAIN_MS);
}
