/* SPDX-License-Identifier: BSD-3-Clause */
/* One thread: the main loop's sleep finds out what there is, and the loop takes it. */
#include "host.h"
#include "net.h"
#include "tty.h"

#include "port/port.h"

#include <limits.h>
#include <poll.h>

static bool is_typed; /* something, or the end */

void port_sleep(uint32_t ms)
{
    struct pollfd wanted[] = {
        {.fd = linux_net_fd(), .events = POLLIN},
        {.fd = linux_signal_fd(), .events = POLLIN},
        {.fd = linux_tty_fd(), .events = POLLIN},
    };
    int timeout_ms = ms > INT_MAX ? INT_MAX : (int)ms;

    if (poll(wanted, 3, timeout_ms) <= 0) {
        return;
    }
    if (wanted[1].revents != 0) {
        linux_take_signal();
    }
    is_typed = wanted[2].revents != 0;
}

size_t port_console_read(char *text, size_t size)
{
    if (!is_typed) {
        return 0;
    }
    is_typed = false;
    return linux_tty_take(text, size);
}
