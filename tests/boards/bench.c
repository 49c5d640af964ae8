/* SPDX-License-Identifier: BSD-3-Clause */
/* A firmware that says nothing: an echo on lwIP's raw API, and framed messages whose handler does
 * nothing either, so that tests/boards/instructions can count them side by side. */
#include "address_setup.h"
#include "bring_up.h"
#include "console.h"
#include "run.h"
#include "terminal.h"

#include "msgr/lwip.h"
#include "port/port.h"

#include "lwip/udp.h"

#define ECHO_PORT 7

MSGR_STORAGE(memory, 4, MSGR_AMPLE(4));

static struct netif netif;
static struct msgr_lwip net;

static void echo(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *address,
                 u16_t port)
{
    (void)arg;
    udp_sendto(pcb, p, address, port);
    pbuf_free(p);
}

static bool start_echo(void)
{
    struct udp_pcb *pcb = udp_new();

    if (pcb == NULL || udp_bind(pcb, IP_ANY_TYPE, ECHO_PORT) != ERR_OK) {
        return false;
    }
    udp_recv(pcb, echo, NULL);
    return true;
}

static void fill_random(void *ctx, void *data, size_t size)
{
    (void)ctx;
    port_random(data, size);
}

static void on_message(void *ctx, struct msgr *m, int peer, const void *data, size_t size)
{
    (void)ctx, (void)m, (void)peer, (void)data, (void)size;
}

static const struct msgr_handlers handlers = {.message = on_message};

static bool start_messages(void)
{
    struct msgr_config config = {.name = "bench", .random = fill_random, .now_ms = port_now_ms()};
    struct msgr_lwip_config transport = {.listen = true, .handlers = &handlers};

    config.identity = port_identity();
    return port_boot_unique(&config.boot) &&
           msgr_open(&transport.m, memory, sizeof memory, &config) == 0 &&
           msgr_lwip_open(&net, &transport) == ERR_OK;
}

int main(void)
{
    port_start();
    terminal_open();
    if (bring_up(&netif) &&
        address_setup(&netif, &(struct address_config){.address = "10.0.2.15/24"}) &&
        start_echo() && start_messages()) {
        console_line("Ready.");
        node_run(&netif, NULL, NULL);
    }
    return 1;
}
