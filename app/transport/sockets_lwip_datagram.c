/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lwIP's sockets tell of IPv4 only where a datagram was sent to, and do not choose where one leaves
 * from; its netbufs, and lwIP itself, do both.
 */
#include "sockets_stack.h"

#include "lwip_address.h"
#include "sockets_address.h"
#include "sockets_fd.h"
#include "sockets_lwip_address.h"

#include "lwip/api.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/priv/tcpip_priv.h"
#include "lwip/udp.h"

#include <string.h>

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

    datagram->own = msgr_sockets_from_lwip(netbuf_destaddr(peeked), 0);
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
    msgr_sockets_to_lwip(&call.to, to);
    if (call.has_own) {
        msgr_sockets_to_lwip(&call.own, own);
    }
    err = tcpip_api_call(send_datagram, &call.data);
    return err == ERR_OK ? 0 : -err_to_errno(err);
}
