/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens the messenger on POSIX's sockets, and says so. */
#include "msgr/sockets.h"

#include <stdio.h>
#include <string.h>

MSGR_STORAGE(memory, 4, MSGR_LEAST(4));

static struct pollfd fds[MSGR_LOOP_FDS(MSGR_SOCKETS_FDS)];
static struct msgr_loop loop;
static struct msgr_sockets net;

static void no_random(void *ctx, void *data, size_t size)
{
    (void)ctx;
    memset(data, 1, size);
}

int main(void)
{
    struct msgr_config config = {.name = "somebody", .identity = 1, .boot = 1, .random = no_random};
    struct msgr_sockets_config transport = {.loop = &loop};
    int error = msgr_open(&transport.m, memory, sizeof memory, &config);

    if (error != 0) {
        return error;
    }
    error = msgr_loop_open(&loop, fds, sizeof fds / sizeof fds[0]);
    printf("loop %d, transport %d\n", error, msgr_sockets_open(&net, &transport));
    msgr_sockets_close(&net);
    msgr_loop_close(&loop);
    return 0;
}
