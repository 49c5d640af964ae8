/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What lwIP's sockets do not offer is asked of lwIP itself, in its thread or with its core locked,
 * whichever it is built for (tcpip_api_call()).
 */
#include "sockets_stack.h"

#include "sockets_fd.h"

#include "lwip/api.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/priv/tcpip_priv.h"
#include "lwip/sys.h"
#include "lwip/tcp.h"

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
