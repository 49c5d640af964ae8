/* SPDX-License-Identifier: BSD-3-Clause */
/* msgr-sim: the node on a Linux network interface. */
#include "options.h"
#include "pcap.h"

#include "port/linux/linux.h"
#include "port/netif.h"
#include "port/port.h"

#include "console.h"
#include "run.h"

#include "lwip/igmp.h"
#include "lwip/init.h"
#include "lwip/mld6.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sys.h"

#ifdef MSGR_LWIP_TCP_ISN
#include "tcp_isn.h"
#endif

#include <stdio.h>
#include <string.h>

/* After the work is done TCP gets so long to have its last segments acknowledged. */
#define DRAIN_MS 1000

static struct netif netif;

static void write_console(bool is_error, const char *text, size_t size)
{
    port_console_write(is_error ? PORT_CONSOLE_ERROR : PORT_CONSOLE_OUT, text, size);
}

/* ---- the interface ------------------------------------------------------------------------- */

/* Locally administered; two nodes with different IPv4 addresses never collide. */
static void derive_mac(struct options *options)
{
    if (options->has_address) {
        const uint8_t prefix[] = {0x02, 0x00};
        memcpy(options->mac, prefix, sizeof prefix);
        memcpy(options->mac + 2, &options->address.addr, 4);
    } else {
        /* FNV-1a of the 16 bytes: neighbours differ in some of them. */
        uint64_t hash = 0xCBF29CE484222325u;
        for (size_t i = 0; i < sizeof options->address6.addr; i++) {
            hash = (hash ^ ((const uint8_t *)options->address6.addr)[i]) * 0x100000001B3u;
        }
        memcpy(options->mac, &hash, sizeof options->mac);
        options->mac[0] = 0x06; /* never the prefix above */
    }
}

/* Configured addresses are used at once, without duplicate address detection. */
static void set_addresses(const struct options *options)
{
    if (options->has_address) {
        netif_set_addr(&netif, &options->address, &options->netmask, &options->gateway);
    }
    netif_create_ip6_linklocal_address(&netif, 1);
    netif_ip6_addr_set_state(&netif, 0, IP6_ADDR_PREFERRED);
    if (options->has_address6) {
        netif_ip6_addr_set(&netif, 1, &options->address6);
        netif_ip6_addr_set_state(&netif, 1, IP6_ADDR_PREFERRED);
    }
}

static bool join_groups(const struct options *options)
{
    for (int i = 0; i < options->group_count; i++) {
        const ip_addr_t *group = &options->groups[i];
        err_t err = IP_IS_V6(group) ? mld6_joingroup_netif(&netif, ip_2_ip6(group))
                                    : igmp_joingroup_netif(&netif, ip_2_ip4(group));
        if (err != ERR_OK) {
            fprintf(stderr, "error: --join %s: lwIP has no room for another group\n",
                    ipaddr_ntoa(group));
            return false;
        }
    }
    return true;
}

static bool start_network(struct options *options)
{
    bool is_open = options->tap != NULL ? port_linux_open_tap(options->tap)
                                        : port_linux_open_wire(options->wire);

    if (!is_open) {
        return false;
    }
    if (!options->has_mac) {
        derive_mac(options);
    }
    port_linux_use_mac(options->mac);
    if (!port_netif_add(&netif)) {
        return false;
    }
    if (options->pcap != NULL && !pcap_start(&netif, options->pcap)) {
        return false;
    }
    set_addresses(options);
    return join_groups(options);
}

static void start_lwip(void)
{
#ifdef MSGR_LWIP_TCP_ISN
    uint8_t secret[16];

    port_random(secret, sizeof secret);
    lwip_init_tcp_isn(0, secret);
#endif
    lwip_init();
}

/* ---- the work ------------------------------------------------------------------------------ */

static uint32_t drain_since_ms;

/* A FIN that we have sent and nobody has acknowledged would leave the other side with half a
 * connection. */
static bool is_drained(void)
{
    const struct tcp_pcb *pcb = tcp_active_pcbs;

    while (pcb != NULL && pcb->state == FIN_WAIT_2) {
        pcb = pcb->next;
    }
    return pcb == NULL || sys_now() - drain_since_ms >= DRAIN_MS;
}

static int serve(const struct serve_config *config)
{
    bool is_started = serve_start(config, &netif);

    if (is_started) {
        node_run(&netif, serve_is_done);
    }
    serve_stop();
    return is_started ? 0 : 1;
}

static int send_one(const struct send_config *config)
{
    send_start(config);
    node_run(&netif, send_is_done);
    send_stop();
    return send_is_acknowledged() ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options;
    int status = options_read(&options, argc, argv);

    if (status >= 0) {
        return status;
    }
    console_open(write_console);
    port_start();
    start_lwip();
    if (!start_network(&options)) {
        port_linux_close();
        return 1;
    }
    status = options.command == COMMAND_SERVE ? serve(&options.serve) : send_one(&options.send);
    drain_since_ms = sys_now();
    node_run(&netif, is_drained);
    port_linux_close();
    return status;
}
