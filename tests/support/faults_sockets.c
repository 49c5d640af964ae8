/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The calls of the socket API that can fail, as faults.c has them of lwIP's own: each with the
 * error that lwIP would most plausibly give. An error that would rightly end a connection is not
 * among them: who is patient is served in spite of all of these. lwip_poll() is in subject_loop.c.
 */
#include "faults.h"

#include "lwip/errno.h"
#include "lwip/sockets.h"
#include "lwip/tcpip.h"

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
WRAP(int, lwip_fcntl, (int s, int command, int value), (s, command, value), EBADF)
WRAP(int, lwip_getsockname, (int s, struct sockaddr *name, socklen_t *size), (s, name, size),
     ENOMEM)
WRAP(int, lwip_getsockopt, (int s, int level, int name, void *value, socklen_t *size),
     (s, level, name, value, size), ENOMEM)
WRAP(int, lwip_setsockopt, (int s, int level, int name, const void *value, socklen_t size),
     (s, level, name, value, size), ENOMEM)
WRAP(ssize_t, lwip_recv, (int s, void *memory, size_t size, int flags), (s, memory, size, flags),
     EWOULDBLOCK)
WRAP(ssize_t, lwip_recvmsg, (int s, struct msghdr *message, int flags), (s, message, flags),
     EWOULDBLOCK)
WRAP(ssize_t, lwip_sendto,
     (int s, const void *data, size_t size, int flags, const struct sockaddr *to,
      socklen_t to_size),
     (s, data, size, flags, to, to_size), ENOMEM)

/* It takes nothing, or half of it. */
ssize_t __real_lwip_send(int s, const void *data, size_t size, int flags);
ssize_t __wrap_lwip_send(int s, const void *data, size_t size, int flags);
ssize_t __wrap_lwip_send(int s, const void *data, size_t size, int flags)
{
    if (faults_strike("lwip_send")) {
        return fail(EWOULDBLOCK);
    }
    if (size > 1 && faults_strike("lwip_send in part")) {
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
