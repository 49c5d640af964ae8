/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The socket API of whatever stack there is, lwIP's (MSGR_SOCKETS_LWIP, msgr/opts.h) or POSIX's:
 * its types, and its functions under one name each. Where the two differ by more than a name is in
 * app/transport/sockets_stack.h. For who includes msgr/loop.h, msgr/sockets.h or
 * msgr/sockets_plain.h.
 */
#ifndef MSGR_SOCKET_STACK_H
#define MSGR_SOCKET_STACK_H

#include "msgr/opts.h"

#if MSGR_SOCKETS_LWIP

#include "lwip/errno.h"
#include "lwip/sockets.h"

#if !LWIP_SOCKET || !LWIP_SOCKET_POLL || !LWIP_HAVE_LOOPIF || !LWIP_NETBUF_RECVINFO
#error "lwipopts.h: 1: LWIP_SOCKET, LWIP_SOCKET_POLL, LWIP_HAVE_LOOPIF, LWIP_NETBUF_RECVINFO"
#endif

#define MSGR_SOCKETS_IPV4 LWIP_IPV4
#define MSGR_SOCKETS_IPV6 LWIP_IPV6
#define MSGR_SOCKETS_UNIX 0

#define msgr_stack_accept      lwip_accept
#define msgr_stack_bind        lwip_bind
#define msgr_stack_close       lwip_close
#define msgr_stack_connect     lwip_connect
#define msgr_stack_fcntl       lwip_fcntl
#define msgr_stack_getpeername lwip_getpeername
#define msgr_stack_getsockname lwip_getsockname
#define msgr_stack_getsockopt  lwip_getsockopt
#define msgr_stack_listen      lwip_listen
#define msgr_stack_poll        lwip_poll
#define msgr_stack_recv        lwip_recv
#define msgr_stack_recvmsg     lwip_recvmsg
#define msgr_stack_send        lwip_send
#define msgr_stack_sendmsg     lwip_sendmsg
#define msgr_stack_setsockopt  lwip_setsockopt
#define msgr_stack_shutdown    lwip_shutdown
#define msgr_stack_socket      lwip_socket
#define msgr_stack_ntop        lwip_inet_ntop
#define msgr_stack_pton        lwip_inet_pton

#else

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MSGR_SOCKETS_IPV4 1
#define MSGR_SOCKETS_IPV6 1
#define MSGR_SOCKETS_UNIX 1

#define msgr_stack_accept      accept
#define msgr_stack_bind        bind
#define msgr_stack_close       close
#define msgr_stack_connect     connect
#define msgr_stack_fcntl       fcntl
#define msgr_stack_getpeername getpeername
#define msgr_stack_getsockname getsockname
#define msgr_stack_getsockopt  getsockopt
#define msgr_stack_listen      listen
#define msgr_stack_poll        poll
#define msgr_stack_recv        recv
#define msgr_stack_recvmsg     recvmsg
#define msgr_stack_send        send
#define msgr_stack_sendmsg     sendmsg
#define msgr_stack_setsockopt  setsockopt
#define msgr_stack_shutdown    shutdown
#define msgr_stack_socket      socket
#define msgr_stack_ntop        inet_ntop
#define msgr_stack_pton        inet_pton

#endif
#endif
