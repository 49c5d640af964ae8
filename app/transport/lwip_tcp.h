/* SPDX-License-Identifier: BSD-3-Clause */
/** What a server's and a client's connection have in common. lwIP core context. */
#ifndef MSGR_TRANSPORT_LWIP_TCP_H
#define MSGR_TRANSPORT_LWIP_TCP_H

#include "plain_boundary.h"

#include "lwip/tcp.h"

#include <stddef.h>

/** What the arrival of @p p says about the text's end: a push on any pbuf of the chain, or data. */
enum msgr_plain_cue msgr_lwip_tcp_cue(const struct pbuf *p);

/**
 * Hand lwIP as many bytes as it takes, without copying: they are lent until acknowledged, or until
 * the pcb is aborted. The last of them is pushed. The caller goes on from sent and poll.
 * @return bytes taken, 0 to @p size
 */
size_t msgr_lwip_tcp_write(struct tcp_pcb *pcb, const void *bytes, size_t size);

/** lwIP's callbacks for a connection. */
struct msgr_lwip_tcp_callbacks {
    tcp_recv_fn recv;
    tcp_sent_fn sent;
    tcp_poll_fn poll; /* every 500 ms */
    tcp_err_fn error;
};

/** Hear of the pcb. */
void msgr_lwip_tcp_attach(struct tcp_pcb *pcb, void *arg,
                          const struct msgr_lwip_tcp_callbacks *callbacks);

/** Hear no more of the pcb, whatever becomes of it. */
void msgr_lwip_tcp_detach(struct tcp_pcb *pcb);

/**
 * Close a detached pcb, or abort it where closing fails.
 * @return ERR_OK, or ERR_ABRT, which then is what lwIP's callback must return
 */
err_t msgr_lwip_tcp_close(struct tcp_pcb *pcb);

#endif
