/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The framed protocol on lwIP's raw API: an engine (msgr/msgr.h) and its links over UDP and TCP.
 *
 *     static struct msgr_lwip net;
 *
 *     msgr_open(&m, mem, sizeof mem, &(struct msgr_config){... .now_ms = sys_now()});
 *     msgr_lwip_open(&net, &(struct msgr_lwip_config){.m = m, .listen = true});
 *     msgr_lwip_connect_url(&net, "udp://192.0.2.7");
 *     ...
 *     msgr_lwip_send(&net, msgr_lwip_peer(&net, "bob"), "hello", 5, 0);
 *     ...
 *     for (struct msgr_event event; msgr_lwip_next(&net, &event);) { ... }
 *
 * Contexts. Every function takes MSGR_LOCK() once (msgr/opts.h) and must not be called from a
 * handler or from on_event, which run with the lock held. From the first msgr_lwip_open() to
 * msgr_lwip_close() the engine belongs to this transport: the application uses the functions here
 * in place of msgr_send(), msgr_next() and so on; but in `handlers`, where the lock is held, the
 * engine's own. Nobody else calls msgr/link.h's. sys_now() is the engine's clock.
 *
 * Three ways to learn what happens:
 *   - a loop that calls msgr_lwip_next() until it returns false, again and again;
 *   - the same, after `on_event` has set a flag or given a semaphore;
 *   - `handlers`, called in lwIP's context as soon as something has come.
 *
 * A turn is what lwIP hands over at once, or what the application does before msgr_lwip_next() has
 * returned false. Its output leaves at its end, so that acknowledgements ride on answers: with
 * `handlers` when they have returned; else, if there is something to pull, when msgr_lwip_next()
 * has returned false, but after 2 ms at the latest. What msgr_lwip_send() is given outside of a
 * turn leaves at once.
 *
 * Memory: the caller's, and lwIP's pools and heap: a datagram's bytes (up to 1,200) while it
 * leaves, and what lwIP keeps of a stream until it is acknowledged. What comes and is not a whole
 * frame yet stays in lwIP's pbufs (never more than MSGR_DATAGRAM_MAX bytes and a segment for each
 * stream). lwIP needs one sys_timeout (MEMP_NUM_SYS_TIMEOUT), a UDP pcb unless the plain server's
 * is used, and a TCP pcb for each stream.
 *
 * A lack of any of these is loss or delay: it is tried again, and the engine repeats what was lost.
 */
#ifndef MSGR_LWIP_H
#define MSGR_LWIP_H

#include "msgr/link.h"
#include "msgr/msgr.h"
#include "msgr/opts.h"
#if MSGR_FRAMED
#include "msgr/lwip_plain.h"
#endif

#include "lwip/ip_addr.h"
#include "lwip/tcp.h"
#include "lwip/udp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if LWIP_TCP && TCP_WND < MSGR_DATAGRAM_MAX
#error "TCP_WND: a frame must fit into the window, or it is never whole (MSGR_DATAGRAM_MAX)"
#endif
#if LWIP_TCP && TCP_SND_BUF < MSGR_DATAGRAM_MAX
#error "TCP_SND_BUF: a piece of a stream must fit into it (MSGR_DATAGRAM_MAX)"
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum msgr_lwip_kind {
    MSGR_LWIP_UDP,
    MSGR_LWIP_TCP,
};

/** Longest host name in a URL, in bytes, where lwIP has DNS. */
#define MSGR_LWIP_HOST_MAX 63

struct msgr_lwip;

/** One of the engine's links; its place is the link's number. */
struct msgr_lwip_link {
    struct msgr_lwip *lwip;
    ip_addr_t address; /* the other end's */
    ip_addr_t own;     /* UDP: of ours the one that the other end talks to; any: lwIP chooses */
    uint16_t port;     /* the other end's */
    bool is_used;
    bool is_stream;
    struct tcp_pcb *pcb; /* TCP; NULL: it is gone */
    struct pbuf *held;   /* TCP: what came and is not a whole frame */
    uint16_t credited;   /* bytes at its beginning for which the window is open again */
};

/** A node that we are to be connected to. */
struct msgr_lwip_target {
    struct msgr_lwip *lwip;
    ip_addr_t address;
    uint16_t port;
    uint8_t kind;
    uint8_t state;
    uint8_t attempts;    /* in vain, since it was last there */
    uint8_t reason;      /* why the last link ended */
    int8_t link;         /* while there is one, or -1 */
    uint32_t at_ms;      /* of the next attempt, or of the end of this one */
    struct tcp_pcb *pcb; /* while it is connecting */
#if LWIP_DNS
    char host[MSGR_LWIP_HOST_MAX + 1]; /* empty: there is but an address */
#endif
};

/** For msgr_lwip_config.trace. */
struct msgr_lwip_traced {
    bool is_stream;
    bool is_out;
    const ip_addr_t *address; /* the other end's */
    uint16_t port;
    const void *data;
    size_t size;
};

/** Zeros are good defaults for all but the engine. */
struct msgr_lwip_config {
    struct msgr *m; /* lent until msgr_lwip_close() */
    uint16_t port;  /* where others find us, TCP and UDP; 0: MSGR_PORT */
    bool listen;    /* answer those who come; else, only connect: from a port that lwIP chooses */
#if MSGR_FRAMED
    /* Plain servers on the same port, running: they hand over what is framed, and no port is bound
     * here. Lent until msgr_lwip_close(), which comes before theirs. NULL: there is none. */
    struct msgr_plain_udp_server *plain_udp;
    struct msgr_plain_tcp_server *plain_tcp;
#endif
    /* Called with each event, lock held, from lwIP's context; lent. NULL: msgr_lwip_next(). */
    const struct msgr_handlers *handlers;
    /* Without handlers: there may be something to pull. Lock held, lwIP's context; sets a flag or
     * gives a semaphore, and no more. NULL: the application asks by itself. */
    void (*on_event)(void *ctx);
    void *ctx;
    /* Called with each datagram, and with each piece of a stream, as it comes (before it is looked
     * at) or goes; lock held; the data is lent. It calls nothing here. NULL: nobody looks. */
    void (*trace)(void *ctx, const struct msgr_lwip_traced *traced);
    void *trace_ctx;
};

/** Counted since msgr_lwip_open(). They wrap. */
struct msgr_lwip_counters {
    uint32_t no_memory; /* times that lwIP had no memory for what was to be sent, or kept */
    uint32_t unsent;    /* datagrams that lwIP did not take */
    uint32_t dropped;   /* datagrams that were not for us: groups, too long, nobody listens */
    uint32_t attempts;  /* to connect */
};

/** All of it is private but the counters. */
struct msgr_lwip {
    struct msgr_lwip_config config;
    struct msgr_lwip_counters counters;
    struct udp_pcb *udp;      /* our own; NULL: the plain server's */
    struct tcp_pcb *listener; /* NULL: the plain server's, or none */
    struct tcp_pcb *current;  /* in whose callback we are */
    bool is_aborted;          /* ... and that it was aborted meanwhile */
    bool is_open;
    bool is_pulling;  /* the last msgr_lwip_next() returned something */
    bool is_deferred; /* output leaves at flush_ms, or before */
    bool is_starved;  /* output could not leave for a lack of memory */
    bool is_armed;    /* the timer, for armed_ms */
    uint32_t flush_ms;
    uint32_t armed_ms;
    struct msgr_lwip_link link[MSGR_LWIP_LINKS];
    struct msgr_lwip_target target[MSGR_LWIP_TARGETS];
    /* A frame that lies in several pbufs is put together here, once; and output is rendered here
     * before it is copied to lwIP. */
    uint8_t buffer[MSGR_DATAGRAM_MAX];
};

/**
 * Begin to talk. @p config is copied.
 *
 * @param l  any content; stays where it is until msgr_lwip_close()
 * @return ERR_OK; ERR_USE: the port is taken, be it by a connection of before that lwIP has not
 *         closed yet (minutes, at most): try again; ERR_MEM; ERR_ARG: no engine, or a plain server
 *         that does not run. On error nothing is left behind
 */
err_t msgr_lwip_open(struct msgr_lwip *l, const struct msgr_lwip_config *config);

/**
 * Give up all links, as a power cut would, and end. The engine keeps its messages, and may be
 * opened with again. Idempotent. (A host name that is being looked up: lwIP cannot be told to
 * forget it. `l` must stay, in whatever state, until its DNS has given up.)
 */
void msgr_lwip_close(struct msgr_lwip *l);

/**
 * Connect to an address, and again whenever that has failed or has ended, until
 * msgr_lwip_disconnect(): after 100 ms, then each time half as long again, up to the engine's
 * heartbeat interval, each with a random part of up to a quarter less.
 *
 * @param address  of one host; copied
 * @param port     0: MSGR_PORT
 * @return a number for msgr_lwip_disconnect(), 0 or more; or MSGR_ERROR_FULL: MSGR_LWIP_TARGETS are
 *         in use; MSGR_ERROR_RANGE: not one host's address
 */
int msgr_lwip_connect(struct msgr_lwip *l, enum msgr_lwip_kind kind, const ip_addr_t *address,
                      uint16_t port);

/**
 * The same for `udp://HOST` or `tcp://HOST`, with `:PORT` or without. HOST is an IPv4 address, an
 * IPv6 address in brackets (without a zone), or, where lwIP has DNS, a name, which is looked up
 * before each attempt.
 *
 * @param url  zero-terminated; copied
 * @return as msgr_lwip_connect(); MSGR_ERROR_RANGE also: not such a URL; MSGR_ERROR_NAME: a name,
 *         and there is no DNS, or it is longer than MSGR_LWIP_HOST_MAX
 */
int msgr_lwip_connect_url(struct msgr_lwip *l, const char *url);

/** End what msgr_lwip_connect() began, and its link. Idempotent. */
void msgr_lwip_disconnect(struct msgr_lwip *l, int target);

/** msgr_send(), with the deadline counted from now. */
int32_t msgr_lwip_send(struct msgr_lwip *l, int peer, const void *data, size_t size,
                       uint32_t deadline_ms);

/** msgr_cancel() */
int msgr_lwip_cancel(struct msgr_lwip *l, int32_t message);

/**
 * msgr_next(). The data of a message is lent until the next call. To be called until it returns
 * false: then what has become of the turn leaves.
 */
bool msgr_lwip_next(struct msgr_lwip *l, struct msgr_event *event);

/** msgr_peer(), msgr_peer_get(), msgr_peer_after(), msgr_stats() */
int msgr_lwip_peer(struct msgr_lwip *l, const char *name);
bool msgr_lwip_peer_get(struct msgr_lwip *l, int peer, struct msgr_peer_info *info);
int msgr_lwip_peer_after(struct msgr_lwip *l, int peer);
void msgr_lwip_stats(struct msgr_lwip *l, struct msgr_stats *stats);

/** One link, for showing it. */
struct msgr_lwip_link_info {
    bool is_stream;
    ip_addr_t address; /* the other end's */
    uint16_t port;
    int peer; /* its handle, or MSGR_ERROR_PEER while it is not proved */
};

/** @param link  0 to MSGR_LWIP_LINKS - 1. @return false: there is none; nothing is written */
bool msgr_lwip_link_get(struct msgr_lwip *l, int link, struct msgr_lwip_link_info *info);

/** What msgr_lwip_connect() began, for showing it. */
struct msgr_lwip_target_info {
    enum msgr_lwip_kind kind;
    ip_addr_t address; /* any: its name has not been looked up yet */
    uint16_t port;
    const char *host;        /* its name, lent until msgr_lwip_disconnect(); "": it has none */
    int link;                /* or -1 while there is none */
    unsigned attempts;       /* in vain, since it was last there */
    enum msgr_reason reason; /* why the last one was in vain, as far as it is known */
};

/** @param target  0 to MSGR_LWIP_TARGETS - 1. @return as msgr_lwip_link_get() */
bool msgr_lwip_target_get(struct msgr_lwip *l, int target, struct msgr_lwip_target_info *info);

#ifdef __cplusplus
}
#endif
#endif
