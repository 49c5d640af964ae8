/* SPDX-License-Identifier: BSD-3-Clause */
#include "lwip_tcp.h"

#define POLL_INTERVAL 1 /* in 500 ms */

/* A push on any pbuf of the chain, or just data. */
static enum msgr_plain_cue cue_of(const struct pbuf *p)
{
    for (; p != NULL; p = p->next) {
        if ((p->flags & PBUF_FLAG_PUSH) != 0) {
            return MSGR_PLAIN_CUE_PUSH;
        }
    }
    return MSGR_PLAIN_CUE_DATA;
}

enum msgr_plain_cue msgr_lwip_tcp_take(size_t *received, struct tcp_pcb *pcb, struct pbuf *p,
                                       void *buffer, size_t size)
{
    enum msgr_plain_cue cue = cue_of(p);

    if (*received < size) {
        (void)pbuf_copy_partial(p, (char *)buffer + *received,
                                (uint16_t)LWIP_MIN(size - *received, p->tot_len), 0);
    }
    *received += p->tot_len;
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return cue;
}

/* Without a copy a segment takes two pbufs of the queue, and tcp_write() takes all or nothing. */
static size_t room_in(struct tcp_pcb *pcb)
{
    size_t queued = tcp_sndqueuelen(pcb);
    size_t segments = queued < TCP_SND_QUEUELEN ? (TCP_SND_QUEUELEN - queued) / 2 : 0;

    return LWIP_MIN(segments * tcp_mss(pcb), tcp_sndbuf(pcb));
}

size_t msgr_lwip_tcp_write(struct tcp_pcb *pcb, const void *bytes, size_t size)
{
    uint16_t piece = (uint16_t)LWIP_MIN(size, room_in(pcb));
    uint8_t flags = piece < size ? TCP_WRITE_FLAG_MORE : 0;

    return piece > 0 && tcp_write(pcb, bytes, piece, flags) == ERR_OK ? piece : 0;
}

void msgr_lwip_tcp_attach(struct tcp_pcb *pcb, void *arg,
                          const struct msgr_lwip_tcp_callbacks *callbacks)
{
    tcp_arg(pcb, arg);
    tcp_recv(pcb, callbacks->recv);
    tcp_sent(pcb, callbacks->sent);
    tcp_err(pcb, callbacks->error);
    tcp_poll(pcb, callbacks->poll, POLL_INTERVAL);
}

void msgr_lwip_tcp_abort(struct tcp_pcb *pcb)
{
    tcp_err(pcb, NULL); /* the one callback that lwIP would call */
    tcp_abort(pcb);
}

err_t msgr_lwip_tcp_close(struct tcp_pcb *pcb)
{
    static const struct msgr_lwip_tcp_callbacks none;

    msgr_lwip_tcp_attach(pcb, NULL, &none);
    /* Not tcp_close() at once: inside the callback for data that a FIN came with, lwIP has counted
     * the FIN as data not yet received, and tcp_close() would send a reset. */
    if (tcp_shutdown(pcb, 0, 1) != ERR_MEM && tcp_close(pcb) == ERR_OK) {
        return ERR_OK;
    }
    tcp_abort(pcb);
    return ERR_ABRT;
}
