/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bell is a pipe. A name is looked up by a thread, since getaddrinfo() waits: thread and loop
 * have nothing in common but a pair of sockets, by which the question goes there and the answer
 * comes back; so either may go first.
 */
#include "sockets_stack.h"

#include "sockets_address.h"
#include "sockets_fd.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
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

/* A socket that may not use a router gets there or not. */
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

/* ---- names --------------------------------------------------------------------------------- */

struct question {
    bool is_datagram;
    uint16_t port;
    char host[MSGR_SOCKETS_HOST_MAX + 1];
};

struct answer {
    uint8_t count;
    struct msgr_sockets_address found[MSGR_SOCKETS_ADDRESSES];
};

static void look_up(const struct question *question, struct answer *answer)
{
    struct addrinfo hints = {.ai_socktype = question->is_datagram ? SOCK_DGRAM : SOCK_STREAM,
                             .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list = NULL;

    answer->count = 0;
    if (getaddrinfo(question->host, NULL, &hints, &list) != 0) {
        return;
    }
    for (const struct addrinfo *next = list; next != NULL; next = next->ai_next) {
        struct msgr_sockets_address *found = &answer->found[answer->count];

        if (answer->count < MSGR_SOCKETS_ADDRESSES && next->ai_addrlen <= sizeof found->as) {
            memcpy(&found->as, next->ai_addr, next->ai_addrlen);
            found->size = next->ai_addrlen;
            msgr_sockets_address_set_port(found, question->port);
            msgr_sockets_address_unmap(found);
            answer->count++;
        }
    }
    freeaddrinfo(list);
}

static void *run(void *arg)
{
    int fd = (int)(intptr_t)arg;
    struct question question;
    struct answer answer;

    memset(&answer, 0, sizeof answer);
    if (recv(fd, &question, sizeof question, 0) == (ssize_t)sizeof question) {
        look_up(&question, &answer);
        (void)send(fd, &answer, sizeof answer, MSG_NOSIGNAL);
    }
    (void)close(fd);
    return NULL;
}

/* Signals are for the program's own threads. */
static bool start_thread(int fd)
{
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    int error;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&thread, NULL, run, (void *)(intptr_t)fd);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) {
        (void)pthread_detach(thread);
    }
    return error == 0;
}

bool msgr_stack_lookup_begin(struct msgr_sockets_lookup *lookup, struct msgr_loop *loop,
                             const char *host, uint16_t port, bool is_datagram)
{
    struct question question = {.is_datagram = is_datagram, .port = port};
    int pair[2];

    (void)loop;
    lookup->fd = MSGR_FD_NONE;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        return false;
    }
    memcpy(question.host, host, strlen(host) + 1);
    if (msgr_stack_prepare(pair[0]) != 0 ||
        send(pair[0], &question, sizeof question, MSG_NOSIGNAL) < 0 || !start_thread(pair[1])) {
        (void)close(pair[0]);
        (void)close(pair[1]);
        return false;
    }
    lookup->fd = pair[0];
    return true;
}

enum msgr_stack_answer msgr_stack_lookup_poll(struct msgr_sockets_lookup *lookup)
{
    struct answer answer;
    ssize_t got;

    if (lookup->fd == MSGR_FD_NONE) {
        return MSGR_STACK_NONE;
    }
    got = msgr_fd_receive(lookup->fd, &answer, sizeof answer);
    if (got == -EAGAIN) {
        return MSGR_STACK_WAITING;
    }
    msgr_stack_lookup_end(lookup);
    if (got != (ssize_t)sizeof answer || answer.count == 0) {
        return MSGR_STACK_NOT_FOUND;
    }
    lookup->count = answer.count;
    memcpy(lookup->found, answer.found, sizeof answer.found);
    return MSGR_STACK_FOUND;
}

void msgr_stack_lookup_end(struct msgr_sockets_lookup *lookup)
{
    if (lookup->fd != MSGR_FD_NONE) {
        (void)close(lookup->fd);
        lookup->fd = MSGR_FD_NONE;
    }
}
