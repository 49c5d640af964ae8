/* SPDX-License-Identifier: BSD-3-Clause */
/* bring_up.h where lwIP has a thread of its own. */
#include "bring_up.h"

#include "console.h"
#include "network.h"

#include "port/isn.h"
#include "port/netif.h"
#include "port/port.h"
#include "port/threads.h"

#include "lwip/tcpip.h"

static struct netif *the_netif; /* while it is up */

static void on_started(void *arg)
{
    sys_sem_signal(arg);
}

static bool start_lwip(void)
{
    uint8_t secret[PORT_ISN_SECRET_SIZE];
    sys_sem_t started;

    port_random(secret, sizeof secret);
    port_isn_start(secret);
    if (sys_sem_new(&started, 0) != ERR_OK) {
        return false;
    }
    tcpip_init(on_started, &started);
    (void)sys_arch_sem_wait(&started, 0);
    net_lock(); /* on_started() has returned, too: it was called with the lock held */
    net_unlock();
    sys_sem_free(&started);
    return true;
}

static bool add_netif(struct netif *netif)
{
    bool is_added;

    net_lock();
    is_added = port_netif_add(netif);
    net_unlock();
    return is_added;
}

bool bring_up(struct netif *netif)
{
    if (!start_lwip() || !net_open()) {
        console_error();
        console_line("lwIP has no memory left");
        return false;
    }
    if (!add_netif(netif)) {
        console_error();
        console_line("the network controller does not answer");
        return false;
    }
    the_netif = netif;
    return true;
}

static void remove_netif(void)
{
    net_lock();
    netif_set_status_callback(the_netif, NULL);
    netif_set_link_callback(the_netif, NULL);
    net_unlock();
    the_netif = NULL;
}

/* lwIP's thread goes on, and looks after what others do not know to be over. */
void bring_down(void)
{
    if (the_netif != NULL) {
        port_threads_stop();
        remove_netif();
        net_close();
    }
}
