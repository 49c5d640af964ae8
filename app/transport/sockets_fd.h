/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * System calls on descriptors that never wait, each without its corners: interrupted calls are made
 * again, "would block" is -EAGAIN under whatever name, and every error is a negative number.
 */
#ifndef MSGR_TRANSPORT_SOCKETS_FD_H
#define MSGR_TRANSPORT_SOCKETS_FD_H

#include "msgr/sockets_address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MSGR_FD_NONE (-1)

/** What errno says, made negative; -EAGAIN under one name. */
int msgr_fd_error(void);

/** Is it a lack of descriptors (or of connections, in lwIP)? */
bool msgr_fd_is_shortage(int error);

/** Is it a lack of memory, or of room in a queue, that passes? */
bool msgr_fd_is_full(int error);

/** A socket that listens on all addresses, IPv6 and IPv4. @return it, or -error */
int msgr_fd_listen(uint16_t port, int backlog);

#if MSGR_SOCKETS_UNIX
/** A Unix socket that listens. One that is there and nobody answers on is replaced. */
int msgr_fd_listen_local(const char *path, int backlog);
#endif

/**
 * A socket for datagrams on all addresses, IPv6 and IPv4.
 * @param port     0: one that the stack chooses
 * @param is_ipv6  receives whether it is one of IPv6, with IPv4 addresses mapped
 */
int msgr_fd_open_udp(uint16_t port, bool *is_ipv6);

/** A socket of the address's family that is being connected. @return it, or -error */
int msgr_fd_connect(const struct msgr_sockets_address *address, bool is_stream);

/** What has become of that: 0, or -error. */
int msgr_fd_connected(int fd);

/** The next client of a listener. @return it, or -error */
int msgr_fd_accept(int listener, struct msgr_sockets_address *address);

/** @return bytes; 0: the other end's FIN; or -error */
ptrdiff_t msgr_fd_receive(int fd, void *data, size_t room);

/** @return bytes that the stack has taken, all or some; or -error */
ptrdiff_t msgr_fd_send(int fd, const void *data, size_t size);

/** Say FIN: there is nothing more to come from us. */
void msgr_fd_finish(int fd);

/** Close, and give the stack what is not sent yet. */
void msgr_fd_close(int fd);

/** Close with a reset. */
void msgr_fd_reset(int fd);

/** What is ready leaves at once, and does not wait for an acknowledgement (Nagle). */
void msgr_fd_send_at_once(int fd);

#endif
