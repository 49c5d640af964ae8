/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The calls of the socket API that can fail, as faults.c has them of lwIP's own: each with the
 * error that lwIP would most plausibly give. An error that would rightly end a connection is not
 * among them: who is patient is served in spite of all of these. Nor is what cannot fail where lwIP
 * has its core's lock: lwip_fcntl(), lwip_getsockopt().
 */
#include "faults.h"

#include "lwip/errno.h"
#include "lwip/sockets.h"
#include "lwip/tcpip.h"

#include <stdbool.h>
#include <stddef.h>

static int fail(int error)
{
    errno = error;
    return -1;
}

/* WRAP(type of result, name, parameters, arguments, error) */
#define WRAP(type, name, parameters, arguments, error)                                             \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return faults_strike(#name) ? fail(error) : __real_##name arguments;                       \
    }

WRAP(int, lwip_socket, (int domain, int type, int protocol), (domain, type, protocol), ENFILE)
WRAP(int, lwip_bind, (int s, const struct sockaddr *name, socklen_t size), (s, name, size),
     EADDRINUSE)
WRAP(int, lwip_listen, (int s, int backlog), (s, backlog), EADDRINUSE)
WRAP(int, lwip_accept, (int s, struct sockaddr *address, socklen_t *size), (s, address, size),
     ENFILE)
WRAP(int, lwip_connect, (int s, const struct sockaddr *name, socklen_t size), (s, name, size),
     ENOMEM)
WRAP(int, lwip_getsockname, (int s, struct sockaddr *name, socklen_t *size), (s, name, size),
     ENOMEM)
WRAP(int, lwip_setsockopt, (int s, int level, int name, const void *value, socklen_t size),
     (s, level, name, value, size), ENOMEM)
/* Nothing has come after all. */
ssize_t __real_lwip_recv(int s, void *memory, size_t size, int flags);
ssize_t __wrap_lwip_recv(int s, void *memory, size_t size, int flags);
ssize_t __wrap_lwip_recv(int s, void *memory, size_t size, int flags)
{
    return faults_strike_once("lwip_recv") ? fail(EWOULDBLOCK)
                                           : __real_lwip_recv(s, memory, size, flags);
}

ssize_t __real_lwip_recvmsg(int s, struct msghdr *message, int flags);
ssize_t __wrap_lwip_recvmsg(int s, struct msghdr *message, int flags);
ssize_t __wrap_lwip_recvmsg(int s, struct msghdr *message, int flags)
{
    return faults_strike_once("lwip_recvmsg") ? fail(EWOULDBLOCK)
                                              : __real_lwip_recvmsg(s, message, flags);
}

ssize_t __real_lwip_recvfrom(int s, void *memory, size_t size, int flags, struct sockaddr *from,
                             socklen_t *from_size);
ssize_t __wrap_lwip_recvfrom(int s, void *memory, size_t size, int flags, struct sockaddr *from,
                             socklen_t *from_size);
ssize_t __wrap_lwip_recvfrom(int s, void *memory, size_t size, int flags, struct sockaddr *from,
                             socklen_t *from_size)
{
    return faults_strike_once("lwip_recvfrom")
               ? fail(EWOULDBLOCK)
               : __real_lwip_recvfrom(s, memory, size, flags, from, from_size);
}

static bool is_stream(int s)
{
    int type;
    socklen_t size = sizeof type;

    return lwip_getsockopt(s, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/* A stream takes half of it. (Nothing when tcp_write() fails, and says when to try again.) */
ssize_t __real_lwip_send(int s, const void *data, size_t size, int flags);
ssize_t __wrap_lwip_send(int s, const void *data, size_t size, int flags);
ssize_t __wrap_lwip_send(int s, const void *data, size_t size, int flags)
{
    if (!is_stream(s)) {
        return faults_strike("lwip_send") ? fail(ENOMEM) : __real_lwip_send(s, data, size, flags);
    }
    if (size > 1 && faults_strike("lwip_send")) {
        size /= 2;
    }
    return __real_lwip_send(s, data, size, flags);
}

struct tcpip_callback_msg *__real_tcpip_callbackmsg_new(tcpip_callback_fn function, void *ctx);
struct tcpip_callback_msg *__wrap_tcpip_callbackmsg_new(tcpip_callback_fn function, void *ctx);
struct tcpip_callback_msg *__wrap_tcpip_callbackmsg_new(tcpip_callback_fn function, void *ctx)
{
    return faults_strike("tcpip_callbackmsg_new") ? NULL
                                                  : __real_tcpip_callbackmsg_new(function, ctx);
}
