/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens the messenger on lwIP's raw API, and says so. */
#include "msgr/lwip.h"

#include "lwip/init.h"

#include <stdio.h>
#include <string.h>

MSGR_STORAGE(memory, 4, MSGR_LEAST(4));

static struct msgr_lwip net;

u32_t sys_now(void)
{
    return 0;
}

static void no_random(void *ctx, void *data, size_t size)
{
    (void)ctx;
    memset(data, 1, size);
}

int main(void)
{
    struct msgr_config config = {.name = "somebody", .identity = 1, .boot = 1, .random = no_random};
    struct msgr_lwip_config transport = {.listen = true};
    int error;

    lwip_init();
    error = msgr_open(&transport.m, memory, sizeof memory, &config);
    printf("engine %d, transport %d\n", error, msgr_lwip_open(&net, &transport));
    return error != 0;
}
