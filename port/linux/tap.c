/* SPDX-License-Identifier: BSD-3-Clause */
/* The node's TAP device, and whether its cable is in; tap_end.c knows how to attach one. */
#include "ends.h"
#include "linux.h"
#include "net.h"

#include <linux/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static char device[IFNAMSIZ];

/* `ip link set tap0 down` pulls the cable. A device that cannot be asked is taken for up. */
static bool is_up(void)
{
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_down;

    memcpy(request.ifr_name, device, sizeof device);
    is_down =
        fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return !is_down;
}

bool port_linux_open_tap(const char *name)
{
    int fd = tap_end_open(name);

    if (fd < 0) {
        return false;
    }
    memcpy(device, name, strlen(name) + 1);
    linux_net_use(fd, NULL, is_up);
    return true;
}
