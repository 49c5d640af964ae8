/* SPDX-License-Identifier: BSD-3-Clause */
#include "sockets_fd.h"

#include "sockets_address.h"
#include "sockets_stack.h"

#include <string.h>
#if MSGR_SOCKETS_UNIX
#include <sys/stat.h>
#endif

int msgr_fd_error(void)
{
#if EWOULDBLOCK != EAGAIN
    if (errno == EWOULDBLOCK) {
        return -EAGAIN;
    }
#endif
    return errno > 0 ? -errno : -EIO;
}

bool msgr_fd_is_shortage(int error)
{
    return error == -EMFILE || error == -ENFILE || error == -ENOBUFS || error == -ENOMEM;
}

bool msgr_fd_is_full(int error)
{
    return error == -EAGAIN || error == -ENOBUFS || error == -ENOMEM;
}

/* ---- opening ------------------------------------------------------------------------------- */

/* @return fd if that went well, else -error, and it is closed */
static int unless(int fd, int error)
{
    if (error == 0) {
        return fd;
    }
    msgr_fd_close(fd);
    return error;
}

static int open_socket(int family, int type)
{
    int fd = msgr_stack_socket(family, type, 0);

    return fd < 0 ? msgr_fd_error() : unless(fd, msgr_stack_prepare(fd));
}

/* Where there is no IPv6, of IPv4. */
static int open_both(int type, bool *is_ipv6)
{
    int fd = -EAFNOSUPPORT;

    *is_ipv6 = MSGR_SOCKETS_IPV6;
#if MSGR_SOCKETS_IPV6
    fd = open_socket(AF_INET6, type);
#if MSGR_SOCKETS_IPV4
    if (fd >= 0) {
        int off = 0;
        (void)msgr_stack_setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
#endif
#endif
#if MSGR_SOCKETS_IPV4
    if (fd == -EAFNOSUPPORT) {
        *is_ipv6 = false;
        fd = open_socket(AF_INET, type);
    }
#endif
    return fd;
}

static int bind_to(int fd, const struct msgr_sockets_address *address)
{
    return msgr_stack_bind(fd, &address->as.any, address->size) == 0 ? 0 : msgr_fd_error();
}

int msgr_fd_listen(uint16_t port, int backlog)
{
    bool is_ipv6;
    int on = 1;
    int fd = open_both(SOCK_STREAM, &is_ipv6);
    struct msgr_sockets_address any = msgr_sockets_address_any(is_ipv6, port);
    int error;

    if (fd < 0) {
        return fd;
    }
    /* Connections of before that are not quite over do not matter. (lwIP: where it has SO_REUSE.)
     */
    (void)msgr_stack_setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    error = bind_to(fd, &any);
    if (backlog > MSGR_STACK_BACKLOG_MAX) {
        backlog = MSGR_STACK_BACKLOG_MAX;
    }
    if (error == 0 && msgr_stack_listen(fd, backlog) != 0) {
        error = msgr_fd_error();
    }
    return unless(fd, error);
}

int msgr_fd_open_udp(uint16_t port, bool *is_ipv6)
{
    int fd = open_both(SOCK_DGRAM, is_ipv6);
    struct msgr_sockets_address any = msgr_sockets_address_any(*is_ipv6, port);
    int error;

    if (fd < 0) {
        return fd;
    }
    error = bind_to(fd, &any);
    if (error == 0) {
        error = msgr_stack_want_own_address(fd, *is_ipv6);
    }
    return unless(fd, error);
}

#if MSGR_SOCKETS_UNIX
/* A socket that nobody answers on; any other file is somebody's. */
static bool is_abandoned(const struct msgr_sockets_address *address)
{
    struct stat file;
    bool is_refused;
    int fd;

    if (lstat(address->as.un.sun_path, &file) != 0 || !S_ISSOCK(file.st_mode)) {
        return false;
    }
    fd = open_socket(AF_UNIX, SOCK_STREAM);
    if (fd < 0) {
        return false;
    }
    is_refused = connect(fd, &address->as.any, address->size) != 0 && errno == ECONNREFUSED;
    msgr_fd_close(fd);
    return is_refused;
}

int msgr_fd_listen_local(const char *path, int backlog)
{
    struct msgr_sockets_address address = {.size = sizeof address.as.un};
    size_t size = strlen(path);
    int fd;
    int error;

    if (size == 0 || size >= sizeof address.as.un.sun_path) {
        return -ENAMETOOLONG;
    }
    address.as.un.sun_family = AF_UNIX;
    memcpy(address.as.un.sun_path, path, size + 1);
    fd = open_socket(AF_UNIX, SOCK_STREAM);
    if (fd < 0) {
        return fd;
    }
    error = bind_to(fd, &address);
    if (error == -EADDRINUSE && is_abandoned(&address) && unlink(path) == 0) {
        error = bind_to(fd, &address);
    }
    if (error == 0 && listen(fd, backlog) != 0) {
        error = msgr_fd_error();
        (void)unlink(path);
    }
    return unless(fd, error);
}
#endif

/* ---- connecting ---------------------------------------------------------------------------- */

int msgr_fd_connect(const struct msgr_sockets_address *address, bool is_stream)
{
    int fd = open_socket(address->as.any.sa_family, is_stream ? SOCK_STREAM : SOCK_DGRAM);
    int error = 0;

    if (fd < 0) {
        return fd;
    }
    if (msgr_stack_connect(fd, &address->as.any, address->size) != 0) {
        error = msgr_fd_error();
    }
    if (error == -EINPROGRESS || error == -EINTR) { /* it goes on without us */
        error = 0;
    }
    return unless(fd, error);
}

int msgr_fd_connected(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (msgr_stack_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        return msgr_fd_error();
    }
    return error == ECONNRESET ? -ECONNREFUSED : -error; /* so lwIP calls it */
}

int msgr_fd_accept(int listener, struct msgr_sockets_address *address)
{
    int fd;

    do {
        address->size = sizeof address->as;
        fd = msgr_stack_accept(listener, &address->as.any, &address->size);
    } while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd < 0) {
        return msgr_fd_error();
    }
    msgr_sockets_address_unmap(address);
    return unless(fd, msgr_stack_prepare(fd));
}

/* ---- bytes --------------------------------------------------------------------------------- */

ptrdiff_t msgr_fd_receive(int fd, void *data, size_t room)
{
    ptrdiff_t got;

    do {
        got = msgr_stack_recv(fd, data, room, 0);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? msgr_fd_error() : got;
}

static ptrdiff_t send_once(int fd, const void *data, size_t size)
{
    ptrdiff_t sent;

    do {
        sent = msgr_stack_send(fd, data, size, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? msgr_fd_error() : sent;
}

#if MSGR_SOCKETS_LWIP
#define PIECE_MIN 64

/* lwIP takes what its buffer has room for, but nothing if that would be more segments than it has.
 */
ptrdiff_t msgr_fd_send(int fd, const void *data, size_t size)
{
    ptrdiff_t sent = send_once(fd, data, size);

    while (sent == -EAGAIN && size > PIECE_MIN) {
        size /= 2;
        sent = send_once(fd, data, size);
    }
    return sent;
}
#else
ptrdiff_t msgr_fd_send(int fd, const void *data, size_t size)
{
    return send_once(fd, data, size);
}
#endif

/* ---- the end ------------------------------------------------------------------------------- */

void msgr_fd_finish(int fd)
{
    (void)msgr_stack_shutdown(fd, SHUT_WR);
}

/* Linux has closed it even where it says that it was interrupted. */
void msgr_fd_close(int fd)
{
    msgr_stack_give_way(fd);
    (void)msgr_stack_close(fd);
}

void msgr_fd_reset(int fd)
{
    msgr_stack_reset(fd);
    msgr_fd_close(fd);
}

void msgr_fd_send_at_once(int fd)
{
    int on = 1;

    (void)msgr_stack_setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}
