/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bell is a datagram on lwIP's loopback interface, to a socket that the loop watches. An
 * interrupt may not call sockets, but give lwIP's thread a message that was made beforehand; so
 * threads do the same. In lwIP's thread that message sends the datagram, again and again until the
 * loop has heard it.
 *
 * What lwIP's sockets do not offer is asked of lwIP itself, in its thread or with its core locked,
 * whichever it is built for (tcpip_api_call()).
 */
#include "sockets_stack.h"

#include "lwip_address.h"
#include "sockets_address.h"
#include "sockets_fd.h"

#include "lwip/api.h"
#include "lwip/dns.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/priv/tcpip_priv.h"
#include "lwip/sys.h"
#include "lwip/tcp.h"
#include "lwip/tcpip.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

#include <stdatomic.h>
#include <string.h>

#define RING_AGAIN_MS 50

uint32_t msgr_loop_now_ms(void)
{
    return sys_now();
}

int msgr_stack_prepare(int fd)
{
    return msgr_stack_fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? 0 : msgr_fd_error();
}

/* ---- connections --------------------------------------------------------------------------- */

struct connection_call {
    struct tcpip_api_call_data data; /* first */
    int fd;
};

/* @return NULL: it is none, or it is over */
static struct tcp_pcb *connection_of(const struct tcpip_api_call_data *data)
{
    const struct connection_call *call = (const struct connection_call *)(const void *)data;
    const struct lwip_sock *sock = lwip_socket_dbg_get_socket(call->fd);
    struct tcp_pcb *pcb;

    if (sock == NULL || sock->conn == NULL ||
        NETCONNTYPE_GROUP(netconn_type(sock->conn)) != NETCONN_TCP) {
        return NULL;
    }
    pcb = sock->conn->pcb.tcp;
    return pcb != NULL && pcb->state != TIME_WAIT && pcb->state != LISTEN ? pcb : NULL;
}

static err_t abort_connection(struct tcpip_api_call_data *data)
{
    struct tcp_pcb *pcb = connection_of(data);

    if (pcb != NULL) {
        tcp_abort(pcb);
    }
    return ERR_OK;
}

/* With bytes unread the window stays shut after our FIN: the other end would be stopped, and not
 * told why, until lwIP forgets the pcb. */
static err_t give_way(struct tcpip_api_call_data *data)
{
    struct tcp_pcb *pcb = connection_of(data);

    if (pcb != NULL && (pcb->state == FIN_WAIT_1 || pcb->state == FIN_WAIT_2) &&
        pcb->rcv_wnd != TCP_WND_MAX(pcb)) {
        tcp_abort(pcb);
    } else if (pcb != NULL) {
        tcp_setprio(pcb, TCP_PRIO_MIN);
    }
    return ERR_OK;
}

/* With a linger time of 0 lwIP resets a connection only if something is not acknowledged. */
void msgr_stack_reset(int fd)
{
    struct connection_call call = {.fd = fd};

    (void)tcpip_api_call(abort_connection, &call.data);
}

void msgr_stack_give_way(int fd)
{
    struct connection_call call = {.fd = fd};

    (void)tcpip_api_call(give_way, &call.data);
}

/* ---- the bell ------------------------------------------------------------------------------ */

/* In lwIP's thread. Until it has been heard: where lwIP is short of memory it drops the datagram
 * without a word, and nobody else would ring. */
static void ring(void *arg)
{
    struct msgr_loop *loop = arg;
    struct pbuf *p;

    sys_untimeout(ring, loop);
    if (!atomic_load(&loop->is_woken)) {
        return;
    }
    p = pbuf_alloc(PBUF_TRANSPORT, 0, PBUF_RAM);
    if (p != NULL) {
        (void)udp_send(loop->wake_pcb, p);
        pbuf_free(p);
    }
    sys_timeout(RING_AGAIN_MS, ring, loop);
}

struct bell_call {
    struct tcpip_api_call_data data; /* first */
    struct msgr_loop *loop;
    ip_addr_t address;
    uint16_t port;
};

static err_t open_pcb(struct tcpip_api_call_data *data)
{
    struct bell_call *call = (struct bell_call *)(void *)data;
    struct udp_pcb *pcb = udp_new_ip_type(IP_GET_TYPE(&call->address));
    err_t err;

    if (pcb == NULL) {
        return ERR_MEM;
    }
    err = udp_connect(pcb, &call->address, call->port);
    if (err != ERR_OK) {
        udp_remove(pcb);
        return err;
    }
    call->loop->wake_pcb = pcb;
    return ERR_OK;
}

static err_t close_pcb(struct tcpip_api_call_data *data)
{
    struct bell_call *call = (struct bell_call *)(void *)data;

    sys_untimeout(ring, call->loop);
    if (call->loop->wake_pcb != NULL) {
        udp_remove(call->loop->wake_pcb);
        call->loop->wake_pcb = NULL;
    }
    return ERR_OK;
}

/* A socket on the loopback interface, on a port that lwIP chooses, which only we know. */
static int open_socket(struct msgr_loop *loop, struct bell_call *call)
{
    struct msgr_sockets_address address;
    int fd = msgr_stack_socket(LWIP_IPV4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
    int error;

    if (fd < 0) {
        return msgr_fd_error();
    }
    loop->wake_fd[0] = fd;
    error = msgr_stack_prepare(fd);
    (void)msgr_sockets_address_parse(&address, LWIP_IPV4 ? "127.0.0.1" : "::1", 0);
    if (error == 0 && (msgr_stack_bind(fd, &address.as.any, address.size) != 0 ||
                       msgr_stack_getsockname(fd, &address.as.any, &address.size) != 0)) {
        error = msgr_fd_error();
    }
    call->port = msgr_sockets_address_port(&address);
    return error;
}

static int open_bell(struct msgr_loop *loop, struct bell_call *call)
{
    int error = open_socket(loop, call);

    if (error != 0) {
        return error;
    }
    loop->wake_msg = tcpip_callbackmsg_new(ring, loop);
    if (loop->wake_msg == NULL) {
        return -ENOMEM;
    }
    return tcpip_api_call(open_pcb, &call->data) == ERR_OK ? 0 : -ENOMEM;
}

int msgr_stack_bell_open(struct msgr_loop *loop)
{
    struct bell_call call = {.loop = loop};
    int error;

#if LWIP_IPV4
    ip_addr_set_loopback(false, &call.address);
#else
    ip_addr_set_loopback(true, &call.address);
#endif
    loop->wake_fd[0] = MSGR_FD_NONE;
    error = open_bell(loop, &call);
    if (error != 0) {
        msgr_stack_bell_close(loop);
    }
    return error;
}

/* In lwIP's thread. */
static void signal_it(void *arg)
{
    sys_sem_signal((sys_sem_t *)arg);
}

/* The message may be on its way to lwIP's thread, which must not come upon it when it is gone: one
 * that was sent later has been heard when all before it have. @return false: there is no memory */
static bool wait_until_heard(sys_sem_t *heard)
{
    if (tcpip_callback(signal_it, heard) != ERR_OK) {
        return false;
    }
    (void)sys_arch_sem_wait(heard, 0);
    return true;
}

void msgr_stack_bell_close(struct msgr_loop *loop)
{
    struct bell_call call = {.loop = loop};
    sys_sem_t heard;
    bool has_heard = sys_sem_new(&heard, 0) == ERR_OK;
    bool is_heard = has_heard && wait_until_heard(&heard);

    (void)tcpip_api_call(close_pcb, &call.data);
    if (has_heard) {
        sys_sem_free(&heard); /* signal_it() has returned, for that call was behind it */
    }
    if (loop->wake_msg != NULL && is_heard) { /* else it is lwIP's for ever */
        tcpip_callbackmsg_delete(loop->wake_msg);
        loop->wake_msg = NULL;
    }
    if (loop->wake_fd[0] != MSGR_FD_NONE) {
        msgr_fd_close(loop->wake_fd[0]);
    }
}

bool msgr_stack_bell_ring(struct msgr_loop *loop)
{
    return tcpip_callbackmsg_trycallback(loop->wake_msg) == ERR_OK;
}

/* A positive result is the port's way to say that a task of higher priority is ready. */
bool msgr_loop_wake_from_isr(struct msgr_loop *loop, bool *needs_switch)
{
    err_t err;

    if (atomic_exchange(&loop->is_woken, true)) {
        return true;
    }
    err = tcpip_callbackmsg_trycallback_fromisr(loop->wake_msg);
    if (err > 0) {
        *needs_switch = true;
    } else if (err != ERR_OK) {
        atomic_store(&loop->is_woken, false);
        return false;
    }
    return true;
}

void msgr_stack_bell_hush(struct msgr_loop *loop)
{
    char rung[4];

    while (msgr_fd_receive(loop->wake_fd[0], rung, sizeof rung) >= 0) {
    }
}

/* ---- addresses ----------------------------------------------------------------------------- */

static void to_lwip(ip_addr_t *address, const struct msgr_sockets_address *from)
{
#if LWIP_IPV4
    if (from->as.any.sa_family == AF_INET) {
        ip_addr_set_ip4_u32(address, from->as.in4.sin_addr.s_addr);
        return;
    }
#endif
#if LWIP_IPV6
    ip_addr_set_zero_ip6(address);
    memcpy(ip_2_ip6(address)->addr, &from->as.in6.sin6_addr, 16);
    ip6_addr_set_zone(ip_2_ip6(address), (u8_t)from->as.in6.sin6_scope_id);
#endif
}

static struct msgr_sockets_address from_lwip(const ip_addr_t *address, uint16_t port)
{
    struct msgr_sockets_address result = msgr_sockets_address_any(IP_IS_V6(address), port);

#if LWIP_IPV4
    if (IP_IS_V4(address)) {
        result.as.in4.sin_addr.s_addr = ip4_addr_get_u32(ip_2_ip4(address));
    }
#endif
#if LWIP_IPV6
    if (IP_IS_V6(address)) {
        memcpy(&result.as.in6.sin6_addr, ip_2_ip6(address)->addr, 16);
        result.as.in6.sin6_scope_id = ip6_addr_zone(ip_2_ip6(address));
    }
#endif
    return result;
}

/* ---- datagrams ----------------------------------------------------------------------------- */

/* lwIP's sockets tell it of IPv4 only, in a message of their own; its netbufs of both. */
int msgr_stack_want_own_address(int fd, bool is_ipv6)
{
    struct lwip_sock *sock = lwip_socket_dbg_get_socket(fd);

    (void)is_ipv6;
    netconn_set_flags(sock->conn, NETCONN_FLAG_PKTINFO);
    return 0;
}

/* A datagram that was peeked at is the socket's until it is taken: by then it has been copied. */
static void take_peeked(int fd, struct msgr_stack_datagram *datagram)
{
    struct lwip_sock *sock = lwip_socket_dbg_get_socket(fd);
    struct netbuf *peeked = sock->lastdata.netbuf;

    datagram->own = from_lwip(netbuf_destaddr(peeked), 0);
    sock->lastdata.netbuf = NULL;
    netbuf_delete(peeked);
}

ptrdiff_t msgr_stack_receive_datagram(int fd, void *data, size_t room,
                                      struct msgr_stack_datagram *datagram)
{
    ptrdiff_t got;

    datagram->from.size = sizeof datagram->from.as;
    got = lwip_recvfrom(fd, data, room, MSG_PEEK, &datagram->from.as.any, &datagram->from.size);
    if (got < 0) {
        return msgr_fd_error();
    }
    datagram->is_group = false;
    take_peeked(fd, datagram);
    msgr_sockets_address_unmap(&datagram->from);
    return LWIP_MIN(got, (ptrdiff_t)room); /* of a longer one lwIP says how long it was */
}

struct send_call {
    struct tcpip_api_call_data data; /* first */
    int fd;
    const void *bytes;
    size_t size;
    ip_addr_t to;
    uint16_t port;
    bool has_own;
    ip_addr_t own;
};

/* An address that we have lost since is no source. */
static err_t send_from(const struct send_call *call, struct pbuf *p)
{
    struct udp_pcb *pcb = lwip_socket_dbg_get_socket(call->fd)->conn->pcb.udp;
    struct netif *netif = msgr_lwip_route(&call->to);

    if (netif == NULL) {
        return ERR_RTE;
    }
    if (call->has_own && msgr_lwip_is_own(&call->own, netif)) {
        return udp_sendto_if_src(pcb, p, &call->to, call->port, netif, &call->own);
    }
    return udp_sendto(pcb, p, &call->to, call->port);
}

static err_t send_datagram(struct tcpip_api_call_data *data)
{
    const struct send_call *call = (const struct send_call *)(const void *)data;
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (uint16_t)call->size, PBUF_RAM);
    err_t err;

    if (p == NULL) {
        return ERR_MEM;
    }
    memcpy(p->payload, call->bytes, call->size);
    err = send_from(call, p);
    pbuf_free(p);
    return err;
}

/* lwIP's sockets do not choose where a datagram leaves from; lwIP itself does. */
int msgr_stack_send_datagram(int fd, bool is_ipv6, const void *data, size_t size,
                             const struct msgr_sockets_address *to,
                             const struct msgr_sockets_address *own)
{
    struct send_call call = {.fd = fd,
                             .bytes = data,
                             .size = size,
                             .port = msgr_sockets_address_port(to),
                             .has_own = own->size > 0};
    err_t err;

    (void)is_ipv6;
    to_lwip(&call.to, to);
    if (call.has_own) {
        to_lwip(&call.own, own);
    }
    err = tcpip_api_call(send_datagram, &call.data);
    return err == ERR_OK ? 0 : -err_to_errno(err);
}

/* ---- questions about addresses ------------------------------------------------------------- */

struct address_call {
    struct tcpip_api_call_data data; /* first */
    ip_addr_t address;
    bool (*is_so)(const ip_addr_t *address, struct netif *netif);
};

static err_t ask_each_netif(struct tcpip_api_call_data *data)
{
    const struct address_call *call = (const struct address_call *)(const void *)data;
    struct netif *netif;

    NETIF_FOREACH(netif)
    {
        if (call->is_so(&call->address, netif)) {
            return ERR_OK;
        }
    }
    return ERR_VAL;
}

/* Of any interface. */
static bool is_so(const struct msgr_sockets_address *address,
                  bool (*question)(const ip_addr_t *address, struct netif *netif))
{
    struct address_call call = {.is_so = question};

    if (address->size == 0) {
        return false;
    }
    to_lwip(&call.address, address);
    return tcpip_api_call(ask_each_netif, &call.data) == ERR_OK;
}

bool msgr_stack_is_group(const struct msgr_stack_datagram *datagram)
{
    return is_so(&datagram->own, msgr_lwip_is_group) || is_so(&datagram->from, msgr_lwip_is_group);
}

bool msgr_stack_is_on_link(const struct msgr_sockets_address *address)
{
    return is_so(address, msgr_lwip_is_on_link);
}

/* The loopback interface makes two, so lwIP does not choose by itself. */
#if LWIP_IPV6_SCOPES
static err_t choose_zone(struct tcpip_api_call_data *data)
{
    struct address_call *call = (struct address_call *)(void *)data;

    if (netif_default != NULL && ip6_addr_lacks_zone(ip_2_ip6(&call->address), IP6_UNKNOWN)) {
        ip6_addr_assign_zone(ip_2_ip6(&call->address), IP6_UNKNOWN, netif_default);
    }
    return ERR_OK;
}

void msgr_stack_set_zone(struct msgr_sockets_address *address)
{
    struct address_call call = {.is_so = NULL};

    if (address->as.any.sa_family == AF_INET6) {
        to_lwip(&call.address, address);
        (void)tcpip_api_call(choose_zone, &call.data);
        address->as.in6.sin6_scope_id = ip6_addr_zone(ip_2_ip6(&call.address));
    }
}
#else
void msgr_stack_set_zone(struct msgr_sockets_address *address)
{
    (void)address;
}
#endif

static err_t find_route(struct tcpip_api_call_data *data)
{
    const struct address_call *call = (const struct address_call *)(const void *)data;

    return msgr_lwip_route(&call->address) != NULL ? ERR_OK : ERR_RTE;
}

bool msgr_stack_has_route(const struct msgr_sockets_address *address)
{
    struct address_call call = {.is_so = NULL};

    to_lwip(&call.address, address);
    return tcpip_api_call(find_route, &call.data) == ERR_OK;
}

/* ---- names --------------------------------------------------------------------------------- */

#if LWIP_DNS

struct lookup_call {
    struct tcpip_api_call_data data; /* first */
    struct msgr_sockets_lookup *lookup;
    struct msgr_loop *loop;
    const char *host;
    uint16_t port;
};

static void set_found(struct msgr_sockets_lookup *lookup, const ip_addr_t *address)
{
    lookup->found[0] = from_lwip(address, lookup->port);
    lookup->count = 1;
}

/* In lwIP's thread, as asking and forgetting: so none of them comes in the middle of another. The
 * question may be older than what is asked now. */
static void on_found(const char *name, const ip_addr_t *address, void *arg)
{
    struct msgr_sockets_lookup *lookup = arg;

    if (atomic_load(&lookup->state) != MSGR_STACK_WAITING || strcmp(name, lookup->host) != 0) {
        return;
    }
    if (address != NULL) {
        set_found(lookup, address);
    }
    atomic_store(&lookup->state, address != NULL ? MSGR_STACK_FOUND : MSGR_STACK_NOT_FOUND);
    (void)msgr_loop_wake(lookup->loop); /* else it looks again by itself */
}

static err_t ask(struct tcpip_api_call_data *data)
{
    const struct lookup_call *call = (const struct lookup_call *)(const void *)data;
    struct msgr_sockets_lookup *lookup = call->lookup;
    ip_addr_t address;
    err_t err;

    lookup->loop = call->loop;
    lookup->host = call->host;
    lookup->port = call->port;
    atomic_store(&lookup->state, MSGR_STACK_WAITING);
    err = dns_gethostbyname(call->host, &address, on_found, lookup);
    if (err == ERR_OK) {
        set_found(lookup, &address);
        atomic_store(&lookup->state, MSGR_STACK_FOUND);
    } else if (err != ERR_INPROGRESS) {
        atomic_store(&lookup->state, MSGR_STACK_NONE);
        return err;
    }
    return ERR_OK;
}

static err_t forget(struct tcpip_api_call_data *data)
{
    const struct lookup_call *call = (const struct lookup_call *)(const void *)data;

    atomic_store(&call->lookup->state, MSGR_STACK_NONE);
    return ERR_OK;
}

bool msgr_stack_lookup_begin(struct msgr_sockets_lookup *lookup, struct msgr_loop *loop,
                             const char *host, uint16_t port, bool is_datagram)
{
    struct lookup_call call = {.lookup = lookup, .loop = loop, .host = host, .port = port};

    (void)is_datagram;
    return tcpip_api_call(ask, &call.data) == ERR_OK;
}

enum msgr_stack_answer msgr_stack_lookup_poll(struct msgr_sockets_lookup *lookup)
{
    enum msgr_stack_answer answer = (enum msgr_stack_answer)atomic_load(&lookup->state);

    if (answer != MSGR_STACK_WAITING) {
        atomic_store(&lookup->state, MSGR_STACK_NONE);
    }
    return answer;
}

void msgr_stack_lookup_end(struct msgr_sockets_lookup *lookup)
{
    struct lookup_call call = {.lookup = lookup};

    (void)tcpip_api_call(forget, &call.data);
}

#else

bool msgr_stack_lookup_begin(struct msgr_sockets_lookup *lookup, struct msgr_loop *loop,
                             const char *host, uint16_t port, bool is_datagram)
{
    (void)lookup, (void)loop, (void)host, (void)port, (void)is_datagram;
    return false;
}

enum msgr_stack_answer msgr_stack_lookup_poll(struct msgr_sockets_lookup *lookup)
{
    (void)lookup;
    return MSGR_STACK_NONE;
}

void msgr_stack_lookup_end(struct msgr_sockets_lookup *lookup)
{
    (void)lookup;
}

#endif
