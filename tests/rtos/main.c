/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The example for an RTOS on Linux, where lwIP has its own threads; and bob, whom it writes to, in
 * the same lwIP: they meet on lwIP's 127.0.0.1. It runs until its standard input ends.
 */
#include "msgr/sockets.h"

#include "lwip/sys.h"
#include "lwip/tcpip.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

uint64_t board_identity(void);
void board_random(void *ctx, void *data, size_t size);
void messenger_start(void);

MSGR_STORAGE(memory, 2, MSGR_LEAST(2));

static struct msgr_loop loop;
static struct pollfd fds[MSGR_LOOP_FDS(MSGR_SOCKETS_FDS)];
static struct msgr_sockets net;

static void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

uint64_t board_identity(void)
{
    return 1;
}

void board_random(void *ctx, void *data, size_t size)
{
    (void)ctx;
    require(getrandom(data, size, 0) == (ssize_t)size, "getrandom()");
}

static void show(void *ctx, struct msgr *m, int peer, const void *data, size_t size)
{
    uint32_t number;

    (void)ctx, (void)m, (void)peer;
    require(size == sizeof number, "a reading has four bytes");
    memcpy(&number, data, sizeof number);
    printf("bob took reading %" PRIu32 "\n", number);
}

static const struct msgr_handlers handlers = {.message = show};

static void run_bob(void *arg)
{
    struct msgr_config config = {.name = "bob",
                                 .peers = 2,
                                 .identity = 2,
                                 .random = board_random,
                                 .now_ms = msgr_loop_now_ms()};
    struct msgr_sockets_config transport = {
        .loop = &loop, .port = 9998, .listen = true, .handlers = &handlers};

    board_random(NULL, &config.boot, sizeof config.boot);
    require(msgr_open(&transport.m, memory, sizeof memory, &config) == 0, "msgr_open()");
    require(msgr_loop_open(&loop, fds, sizeof fds / sizeof fds[0]) == 0, "msgr_loop_open()");
    require(msgr_sockets_open(&net, &transport) == 0, "msgr_sockets_open()");
    sys_sem_signal(arg);
    while (msgr_loop_turn(&loop, MSGR_LOOP_FOREVER) == 0) {
    }
    abort();
}

static void on_lwip_runs(void *arg)
{
    sys_sem_signal(arg);
}

int main(void)
{
    sys_sem_t is_ready;

    setvbuf(stdout, NULL, _IOLBF, 0);
    require(sys_sem_new(&is_ready, 0) == ERR_OK, "sys_sem_new()");
    tcpip_init(on_lwip_runs, &is_ready);
    sys_arch_sem_wait(&is_ready, 0);
    sys_thread_new("bob", run_bob, &is_ready, 0, 0);
    sys_arch_sem_wait(&is_ready, 0);
    messenger_start();
    while (getchar() != EOF) {
    }
    return 0;
}
