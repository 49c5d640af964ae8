/* SPDX-License-Identifier: BSD-3-Clause */
/* The bell is a pipe. */
#include "sockets_stack.h"

#include "sockets_address.h"
#include "sockets_fd.h"

#include <string.h>
#include <time.h>

uint32_t msgr_loop_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u);
}

int msgr_stack_prepare(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        return msgr_fd_error();
    }
    return 0;
}

/* ---- the bell ------------------------------------------------------------------------------ */

int msgr_stack_bell_open(struct msgr_loop *loop)
{
    int error;

    if (pipe(loop->wake_fd) != 0) {
        return msgr_fd_error();
    }
    error = msgr_stack_prepare(loop->wake_fd[0]);
    if (error == 0) {
        error = msgr_stack_prepare(loop->wake_fd[1]);
    }
    if (error != 0) {
        msgr_stack_bell_close(loop);
    }
    return error;
}

void msgr_stack_bell_close(struct msgr_loop *loop)
{
    (void)close(loop->wake_fd[0]);
    (void)close(loop->wake_fd[1]);
}

/* A pipe that is full rings already. A signal handler's errno is its program's. */
bool msgr_stack_bell_ring(struct msgr_loop *loop)
{
    int before = errno;
    ssize_t written;

    do {
        written = write(loop->wake_fd[1], "", 1);
    } while (written < 0 && errno == EINTR);
    errno = before;
    return true;
}

void msgr_stack_bell_hush(struct msgr_loop *loop)
{
    char rung[16];

    while (read(loop->wake_fd[0], rung, sizeof rung) > 0) {
    }
}

/* There is room. */
void msgr_stack_give_way(int fd)
{
    (void)fd;
}

void msgr_stack_reset(int fd)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* ---- datagrams ----------------------------------------------------------------------------- */

/* Of IPv4 datagrams both are told on a socket of IPv6; the second tells broadcasts. */
int msgr_stack_want_own_address(int fd, bool is_ipv6)
{
    int on = 1;

    if (is_ipv6 && setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on) != 0) {
        return msgr_fd_error();
    }
    return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0 ? 0 : msgr_fd_error();
}

static void take_ipv4_info(struct msgr_stack_datagram *datagram, const struct cmsghdr *header)
{
    struct in_pktinfo info;

    memcpy(&info, CMSG_DATA(header), sizeof info);
    datagram->own = msgr_sockets_address_any(false, 0);
    datagram->own.as.in4.sin_addr = info.ipi_spec_dst;
    datagram->is_group = info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr;
}

static void take_ipv6_info(struct msgr_stack_datagram *datagram, const struct cmsghdr *header)
{
    struct in6_pktinfo info;

    memcpy(&info, CMSG_DATA(header), sizeof info);
    if (IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr)) {
        return; /* the other one says more */
    }
    datagram->own = msgr_sockets_address_any(true, 0);
    datagram->own.as.in6.sin6_addr = info.ipi6_addr;
    if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) {
        datagram->own.as.in6.sin6_scope_id = (uint32_t)info.ipi6_ifindex;
    }
    datagram->is_group = IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
}

/* Room for both, aligned. */
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static void take_control(struct msgr_stack_datagram *datagram, struct msghdr *message)
{
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
         header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            take_ipv4_info(datagram, header);
        } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
            take_ipv6_info(datagram, header);
        }
    }
}

ptrdiff_t msgr_stack_receive_datagram(int fd, void *data, size_t room,
                                      struct msgr_stack_datagram *datagram)
{
    struct iovec piece = {.iov_base = data, .iov_len = room};
    union control control;
    struct msghdr message = {
        .msg_name = &datagram->from.as,
        .msg_namelen = sizeof datagram->from.as,
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    ssize_t got;

    do {
        got = recvmsg(fd, &message, 0);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return msgr_fd_error();
    }
    datagram->from.size = message.msg_namelen;
    datagram->own.size = 0;
    datagram->is_group = false;
    take_control(datagram, &message);
    msgr_sockets_address_unmap(&datagram->from);
    return got;
}

/* On a socket of IPv6 the kernel takes the mapped form of our own address, too. */
static size_t put_ipv6_info(union control *control, const struct msgr_sockets_address *own)
{
    struct msgr_sockets_address mapped = msgr_sockets_address_mapped(own);
    struct in6_pktinfo info = {.ipi6_addr = mapped.as.in6.sin6_addr,
                               .ipi6_ifindex = mapped.as.in6.sin6_scope_id};

    control->header.cmsg_level = IPPROTO_IPV6;
    control->header.cmsg_type = IPV6_PKTINFO;
    control->header.cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(&control->header), &info, sizeof info);
    return CMSG_SPACE(sizeof info);
}

static size_t put_ipv4_info(union control *control, const struct msgr_sockets_address *own)
{
    struct in_pktinfo info = {.ipi_spec_dst = own->as.in4.sin_addr};

    control->header.cmsg_level = IPPROTO_IP;
    control->header.cmsg_type = IP_PKTINFO;
    control->header.cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(&control->header), &info, sizeof info);
    return CMSG_SPACE(sizeof info);
}

int msgr_stack_send_datagram(int fd, bool is_ipv6, const void *data, size_t size,
                             const struct msgr_sockets_address *to,
                             const struct msgr_sockets_address *own)
{
    struct msgr_sockets_address mapped = is_ipv6 ? msgr_sockets_address_mapped(to) : *to;
    struct iovec piece = {.iov_base = (void *)(uintptr_t)data, .iov_len = size};
    union control control;
    struct msghdr message = {
        .msg_name = &mapped.as,
        .msg_namelen = mapped.size,
        .msg_iov = &piece,
        .msg_iovlen = 1,
    };
    ssize_t sent;

    if (own->size > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen =
            is_ipv6 ? put_ipv6_info(&control, own) : put_ipv4_info(&control, own);
    }
    do {
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? msgr_fd_error() : 0;
}

bool msgr_stack_is_group(const struct msgr_stack_datagram *datagram)
{
    return datagram->is_group || !msgr_sockets_address_is_one_host(&datagram->from);
}

bool msgr_stack_has_route(const struct msgr_sockets_address *address)
{
    (void)address;
    return true;
}

/* The system has its own way. */
void msgr_stack_set_zone(struct msgr_sockets_address *address)
{
    (void)address;
}

/* A socket that may not use a router gets there or not. */
bool msgr_stack_is_on_link(const struct msgr_sockets_address *address)
{
    int fd = socket(address->as.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int on = 1;
    bool is_on_link;

    if (fd < 0) {
        return false;
    }
    is_on_link = setsockopt(fd, SOL_SOCKET, SO_DONTROUTE, &on, sizeof on) == 0 &&
                 connect(fd, &address->as.any, address->size) == 0;
    (void)close(fd);
    return is_on_link;
}
