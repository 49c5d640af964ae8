/* SPDX-License-Identifier: BSD-3-Clause */
/* msgr-sim: the node on a Linux network interface. */
#include "options.h"
#include "other_api.h"
#include "pcap.h"

#include "port/linux/linux.h"
#include "port/port.h"

#include "bring_up.h"
#include "network.h"
#include "node.h"
#include "run.h"
#include "terminal.h"

#include "lwip/igmp.h"
#include "lwip/mld6.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

#include <stdio.h>
#include <string.h>

/* After the work is done TCP gets so long to have its last segments acknowledged. */
#define DRAIN_MS 1000

static struct options options;
static struct netif netif; /* of a task; a node has its own */

/* ---- the interface ------------------------------------------------------------------------- */

/* Locally administered; two nodes with different IPv4 addresses never collide. */
static void derive_mac(void)
{
    if (options.addresses.address != NULL) {
        const uint8_t prefix[] = {0x02, 0x00};
        memcpy(options.mac, prefix, sizeof prefix);
        memcpy(options.mac + 2, &options.address.addr, 4);
    } else if (options.addresses.address6 != NULL) {
        /* FNV-1a of the 16 bytes: neighbours differ in some of them. */
        uint64_t hash = 0xCBF29CE484222325u;
        for (size_t i = 0; i < sizeof options.address6.addr; i++) {
            hash = (hash ^ ((const uint8_t *)options.address6.addr)[i]) * 0x100000001B3u;
        }
        memcpy(options.mac, &hash, sizeof options.mac);
        options.mac[0] = 0x06; /* never the prefix above */
    } else {
        port_random(options.mac, sizeof options.mac);
        options.mac[0] = 0x0A; /* nor this one */
    }
}

static bool join_groups(struct netif *interface)
{
    for (int i = 0; i < options.group_count; i++) {
        const ip_addr_t *group = &options.groups[i];
        err_t err = IP_IS_V6(group) ? mld6_joingroup_netif(interface, ip_2_ip6(group))
                                    : igmp_joingroup_netif(interface, ip_2_ip4(group));
        if (err != ERR_OK) {
            fprintf(stderr, "error: --join %s: lwIP has no room for another group\n",
                    ipaddr_ntoa(group));
            return false;
        }
    }
    return true;
}

static bool prepare(struct netif *interface)
{
    bool is_good;

    net_lock();
    is_good =
        (options.pcap == NULL || pcap_start(interface, options.pcap)) && join_groups(interface);
    net_unlock();
    return is_good;
}

static bool open_interface(void)
{
    if (!options.has_mac) {
        derive_mac();
    }
    port_linux_use_mac(options.mac);
    return options.tap != NULL ? port_linux_open_tap(options.tap)
                               : port_linux_open_wire(options.wire);
}

/* ---- the work ------------------------------------------------------------------------------ */

static uint32_t drain_since_ms;

/* A FIN that we have sent and nobody has acknowledged would leave the other side with half a
 * connection. */
static bool has_open_pcb(void)
{
    const struct tcp_pcb *pcb = tcp_active_pcbs;

    while (pcb != NULL && pcb->state == FIN_WAIT_2) {
        pcb = pcb->next;
    }
    return pcb != NULL;
}

/* Packets whose neighbour is being asked for its address: an answer over UDP may be among them. */
static bool has_waiting_packet(void)
{
    return lwip_stats.memp[MEMP_ARP_QUEUE]->used > 0 || lwip_stats.memp[MEMP_ND6_QUEUE]->used > 0;
}

static bool is_drained(void)
{
    bool has_more;

    net_lock();
    has_more = has_open_pcb() || has_waiting_packet();
    net_unlock();
    return !has_more || sys_now() - drain_since_ms >= DRAIN_MS;
}

static int serve(void)
{
    bool is_started = serve_start(&options.serve, &netif);

    if (is_started) {
        node_run(&netif, serve_is_done, NULL);
    }
    serve_stop();
    return is_started ? 0 : 1;
}

static int send_one(void)
{
    send_start(&options.send);
    node_run(&netif, send_is_done, NULL);
    send_stop();
    return send_is_acknowledged() ? 0 : 1;
}

/* A short life: one task, without a console, whose transcript is the tutorial's. */
static int do_task(void)
{
    terminal_open();
    options.addresses.no_detection = true;
    if (!bring_up(&netif) || !prepare(&netif) || !address_setup(&netif, &options.addresses)) {
        return 1;
    }
    return options.command == COMMAND_SERVE ? serve() : send_one();
}

static int be_node(void)
{
    return node_main(&(struct node_config){
               .address = options.addresses,
               .serve = options.serve,
               .framed = options.framed,
               .json = options.json,
               .echo = port_linux_open_console(),
               .prepare = prepare,
           })
               ? 0
               : 1;
}

static void drain(void)
{
    drain_since_ms = sys_now();
    node_drain(netif_default, is_drained);
}

int main(int argc, char **argv)
{
    int status;

    port_linux_open_standard_files();
    status = options_read(&options, argc, argv);
    if (status >= 0) {
        return status;
    }
    if (!api_become(options.api, argv)) {
        return 1;
    }
    port_start(); /* before there is anything to clean up */
    if (!open_interface()) {
        port_linux_close();
        return 1;
    }
    status = options.command == COMMAND_NODE ? be_node() : do_task();
    if (netif_default != NULL) {
        drain();
    }
    bring_down();
    port_linux_close();
    return port_linux_has_failed() ? 1 : status;
}
