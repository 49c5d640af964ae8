/* SPDX-License-Identifier: BSD-3-Clause */
/* The node as firmware. */
#include "port/netif.h"
#include "port/port.h"

#include "address.h"
#include "console.h"
#include "serve.h"

#include "lwip/init.h"
#include "lwip/timeouts.h"

#ifdef MSGR_LWIP_TCP_ISN
#include "tcp_isn.h"
#endif
#ifdef MSGR_BOARD_CRASH
#include "crash.h"
#endif

#define BATCH       16 /* frames before lwIP's timers get their turn */
#define WATCHDOG_MS 2000

int main(void);

static struct netif netif;

static void write_console(bool is_error, const char *text, size_t size)
{
    port_console_write(is_error ? PORT_CONSOLE_ERROR : PORT_CONSOLE_OUT, text, size);
}

static const char *reason_text(void)
{
    switch (port_reset_reason()) {
    case PORT_RESET_SOFTWARE:
        return "software";
    case PORT_RESET_WATCHDOG:
        return "watchdog";
    case PORT_RESET_FAULT:
        return "fault";
    case PORT_RESET_POWER:
    default:
        return "power";
    }
}

static void print_banner(void)
{
    struct port_memory memory;

    port_memory(&memory);
    console_text("lwip-messenger on ");
    console_text(port_board());
    console_text(", reset: ");
    console_text(reason_text());
    console_end();
    console_text("RAM: ");
    console_number(memory.ram_used);
    console_text(" of ");
    console_number(memory.ram_size);
    console_text(" bytes used, stack ");
    console_number(memory.stack_used);
    console_text(" of ");
    console_number(memory.stack_size);
    console_end();
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

static void start_network(void)
{
    uint8_t mac[6];

    port_mac(mac);
    if (!port_net_start(mac)) {
        console_error();
        console_text("the Ethernet controller does not answer");
        console_end();
    }
    port_netif_add(&netif, mac);
#if LWIP_IPV4
    ip4_addr_t address, netmask, gateway;
    IP4_ADDR(&address, 10, 0, 2, 15);
    IP4_ADDR(&netmask, 255, 255, 255, 0);
    IP4_ADDR(&gateway, 10, 0, 2, 2);
    netif_set_addr(&netif, &address, &netmask, &gateway);
#endif
#if LWIP_IPV6
    netif_create_ip6_linklocal_address(&netif, 1);
#endif
}

static void follow_cable(void)
{
    if (port_net_is_up() && !netif_is_link_up(&netif)) {
        netif_set_link_up(&netif);
        console_line("The cable is in.");
    } else if (!port_net_is_up() && netif_is_link_up(&netif)) {
        netif_set_link_down(&netif);
        console_line("The cable is out.");
    }
}

static void run(void)
{
    for (;;) {
        bool has_more = port_netif_poll(&netif, BATCH);
        uint32_t sleep_ms;

        sys_check_timeouts();
        follow_cable();
        port_watchdog_feed();
        sleep_ms = LWIP_MIN(sys_timeouts_sleeptime(), WATCHDOG_MS / 4);
        port_sleep(has_more ? 0 : sleep_ms);
    }
}

int main(void)
{
    port_start();
    console_open(write_console);
    print_banner();
    port_watchdog_start(WATCHDOG_MS);
    start_lwip();
    start_network();
    (void)serve_start(&(struct serve_config){.tcp = true, .udp = true}, &netif);
#ifdef MSGR_BOARD_CRASH
    crash_if_told();
#endif
    run();
}
