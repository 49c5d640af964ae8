/* SPDX-License-Identifier: BSD-3-Clause */
/* A whole firmware: it calls bob, greets whoever is there, and prints what comes. */
#include "address_setup.h"
#include "bring_up.h"
#include "console.h"
#include "run.h"
#include "terminal.h"

#include "msgr/lwip.h"
#include "port/port.h"

MSGR_STORAGE(memory, 4, MSGR_AMPLE(4)); /* four peers, and a long message each way for each */

static struct netif netif;
static struct msgr_lwip net;

static void fill_random(void *ctx, void *data, size_t size)
{
    (void)ctx;
    port_random(data, size);
}

static void greet(void *ctx, struct msgr *m, int peer)
{
    (void)ctx;
    msgr_send(m, peer, "Hello from a board", 18, 0); /* its outcome goes to .outcome, below */
}

static void print(void *ctx, struct msgr *m, int peer, const void *data, size_t size)
{
    (void)ctx, (void)m, (void)peer;
    console_bytes(data, size);
    console_end();
}

static void tell(void *ctx, struct msgr *m, int peer, int32_t message, enum msgr_outcome outcome,
                 enum msgr_reason reason)
{
    (void)ctx, (void)m, (void)peer, (void)message, (void)reason;
    console_line(msgr_outcome_text(outcome));
}

static const struct msgr_handlers handlers = {.peer_up = greet, .message = print, .outcome = tell};

static bool start(void)
{
    struct msgr_config config = {.name = "alice", .random = fill_random, .now_ms = port_now_ms()};
    struct msgr_lwip_config transport = {.listen = true, .handlers = &handlers};

    config.identity = port_identity();
    return bring_up(&netif) &&
           address_setup(&netif, &(struct address_config){.address = "10.0.2.15/24"}) &&
           port_boot_unique(&config.boot) &&
           msgr_open(&transport.m, memory, sizeof memory, &config) == 0 &&
           msgr_lwip_open(&net, &transport) == ERR_OK &&
           msgr_lwip_connect_url(&net, "udp://10.0.2.2") >= 0;
}

int main(void)
{
    port_start();
    terminal_open();
    if (start()) {
        node_run(&netif, NULL, NULL);
    }
    return 1;
}
