/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The plain protocol's servers and clients on lwIP's raw API (SPEC.md, 3 and 4).
 *
 * Context: where lwIP runs in the main loop (NO_SYS), everything is called from there. Elsewhere
 * (an operating system, lwIP in an interrupt) MSGR_LOCK() and MSGR_UNLOCK() (msgr/opts.h) keep lwIP
 * out while a function runs; then it is called from any context that may take that lock, and
 * without holding it. The caller sees to it that no two calls for one object run at the same time.
 * Events may come before the call that caused them has returned. What lwIP changes while an object
 * runs (its counters, for one) is read between MSGR_LOCK() and MSGR_UNLOCK(), too.
 *
 * Handlers run in lwIP's context, with the lock held. Of what is here a handler may call
 * msgr_plain_tcp_server_stop_locked() only: the others take the lock, which need not be recursive;
 * and with no memory left for a new connection, lwIP frees an old one, which may be the very one
 * that the handler is called for.
 *
 * Memory: the caller's, and lwIP's pools. There is no heap beside lwIP's own. Objects are opaque;
 * all zero is not necessary before they are started. They stay where they are while they run.
 *
 * lwIP must be configured with LWIP_TCP, LWIP_UDP and TCP_LISTEN_BACKLOG; with one sys_timeout for
 * each running TCP server and each running client (MEMP_NUM_SYS_TIMEOUT); and with a pcb for each
 * connection of a TCP server and each running TCP client, and one to spare (MEMP_NUM_TCP_PCB).
 * TCP_SND_BUF and TCP_SND_QUEUELEN may have any size: longer texts and answers go out in pieces.
 */
#ifndef MSGR_LWIP_PLAIN_H
#define MSGR_LWIP_PLAIN_H

#include "msgr/opts.h"
#include "msgr/plain.h"

#include "lwip/ip_addr.h"
#include "lwip/tcp.h"
#include "lwip/udp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** All of it is lent until the handler returns. */
struct msgr_plain_event {
    enum msgr_plain_event_type type;
    enum msgr_plain_reason reason;
    const void *id;           /* tells the connections of one server, or clients, apart */
    const ip_addr_t *address; /* the other side's */
    uint16_t port;
    /* RECEIVED, and what follows it over UDP; also ENDED with MSGR_PLAIN_NO_ACK: that answer; else
     * NULL */
    const void *text;
    size_t size;
};

typedef void (*msgr_plain_handler)(void *arg, const struct msgr_plain_event *event);

/* ---- TCP server ---------------------------------------------------------------------------- */

struct msgr_plain_tcp_server;

/** Bytes of an answer around its text. */
#define MSGR_PLAIN_TCP_AROUND 30

/** One client being served. The text is received to where its answer will have it. */
struct msgr_plain_tcp_connection {
    struct tcp_pcb *pcb; /* NULL: free */
    struct msgr_plain_tcp_server *server;
    struct msgr_plain_tcp_connection *next_free;
    uint8_t state;
    bool is_waiting; /* for the quiet time */
    bool has_fin;
    uint32_t since_ms; /* of the state */
    size_t answer_size;
    size_t written;     /* bytes of the answer that lwIP has taken */
    size_t unacked;     /* bytes of the answer that the client has not */
    size_t received;    /* bytes in all */
    const char *answer; /* in buffer, or constant */
    uint32_t heard_ms;  /* of the last bytes */
    ip_addr_t address;  /* the client's */
    uint16_t port;
    char buffer[MSGR_PLAIN_TEXT_MAX + MSGR_PLAIN_TCP_AROUND];
};

struct msgr_plain_tcp_config {
    uint16_t port;                                 /* 0: MSGR_PORT */
    uint32_t silence_ms;                           /* 0: MSGR_PLAIN_SILENCE_MS */
    struct msgr_plain_tcp_connection *connections; /* lent until the server is closed */
    uint8_t connection_count;                      /* 1 to 255: clients served at the same time */
    msgr_plain_handler handler;                    /* may be NULL */
    void *arg;
};

#if MSGR_FRAMED
/**
 * Set by msgr/lwip.h. A stream that began as framed is handed over, with the bytes of it that have
 * been acknowledged, which are lent; what is returned, lwIP's callback returns.
 */
typedef err_t (*msgr_plain_framed_stream)(void *arg, struct tcp_pcb *pcb, const void *data,
                                          size_t size);

/**
 * Set by msgr/lwip.h. It is shown each datagram, and whether that begins with the mark; returns
 * whether it has taken it, and freed @p p: also one without the mark, where a link's other end is.
 */
typedef bool (*msgr_plain_framed_datagram)(void *arg, struct udp_pcb *pcb, struct pbuf *p,
                                           const ip_addr_t *address, uint16_t port, bool is_framed);
#endif

struct msgr_plain_tcp_server {
    struct tcp_pcb *listener;               /* NULL: not running */
    struct msgr_plain_tcp_connection *free; /* list of connections not in use */
    uint8_t open_count;                     /* connections in use */
    bool is_timer_armed;                    /* the quiet timer */
    struct msgr_plain_tcp_config config;
    struct msgr_plain_tcp_counters counters;
#if MSGR_FRAMED
    msgr_plain_framed_stream framed; /* NULL: framed streams are reset */
    void *framed_arg;
#endif
};

/**
 * Start serving on all addresses, IPv4 and IPv6. @p config is copied.
 *
 * While all connections are in use lwIP drops further clients' SYN; they come again after 1, 3,
 * 7 ... seconds by their stack's own doing.
 *
 * @return ERR_OK; ERR_USE: the port is taken; ERR_MEM; ERR_ARG: no connections. On error nothing
 *         is left behind
 */
err_t msgr_plain_tcp_server_open(struct msgr_plain_tcp_server *server,
                                 const struct msgr_plain_tcp_config *config);

/** Take no new clients; go on with those that are here. Idempotent; not from a handler. */
void msgr_plain_tcp_server_stop(struct msgr_plain_tcp_server *server);

/** The same where the lock is held already: from a handler. */
void msgr_plain_tcp_server_stop_locked(struct msgr_plain_tcp_server *server);

/** Stop, and reset all connections, without events. Idempotent; not from a handler. */
void msgr_plain_tcp_server_close(struct msgr_plain_tcp_server *server);

/* ---- UDP server ---------------------------------------------------------------------------- */

struct msgr_plain_udp_config {
    uint16_t port;              /* 0: MSGR_PORT */
    bool off_link;              /* answer sources beyond the link, too (SPEC.md, 4.3, rule 3) */
    msgr_plain_handler handler; /* may be NULL */
    void *arg;
};

struct msgr_plain_udp_server {
    struct udp_pcb *pcb; /* NULL: not running */
    struct msgr_plain_udp_config config;
    struct msgr_plain_udp_counters counters;
    struct msgr_plain_policy policy;
#if MSGR_FRAMED
    msgr_plain_framed_datagram framed; /* NULL: framed datagrams are dropped */
    void *framed_arg;
#endif
    char text[MSGR_PLAIN_TEXT_MAX]; /* of a datagram that came in several pbufs */
};

/**
 * Start serving on all addresses, IPv4 and IPv6. @p config is copied. Groups are joined by the
 * caller, with lwIP's igmp_joingroup() or mld6_joingroup().
 * @return ERR_OK; ERR_USE: the port is taken; ERR_MEM. On error nothing is left behind
 */
err_t msgr_plain_udp_server_open(struct msgr_plain_udp_server *server,
                                 const struct msgr_plain_udp_config *config);

/** Idempotent. */
void msgr_plain_udp_server_close(struct msgr_plain_udp_server *server);

/* ---- clients ------------------------------------------------------------------------------- */

/** One exchange: a text to an address, and what comes back. */
struct msgr_plain_request {
    ip_addr_t address;
    uint16_t port;    /* 0: MSGR_PORT */
    const void *text; /* lent until ENDED */
    size_t size;      /* TCP: up to 65535; UDP: up to what lwIP sends in one datagram */
    void *buffer;     /* room for the answer, lent until ENDED; NULL: none */
    size_t buffer_size;
    /* 0: MSGR_PLAIN_TIMEOUT_MS; for all of the exchange. TCP: lwIP asks every 500 ms whether it is
     * over, so up to 499 more, and what lwIP's timers are late */
    uint32_t timeout_ms;
    uint32_t wait_ms; /* UDP: take all answers for so long, instead of ending with the first */
    msgr_plain_handler handler;
    void *arg;
};

/** A buffer of this size takes every answer of a server with the same options. */
#define MSGR_PLAIN_BUFFER_SIZE (33 + 4 * MSGR_PLAIN_TEXT_MAX)

struct msgr_plain_tcp_client {
    struct tcp_pcb *pcb; /* NULL: not running */
    bool is_connected;
    uint32_t since_ms;
    size_t written, acked; /* bytes of the text */
    size_t received;       /* bytes of the answer */
    struct msgr_plain_request request;
};

/**
 * Send a text over TCP. Events: CONNECTED, RECEIVED, ENDED; or just ENDED with the reason.
 * After ENDED the client may be used again, but not from within the handler.
 * @param request  copied; the memory that it points to is not
 * @return ERR_OK: exactly one ENDED will follow; else nothing will, and nothing is left behind:
 *         ERR_RTE: there is no route; ERR_VAL: not one host's address; ERR_MEM
 */
err_t msgr_plain_tcp_send(struct msgr_plain_tcp_client *client,
                          const struct msgr_plain_request *request);

/** Reset the connection, without an event. Idempotent. */
void msgr_plain_tcp_cancel(struct msgr_plain_tcp_client *client);

struct msgr_plain_udp_client {
    struct udp_pcb *pcb; /* NULL: not running */
    bool is_acknowledged;
    struct msgr_plain_request request;
};

/**
 * Send a text over UDP, once. Events: RECEIVED for each acknowledgement, with its source; ENDED.
 * The rest as with msgr_plain_tcp_send(). With wait_ms, ENDED comes when that time is over, with
 * MSGR_PLAIN_DONE if at least one acknowledgement came, else MSGR_PLAIN_TIMEOUT.
 */
err_t msgr_plain_udp_send(struct msgr_plain_udp_client *client,
                          const struct msgr_plain_request *request);

/** Idempotent. */
void msgr_plain_udp_cancel(struct msgr_plain_udp_client *client);

#ifdef __cplusplus
}
#endif
#endif
