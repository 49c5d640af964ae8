/* SPDX-License-Identifier: BSD-3-Clause */
/** Between the two kinds of interface and what they share. */
#ifndef PORT_LINUX_NET_H
#define PORT_LINUX_NET_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

/**
 * Frames are read from and written to @p fd, a non-blocking descriptor, one frame a call; with
 * @p remote they are sent to that address. @p is_up tells whether the cable is in; NULL: always.
 */
void linux_net_use(int fd, const struct sockaddr_un *remote, bool (*is_up)(void));

/** That descriptor, or -1. */
int linux_net_fd(void);

#endif
