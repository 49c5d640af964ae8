/* SPDX-License-Identifier: BSD-3-Clause */
#include "ends.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEVICE "/dev/net/tun"

/* A bridge notices its port's new carrier a moment later (0.4 ms, mostly), and what is sent before
 * that is lost. lwIP would ask for the neighbour's address again a second later. */
#define BRIDGE_WAIT_MS    50
#define BRIDGE_FORWARDING '3'

static int say_failure(const char *name, const char *what)
{
    int error = errno;

    fprintf(stderr, "error: TAP device %s: %s: %s\n", name, what, strerror(error));
    if (error == EPERM || error == EACCES || error == ENOENT) {
        fprintf(stderr, "Run it in a private network, sim/lan 1 -- msgr-sim --tap tap0 ...; or "
                        "without privileges on a virtual wire, --wire PATH.\n");
    } else if (error == EINVAL) {
        fprintf(stderr, "It exists, but is not a TAP device.\n");
    } else if (error == EBUSY) {
        fprintf(stderr, "Another program has it open. Each node needs a device of its own.\n");
    }
    return -1;
}

/* Wait until the bridge that the device is a port of, if any, forwards its frames; not for long. */
static void wait_for_bridge(const char *name)
{
    char path[64];
    char state = 0;

    (void)snprintf(path, sizeof path, "/sys/class/net/%s/brport/state", name);
    for (int i = 0; i < BRIDGE_WAIT_MS && state != BRIDGE_FORWARDING; i++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || read(fd, &state, 1) != 1) {
            state = BRIDGE_FORWARDING; /* there is no bridge */
        }
        if (fd >= 0) {
            close(fd);
        }
        if (state != BRIDGE_FORWARDING) {
            (void)poll(NULL, 0, 1);
        }
    }
}

int tap_end_open(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    int fd;

    if (strlen(name) >= sizeof request.ifr_name) {
        fprintf(stderr, "error: TAP device %s: a name has 15 characters at most\n", name);
        return -1;
    }
    fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return say_failure(name, "opening " DEVICE);
    }
    memcpy(request.ifr_name, name, strlen(name) + 1);
    if (ioctl(fd, TUNSETIFF, &request) < 0) {
        say_failure(name, "attaching to it");
        close(fd);
        return -1;
    }
    wait_for_bridge(name);
    return fd;
}
