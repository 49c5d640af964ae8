/* SPDX-License-Identifier: BSD-3-Clause */
/* The node's end of a virtual wire; wire_end.c knows what a wire is. */
#include "ends.h"
#include "linux.h"
#include "net.h"

static struct wire_end end;
static bool is_open;

bool port_linux_open_wire(const char *path)
{
    int fd = wire_end_open(&end, path);

    is_open = fd >= 0;
    if (is_open) {
        linux_net_use(fd, &end.remote, NULL);
    }
    return is_open;
}

void port_linux_close(void)
{
    if (is_open) {
        wire_end_close(&end);
        is_open = false;
    }
}
