/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens an engine, with the options that it was compiled with, and says so. */
#include "msgr/msgr.h"
#include "msgr/version.h"

#include <stdio.h>
#include <string.h>

MSGR_STORAGE(memory, 4, MSGR_LEAST(4));

static void no_random(void *ctx, void *data, size_t size)
{
    (void)ctx;
    memset(data, 1, size);
}

int main(void)
{
    struct msgr *m;
    int error = msgr_open(
        &m, memory, sizeof memory,
        &(struct msgr_config){.name = "somebody", .identity = 1, .boot = 1, .random = no_random});

    printf("%s, window %d: %d\n", MSGR_LIBRARY_VERSION, MSGR_WINDOW, error);
    return error != 0;
}
