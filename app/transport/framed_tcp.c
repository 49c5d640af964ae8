/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A link's pcb is there until it was closed, reset, or freed by lwIP; then the link goes, too.
 *
 * What came and is not a whole frame is held as lwIP's chain of pbufs; the window opens by what the
 * engine has used, so a peer has no more under way than a frame that is not whole and the window.
 * A frame in several pbufs is presented in the transport's buffer. A chain of many small pieces is
 * copied into one piece: otherwise a peer that sends single bytes would take a pool buffer for
 * each.
 *
 * A FIN ends the link: what is held by then is part of a frame whose rest will not come.
 *
 * One callback may close any of the connections, its own among them. Whether its own was aborted is
 * noted (`current`, `is_aborted`), for lwIP wants to know.
 */
#include "framed.h"

#include "lwip_tcp.h"

#include "lwip/sys.h"

#define HELD_PIECES 4 /* pbufs of a frame that is not whole */

/* ---- the end ------------------------------------------------------------------------------- */

void msgr_framed_tcp_enter(struct msgr_lwip *l, struct tcp_pcb *pcb)
{
    l->current = pcb;
    l->is_aborted = false;
}

err_t msgr_framed_tcp_leave(struct msgr_lwip *l)
{
    msgr_framed_turn(l);
    l->current = NULL;
    return l->is_aborted ? ERR_ABRT : ERR_OK;
}

static void note_aborted(struct msgr_lwip *l, const struct tcp_pcb *pcb)
{
    if (pcb == l->current) {
        l->is_aborted = true;
    }
}

void msgr_framed_tcp_abort(struct msgr_lwip *l, struct tcp_pcb *pcb)
{
    note_aborted(l, pcb);
    msgr_lwip_tcp_abort(pcb);
}

static void release(struct msgr_lwip_link *link)
{
    link->pcb = NULL;
    if (link->held != NULL) {
        pbuf_free(link->held);
        link->held = NULL;
    }
}

void msgr_framed_tcp_end(struct msgr_lwip_link *link, bool is_reset)
{
    struct tcp_pcb *pcb = link->pcb;

    release(link);
    if (pcb == NULL) {
        return;
    }
    if (is_reset) {
        msgr_framed_tcp_abort(link->lwip, pcb);
        return;
    }
    /* Who does not close its side holds the pcb until lwIP gives up, or needs it for another. */
    tcp_setprio(pcb, TCP_PRIO_MIN);
    if (msgr_lwip_tcp_close(pcb) == ERR_ABRT) {
        note_aborted(link->lwip, pcb);
    }
}

/* ---- out ----------------------------------------------------------------------------------- */

static bool has_room(struct tcp_pcb *pcb)
{
    size_t mss = tcp_mss(pcb);
    size_t segments = (MSGR_DATAGRAM_MAX + mss - 1) / mss;

    return tcp_sndbuf(pcb) >= MSGR_DATAGRAM_MAX &&
           tcp_sndqueuelen(pcb) + segments <= TCP_SND_QUEUELEN;
}

/* sent and poll come back here for what lwIP does not take now. @return whether to go on */
static bool write_one(struct msgr_lwip_link *link)
{
    struct msgr_lwip *l = link->lwip;
    int number = msgr_framed_number(link);
    size_t size;

    size = msgr_link_output(l->config.m, number, sys_now(), l->buffer, sizeof l->buffer);
    if (size == 0) {
        return false;
    }
    if (tcp_write(link->pcb, l->buffer, (uint16_t)size, TCP_WRITE_FLAG_COPY) != ERR_OK) {
        msgr_link_unsent(l->config.m, number);
        l->counters.no_memory++;
        l->is_starved = true;
        return false;
    }
    msgr_framed_trace(link, true, l->buffer, size);
    return true;
}

void msgr_framed_tcp_output(struct msgr_lwip_link *link)
{
    if (link->pcb == NULL) {
        return;
    }
    while (msgr_framed_has_output(link) && has_room(link->pcb) && write_one(link)) {
    }
    (void)tcp_output(link->pcb); /* an error here is loss: lwIP's timers send again */
}

/* ---- in ------------------------------------------------------------------------------------ */

/* Open the window, but not again for what it has been opened for. */
static void drop_used(struct msgr_lwip_link *link, size_t used)
{
    size_t credited = LWIP_MIN(used, link->credited);

    link->credited = (uint16_t)(link->credited - credited);
    link->held = pbuf_free_header(link->held, (uint16_t)used);
    tcp_recved(link->pcb, (uint16_t)(used - credited));
}

/* The first piece alone if that will do; else as much of all as a frame can have. */
static size_t use(struct msgr_lwip_link *link)
{
    struct msgr_lwip *l = link->lwip;
    int number = msgr_framed_number(link);
    const struct pbuf *held = link->held;
    size_t used = msgr_link_input(l->config.m, number, sys_now(), held->payload, held->len);

    if (used == 0 && held->len < held->tot_len) {
        uint16_t size = pbuf_copy_partial(held, l->buffer, sizeof l->buffer, 0);
        used = msgr_link_input(l->config.m, number, sys_now(), l->buffer, size);
    }
    return used;
}

static void take_held(struct msgr_lwip_link *link)
{
    while (link->held != NULL) {
        size_t used = use(link);
        if (used == 0) {
            break;
        }
        drop_used(link, used);
    }
    if (link->held != NULL && pbuf_clen(link->held) > HELD_PIECES) {
        link->held = pbuf_coalesce(link->held, PBUF_RAW); /* without memory it stays as it is */
    }
}

static void trace_pieces(const struct msgr_lwip_link *link, const struct pbuf *p)
{
    for (; p != NULL && link->lwip->config.trace != NULL; p = p->next) {
        msgr_framed_trace(link, false, p->payload, p->len);
    }
}

static void lose(struct msgr_lwip_link *link, bool is_reset)
{
    msgr_framed_tcp_end(link, is_reset);
    msgr_framed_remove(link);
}

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    struct msgr_lwip_link *link = arg;
    struct msgr_lwip *l = link->lwip;

    (void)err; /* always ERR_OK: lwIP reports errors elsewhere */
    msgr_framed_tcp_enter(l, pcb);
    if (p == NULL) {
        lose(link, false);
    } else {
        trace_pieces(link, p);
        if (link->held == NULL) {
            link->held = p;
        } else {
            pbuf_cat(link->held, p);
        }
        take_held(link);
    }
    return msgr_framed_tcp_leave(l);
}

/* ---- lwIP's other callbacks ---------------------------------------------------------------- */

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t size)
{
    struct msgr_lwip_link *link = arg;
    struct msgr_lwip *l = link->lwip;

    (void)size;
    if (!msgr_framed_has_output(link)) {
        return ERR_OK;
    }
    msgr_framed_tcp_enter(l, pcb);
    msgr_framed_tcp_output(link);
    return msgr_framed_tcp_leave(l);
}

static err_t on_poll(void *arg, struct tcp_pcb *pcb)
{
    struct msgr_lwip_link *link = arg;
    struct msgr_lwip *l = link->lwip;

    msgr_framed_tcp_enter(l, pcb);
    take_held(link); /* there may be memory for one piece now */
    return msgr_framed_tcp_leave(l);
}

static void on_error(void *arg, err_t err)
{
    struct msgr_lwip_link *link = arg;
    struct msgr_lwip *l = link->lwip;

    (void)err;
    release(link); /* the pcb is gone already */
    msgr_framed_remove(link);
    msgr_framed_turn(l);
}

static const struct msgr_lwip_tcp_callbacks callbacks = {
    .recv = on_recv,
    .sent = on_sent,
    .poll = on_poll,
    .error = on_error,
};

/* ---- connections --------------------------------------------------------------------------- */

struct msgr_lwip_link *msgr_framed_tcp_add(struct msgr_lwip *l, struct tcp_pcb *pcb, int number)
{
    struct msgr_lwip_link *link = NULL;

    if (number >= 0) {
        link = msgr_framed_add(l, number, &pcb->remote_ip, pcb->remote_port);
    }
    if (link == NULL) {
        msgr_framed_tcp_abort(l, pcb);
        return NULL;
    }
    link->is_stream = true;
    link->pcb = pcb;
    msgr_lwip_tcp_attach(pcb, link, &callbacks);
    tcp_nagle_disable(pcb); /* what is ready is sent, and does not wait for an acknowledgement */
    return link;
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct msgr_lwip *l = arg;

    if (pcb == NULL || err != ERR_OK) { /* lwIP had no pcb and dropped the SYN */
        return ERR_MEM;
    }
    msgr_framed_tcp_enter(l, pcb);
    (void)msgr_framed_tcp_add(l, pcb, msgr_link_accept(l->config.m, sys_now()));
    return msgr_framed_tcp_leave(l);
}

#if MSGR_FRAMED
/* What has come is the mark, and perhaps what follows; the window is open for it again. */
static bool take_over(struct msgr_lwip_link *link, const void *data, uint16_t size)
{
    link->held = pbuf_alloc(PBUF_RAW, size, PBUF_RAM);
    if (link->held == NULL) {
        link->lwip->counters.no_memory++;
        return false;
    }
    (void)pbuf_take(link->held, data, size);
    link->credited = size;
    msgr_framed_trace(link, false, data, size);
    take_held(link);
    return true;
}

static err_t on_framed(void *arg, struct tcp_pcb *pcb, const void *data, size_t size)
{
    struct msgr_lwip *l = arg;
    struct msgr_lwip_link *link;

    msgr_framed_tcp_enter(l, pcb);
    link = msgr_framed_tcp_add(l, pcb, msgr_link_accept(l->config.m, sys_now()));
    if (link != NULL && !take_over(link, data, (uint16_t)size)) {
        lose(link, true);
    }
    return msgr_framed_tcp_leave(l);
}
#endif

/* ---- listening ----------------------------------------------------------------------------- */

static err_t listen_on(struct msgr_lwip *l, struct tcp_pcb *pcb)
{
    err_t err = tcp_bind(pcb, IP_ANY_TYPE, l->config.port);

    if (err == ERR_OK) {
        l->listener = tcp_listen_with_backlog_and_err(pcb, MSGR_LWIP_LINKS, &err);
    }
    if (l->listener == NULL) {
        (void)tcp_close(pcb); /* cannot fail: it was never connected */
        return err;
    }
    tcp_arg(l->listener, l);
    tcp_accept(l->listener, on_accept);
    return ERR_OK;
}

err_t msgr_framed_tcp_open(struct msgr_lwip *l)
{
    struct tcp_pcb *pcb;

#if MSGR_FRAMED
    if (l->config.plain_tcp != NULL) {
        l->config.plain_tcp->framed_arg = l;
        l->config.plain_tcp->framed = l->config.listen ? on_framed : NULL;
        return ERR_OK;
    }
#endif
    if (!l->config.listen) {
        return ERR_OK;
    }
    pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);
    return pcb != NULL ? listen_on(l, pcb) : ERR_MEM;
}

void msgr_framed_tcp_close(struct msgr_lwip *l)
{
#if MSGR_FRAMED
    if (l->config.plain_tcp != NULL) {
        l->config.plain_tcp->framed = NULL;
    }
#endif
    if (l->listener != NULL) {
        (void)tcp_close(l->listener); /* cannot fail: it listens */
        l->listener = NULL;
    }
}
