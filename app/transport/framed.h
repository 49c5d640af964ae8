/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The parts of the framed protocol's transport, for each other. lwIP core context; the lock is
 * held.
 *
 *     framed.c          turns: what came, then events, then output, then the timer
 *     framed_udp.c      datagrams
 *     framed_tcp.c      streams
 *     framed_connect.c  who we are to be connected to, again and again
 *     framed_url.c      addresses as text
 */
#ifndef MSGR_TRANSPORT_FRAMED_H
#define MSGR_TRANSPORT_FRAMED_H

#include "msgr/lwip.h"

#define MSGR_FRAMED_NONE (-1)

static inline int msgr_framed_number(const struct msgr_lwip_link *link)
{
    return (int)(link - link->lwip->link);
}

/** There is something to send on that link, perhaps. */
static inline bool msgr_framed_has_output(const struct msgr_lwip_link *link)
{
    int number = msgr_framed_number(link);

    return msgr_link_pending(link->lwip->config.m, number - 1) == number;
}

/* ---- framed.c ---- */

/**
 * Note whom one of the engine's links leads to.
 * @return NULL: there is no room for it, and the engine has been told
 */
struct msgr_lwip_link *msgr_framed_add(struct msgr_lwip *l, int number, const ip_addr_t *address,
                                       uint16_t port);

/** Show what has come on a link, or goes, to who wants to look. */
static inline void msgr_framed_trace(const struct msgr_lwip_link *link, bool is_out,
                                     const void *data, size_t size)
{
    const struct msgr_lwip_config *config = &link->lwip->config;

    if (config->trace != NULL) {
        config->trace(config->trace_ctx, &(struct msgr_lwip_traced){.is_stream = link->is_stream,
                                                                    .is_out = is_out,
                                                                    .address = &link->address,
                                                                    .port = link->port,
                                                                    .data = data,
                                                                    .size = size});
    }
}

/** The link is gone: tell the engine, and who wanted it. Its pcb, if any, is no more. */
void msgr_framed_remove(struct msgr_lwip_link *link);

/** End of a turn in lwIP's context: events, output, timer. */
void msgr_framed_turn(struct msgr_lwip *l);

/** The same in the application's: what it has just given leaves, unless it is pulling. */
void msgr_framed_turn_of_application(struct msgr_lwip *l);

/* ---- framed_udp.c ---- */

err_t msgr_framed_udp_open(struct msgr_lwip *l);
void msgr_framed_udp_close(struct msgr_lwip *l);

/** Is somebody there linked with us over UDP? @return NULL: no */
struct msgr_lwip_link *msgr_framed_udp_find(struct msgr_lwip *l, const ip_addr_t *address,
                                            uint16_t port);

/** Send what the engine has for that link. */
void msgr_framed_udp_output(const struct msgr_lwip_link *link);

/* ---- framed_tcp.c ---- */

err_t msgr_framed_tcp_open(struct msgr_lwip *l);
void msgr_framed_tcp_close(struct msgr_lwip *l);

/** Make a link of a connection; on failure the pcb is aborted. @return the link, or NULL */
struct msgr_lwip_link *msgr_framed_tcp_add(struct msgr_lwip *l, struct tcp_pcb *pcb, int number);

/** Hand lwIP what the engine has for that link, as far as there is room. */
void msgr_framed_tcp_output(struct msgr_lwip_link *link);

/** Close the connection, or reset it. */
void msgr_framed_tcp_end(struct msgr_lwip_link *link, bool is_reset);

/** Reset a connection, be it the one in whose callback we are, or another. */
void msgr_framed_tcp_abort(struct msgr_lwip *l, struct tcp_pcb *pcb);

/** Around what a callback of a pcb's does; the second says what it is to return. */
void msgr_framed_tcp_enter(struct msgr_lwip *l, struct tcp_pcb *pcb);
err_t msgr_framed_tcp_leave(struct msgr_lwip *l);

/* ---- framed_connect.c ---- */

/** Attempts that are due begin; those that take too long end. */
void msgr_framed_connect_tick(struct msgr_lwip *l);

/** Milliseconds until that is needed again, or MSGR_NEVER. */
uint32_t msgr_framed_connect_wait(struct msgr_lwip *l);

/** A link is gone; if it was one of ours, it is tried again. */
void msgr_framed_connect_lost(struct msgr_lwip *l, int link, enum msgr_reason reason);

void msgr_framed_connect_close(struct msgr_lwip *l);

/** msgr_lwip_connect() with the lock held. @param host  a name, or NULL: there is an address */
int msgr_framed_connect(struct msgr_lwip *l, enum msgr_lwip_kind kind, const char *host,
                        const ip_addr_t *address, uint16_t port);

/* ---- framed_url.c ---- */

struct msgr_framed_url {
    enum msgr_lwip_kind kind;
    uint16_t port;
    bool is_name;
    ip_addr_t address; /* if it is no name */
    char host[MSGR_LWIP_HOST_MAX + 1];
};

/** @return 0, MSGR_ERROR_RANGE or MSGR_ERROR_NAME, as msgr_lwip_connect_url() */
int msgr_framed_url_parse(struct msgr_framed_url *url, const char *text);

#endif
