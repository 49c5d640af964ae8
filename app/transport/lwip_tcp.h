/* SPDX-License-Identifier: BSD-3-Clause */
/** What a server's and a client's connection have in common. lwIP core context. */
#ifndef MSGR_TRANSPORT_LWIP_TCP_H
#define MSGR_TRANSPORT_LWIP_TCP_H

#include "plain_boundary.h"

#include "lwip/tcp.h"

#include <stddef.h>

/**
 * Take what came: what fits goes to its place in @p buffer, the rest is only counted; all of it is
 * acknowledged, and @p p is freed.
 * @param received  bytes that came before; becomes those that have come now
 * @param size      of the buffer
 * @return what it says about the text's end: a push, or data
 */
enum msgr_plain_cue msgr_lwip_tcp_take(size_t *received, struct tcp_pcb *pcb, struct pbuf *p,
                                       void *buffer, size_t size);

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

/** Hear no more of the pcb, and reset its connection. */
void msgr_lwip_tcp_abort(struct tcp_pcb *pcb);

/**
 * Hear no more of the pcb, and close it, or abort it where closing fails.
 * @return ERR_OK, or ERR_ABRT, which then is what lwIP's callback must return
 */
err_t msgr_lwip_tcp_close(struct tcp_pcb *pcb);

#endif
