/* SPDX-License-Identifier: BSD-3-Clause */
/* On an RTOS: a task of the messenger's own, and others that leave messages for bob with it. */
#include "msgr/sockets.h"

#include "lwip/sys.h"

#include <stdlib.h>

#ifndef BOB_URL
#define BOB_URL "udp://192.0.2.7"
#endif

/* From the SDK: a unique id, or the MAC address; and a true random generator. */
uint64_t board_identity(void);
void board_random(void *ctx, void *data, size_t size);

MSGR_STORAGE(memory, 2, MSGR_LEAST(2)); /* two peers */
MSGR_MAILBOX(readings, 8, 16);          /* eight messages of 16 bytes that wait to be sent */

static struct msgr_loop loop;
static struct pollfd fds[MSGR_LOOP_FDS(MSGR_SOCKETS_FDS)];
static struct msgr_sockets net;
static int bob;

/* Any task. What is posted is sent, or told of in posted(), which here has nothing to say. */
static void measure(void *arg)
{
    (void)arg;
    for (uint32_t number = 1;; number++) {
        msgr_mailbox_post(&readings, bob, &number, sizeof number, 0, number);
        sys_msleep(1000);
    }
}

static void tell(void *ctx, struct msgr *m, int peer, int32_t message, enum msgr_outcome outcome,
                 enum msgr_reason reason)
{
    (void)ctx, (void)m, (void)peer, (void)reason;
    LWIP_PLATFORM_DIAG(("Reading %ld: %s\n", (long)message, msgr_outcome_text(outcome)));
}

static const struct msgr_handlers handlers = {.outcome = tell};

static bool start(void)
{
    struct msgr_config config = {
        .name = "alice", .peers = 2, .random = board_random, .now_ms = msgr_loop_now_ms()};
    struct msgr_sockets_config transport = {
        .loop = &loop, .handlers = &handlers, .mailbox = &readings};

    config.identity = board_identity();
    board_random(NULL, &config.boot, sizeof config.boot);
    if (msgr_open(&transport.m, memory, sizeof memory, &config) != 0 ||
        msgr_loop_open(&loop, fds, sizeof fds / sizeof fds[0]) != 0 ||
        msgr_sockets_open(&net, &transport) != 0 || msgr_sockets_connect_url(&net, BOB_URL) < 0) {
        return false;
    }
    bob = msgr_sockets_peer(&net, "bob");
    return bob >= 0;
}

static void run(void *arg)
{
    (void)arg;
    if (start()) {
        sys_thread_new("measure", measure, NULL, 1024, 1);
        while (msgr_loop_turn(&loop, MSGR_LOOP_FOREVER) == 0) {
        }
    }
    abort();
}

/* For the SDK's main(), when lwIP runs: after tcpip_init(). */
void messenger_start(void);
void messenger_start(void)
{
    sys_thread_new("messenger", run, NULL, 2048, 2); /* below lwIP's own thread */
}
