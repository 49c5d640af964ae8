/* SPDX-License-Identifier: BSD-3-Clause */
/** Where frames go in and out: an end of a virtual wire, or a TAP device. Knows no lwIP. */
#ifndef PORT_LINUX_ENDS_H
#define PORT_LINUX_ENDS_H

#include <sys/socket.h>
#include <sys/un.h>

/** Frames for the other side are sent to `remote`, by whichever socket. */
struct wire_end {
    struct sockaddr_un local, remote;
};

/**
 * Take an end of a wire; @p path as for port_linux_open_wire().
 * @return a non-blocking socket; or -1, having written what failed and what to do
 */
int wire_end_open(struct wire_end *end, const char *path);

/** Remove what an end that was opened left in the file system. Its socket is the caller's. */
void wire_end_close(const struct wire_end *end);

/**
 * Attach the TAP device @p name, and wait, not for long, until its bridge, if any, forwards frames.
 * @return a non-blocking descriptor; or -1, as above
 */
int tap_end_open(const char *name);

#endif
