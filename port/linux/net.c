/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One frame is read ahead: a descriptor does not tell the length of the next frame without reading
 * it. Sending needs no copy: the pbuf chain is the I/O vector.
 */
#include "net.h"
#include "host.h"

#include "port/port.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#define CHAIN_MAX 64

static int net_fd = -1;
static struct sockaddr_un net_remote;
static bool has_remote;
static bool (*net_is_up)(void);
static uint8_t ahead[PORT_FRAME_MAX];
static size_t ahead_size;

void linux_net_use(int fd, const struct sockaddr_un *remote, bool (*is_up)(void))
{
    net_fd = fd;
    net_is_up = is_up;
    has_remote = remote != NULL;
    if (has_remote) {
        net_remote = *remote;
    }
}

int linux_net_fd(void)
{
    return net_fd;
}

/* The kernel needs no telling: the descriptor passes every frame. */
bool port_net_start(const uint8_t mac[6])
{
    (void)mac;
    return net_fd >= 0;
}

bool port_net_is_up(void)
{
    return net_is_up == NULL || net_is_up();
}

size_t port_net_next(void)
{
    while (ahead_size == 0) {
        /* MSG_TRUNC's equivalent for read() is to offer one byte more than a frame has. */
        uint8_t extra;
        struct iovec parts[] = {{ahead, sizeof ahead}, {&extra, 1}};
        ssize_t got = readv(net_fd, parts, 2);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            if (errno != EAGAIN) {
                linux_fail("the network interface is gone"); /* or poll() would never sleep again */
            }
            return 0;
        }
        if ((size_t)got <= sizeof ahead) {
            ahead_size = (size_t)got;
        }
    }
    return ahead_size;
}

void port_net_read(struct pbuf *p)
{
    (void)pbuf_take(p, ahead, (u16_t)ahead_size);
    ahead_size = 0;
}

void port_net_discard(void)
{
    ahead_size = 0;
}

bool port_net_send(const struct pbuf *p)
{
    struct iovec parts[CHAIN_MAX];
    struct msghdr message = {.msg_iov = parts};
    size_t size = 0;
    ssize_t sent;

    for (const struct pbuf *q = p; q != NULL; q = q->next) {
        if (message.msg_iovlen == CHAIN_MAX) {
            return false;
        }
        parts[message.msg_iovlen++] = (struct iovec){q->payload, q->len};
        size += q->len;
    }
    if (has_remote) {
        message.msg_name = &net_remote;
        message.msg_namelen = sizeof net_remote;
    }
    do {
        sent = has_remote ? sendmsg(net_fd, &message, 0)
                          : writev(net_fd, parts, (int)message.msg_iovlen);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0 && has_remote && (errno == ECONNREFUSED || errno == ENOENT)) {
        return true; /* nobody at the other end: on a cable, too, the frame would be gone */
    }
    return sent == (ssize_t)size;
}
