/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The plain protocol's servers and clients on sockets (SPEC.md, 3 and 4), as parts of a loop
 * (msgr/loop.h), whose thread calls everything here, and is the one that handlers are called in.
 *
 * Memory: the caller's. Objects are opaque; all zero is not necessary before they are started. They
 * stay where they are while they run. Handlers may send, stop and close anything but the object
 * that they are called for; of that one they may call msgr_sockets_plain_server_stop().
 *
 * Sockets do not show TCP's push flag: a text ends with 20 ms of quiet (MSGR_PLAIN_QUIET_MS), a
 * FIN, or the limit, so an exchange takes so much longer than with msgr/lwip_plain.h. Nor do they
 * say what of a stream has been acknowledged: an exchange has succeeded when the stack has taken
 * all of the text and the acknowledgement has come.
 */
#ifndef MSGR_SOCKETS_PLAIN_H
#define MSGR_SOCKETS_PLAIN_H

#include "msgr/loop.h"
#include "msgr/opts.h"
#include "msgr/plain.h"
#include "msgr/sockets_address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** All of it is lent until the handler returns. */
struct msgr_sockets_plain_event {
    enum msgr_plain_event_type type;
    enum msgr_plain_reason reason;
    const void *id; /* tells the connections of one server, or clients, apart */
    const struct msgr_sockets_address *address; /* the other side's */
    /* RECEIVED, and what follows it over UDP; also ENDED with MSGR_PLAIN_NO_ACK: that answer; else
     * NULL */
    const void *text;
    size_t size;
};

typedef void (*msgr_sockets_plain_handler)(void *arg, const struct msgr_sockets_plain_event *event);

/* ---- server on streams: TCP, Unix sockets -------------------------------------------------- */

struct msgr_sockets_plain_server;

/** Bytes of an answer around its text. */
#define MSGR_SOCKETS_PLAIN_AROUND 30

/** One client being served. The text is received to where its answer will have it. */
struct msgr_sockets_plain_connection {
    int fd; /* -1: free */
    uint8_t state;
    bool is_waiting; /* for the quiet time */
    bool has_fin;
    uint32_t since_ms; /* of the state */
    uint32_t heard_ms; /* of the last bytes */
    size_t answer_size;
    size_t written;     /* bytes of the answer that the stack has taken */
    size_t received;    /* bytes in all */
    size_t place;       /* in the loop's descriptors, in this turn */
    const char *answer; /* in buffer, or constant */
    struct msgr_sockets_address address;
    char buffer[MSGR_PLAIN_TEXT_MAX + MSGR_SOCKETS_PLAIN_AROUND];
};

struct msgr_sockets_plain_config {
    struct msgr_loop *loop; /* lent until the server is closed */
    uint16_t port;          /* 0: MSGR_PORT */
    const char *path;       /* POSIX: a Unix socket instead, as in msgr/sockets.h; copied */
    uint32_t silence_ms;    /* 0: MSGR_PLAIN_SILENCE_MS */
    struct msgr_sockets_plain_connection *connections; /* lent until the server is closed */
    uint8_t connection_count;           /* 1 to 255: clients served at the same time */
    msgr_sockets_plain_handler handler; /* may be NULL */
    void *arg;
};

/**
 * Set by msgr/sockets.h. A stream that began as framed is handed over, with the bytes of it that
 * have come, which are lent.
 */
typedef void (*msgr_sockets_framed_stream)(void *arg, int fd,
                                           const struct msgr_sockets_address *address,
                                           const void *data, size_t size);

/** Set by msgr/sockets.h. It is shown each datagram; returns whether it has taken it: also one
 * without the mark, where a link's other end is. */
typedef bool (*msgr_sockets_framed_datagram)(void *arg, const struct msgr_sockets_address *address,
                                             const struct msgr_sockets_address *own, bool is_group,
                                             const void *data, size_t size, bool is_framed);

struct msgr_sockets_plain_server {
    struct msgr_part part; /* first */
    struct msgr_sockets_plain_config config;
    struct msgr_plain_tcp_counters counters;
    uint32_t no_descriptors; /* times that a client had to wait, for no descriptor was left */
    int listener;            /* -1: it takes no new clients */
    size_t place;
    uint8_t open_count; /* connections in use */
    bool is_open;
    bool is_starved; /* no descriptors: clients wait until pause_ms */
    uint32_t pause_ms;
    msgr_sockets_framed_stream framed; /* NULL: framed streams are reset */
    void *framed_arg;
#if MSGR_SOCKETS_UNIX
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* to be removed; empty: none */
#endif
};

/** Descriptors that a server watches at most. */
#define MSGR_SOCKETS_PLAIN_FDS(connections) ((connections) + 1)

/**
 * Start serving on all addresses, IPv4 and IPv6, or on a path. @p config is copied. While all
 * connections are in use further clients wait in the stack's backlog.
 *
 * @return 0, or an error's number (errno.h) made negative: -EADDRINUSE: the port or path is taken;
 *         -EMFILE, -ENFILE, -ENOMEM, -ENOBUFS; -EINVAL: no connections. On error nothing is left
 *         behind
 */
int msgr_sockets_plain_server_open(struct msgr_sockets_plain_server *server,
                                   const struct msgr_sockets_plain_config *config);

/** Take no new clients; go on with those that are here. Idempotent; also from its handler. */
void msgr_sockets_plain_server_stop(struct msgr_sockets_plain_server *server);

/** Stop, and reset all connections, without events. Idempotent. */
void msgr_sockets_plain_server_close(struct msgr_sockets_plain_server *server);

/* ---- UDP server ---------------------------------------------------------------------------- */

struct msgr_sockets_plain_udp_config {
    struct msgr_loop *loop; /* lent until the server is closed */
    uint16_t port;          /* 0: MSGR_PORT */
    bool off_link;          /* answer sources beyond the link, too (SPEC.md, 4.3, rule 3) */
    msgr_sockets_plain_handler handler; /* may be NULL */
    void *arg;
};

struct msgr_sockets_plain_udp_server {
    struct msgr_part part; /* first */
    struct msgr_sockets_plain_udp_config config;
    struct msgr_plain_udp_counters counters;
    struct msgr_plain_policy policy;
    int fd; /* -1: not running */
    bool is_ipv6;
    size_t place;
    msgr_sockets_framed_datagram framed; /* NULL: framed datagrams are dropped */
    void *framed_arg;
    /* A datagram; one byte more tells a longer one. With framed messages those fit, too. */
    char text[(MSGR_PLAIN_TEXT_MAX > 1200 ? MSGR_PLAIN_TEXT_MAX : 1200) + 1];
    char answer[4 * MSGR_PLAIN_TEXT_MAX + 33];
};

#define MSGR_SOCKETS_PLAIN_UDP_FDS 1

/** @return as msgr_sockets_plain_server_open() */
int msgr_sockets_plain_udp_server_open(struct msgr_sockets_plain_udp_server *server,
                                       const struct msgr_sockets_plain_udp_config *config);

/** Idempotent. */
void msgr_sockets_plain_udp_server_close(struct msgr_sockets_plain_udp_server *server);

/* ---- clients ------------------------------------------------------------------------------- */

/** One exchange: a text to an address, and what comes back. */
struct msgr_sockets_plain_request {
    struct msgr_loop *loop;              /* lent until ENDED */
    struct msgr_sockets_address address; /* port 0: MSGR_PORT */
    const void *text;                    /* lent until ENDED */
    size_t size;
    void *buffer; /* room for the answer, lent until ENDED; NULL: none */
    size_t buffer_size;
    uint32_t timeout_ms; /* 0: MSGR_PLAIN_TIMEOUT_MS; for all of the exchange */
    uint32_t wait_ms;    /* UDP: take all answers for so long, instead of ending with the first */
    msgr_sockets_plain_handler handler;
    void *arg;
};

/** A buffer of this size takes every answer of a server with the same options. */
#define MSGR_SOCKETS_PLAIN_BUFFER_SIZE (33 + 4 * MSGR_PLAIN_TEXT_MAX)

struct msgr_sockets_plain_client {
    struct msgr_part part; /* first */
    int fd;                /* -1: not running */
    bool is_connected;
    bool is_waiting; /* for the quiet time */
    uint32_t since_ms;
    uint32_t heard_ms; /* of the last bytes */
    size_t written;    /* bytes of the text */
    size_t received;   /* bytes of the answer */
    size_t place;
    int error; /* with ENDED: the stack's (errno.h), or 0 */
    struct msgr_sockets_plain_request request;
};

struct msgr_sockets_plain_udp_client {
    struct msgr_part part; /* first */
    int fd;                /* -1: not running */
    bool is_acknowledged;
    uint32_t since_ms;
    size_t place;
    int error; /* with ENDED: the stack's (errno.h), or 0 */
    struct msgr_sockets_plain_request request;
};

/** Descriptors that a client watches. */
#define MSGR_SOCKETS_PLAIN_CLIENT_FDS 1

/**
 * Send a text over TCP or a Unix socket. Events: CONNECTED, RECEIVED, ENDED; or just ENDED with the
 * reason. After ENDED the client may be used again, but not from within the handler.
 *
 * @param request  copied; the memory that it points to is not
 * @return 0: exactly one ENDED will follow; else nothing will, and nothing is left behind: the
 *         stack's error made negative: -ENETUNREACH, -EHOSTUNREACH: no route; -EINVAL,
 *         -EAFNOSUPPORT: not one host's address; -EMFILE, -ENFILE, -ENOMEM, -ENOBUFS
 */
int msgr_sockets_plain_send(struct msgr_sockets_plain_client *client,
                            const struct msgr_sockets_plain_request *request);

/** Reset the connection, without an event. Idempotent, also for a client that is all zero. */
void msgr_sockets_plain_cancel(struct msgr_sockets_plain_client *client);

/**
 * Send a text over UDP, once. Events: RECEIVED for each acknowledgement, with its source; ENDED.
 * With wait_ms, ENDED comes when that time is over, with MSGR_PLAIN_DONE if at least one
 * acknowledgement came, else MSGR_PLAIN_TIMEOUT. The rest as above; also -EMSGSIZE.
 */
int msgr_sockets_plain_udp_send(struct msgr_sockets_plain_udp_client *client,
                                const struct msgr_sockets_plain_request *request);

/** Idempotent, also for a client that is all zero. */
void msgr_sockets_plain_udp_cancel(struct msgr_sockets_plain_udp_client *client);

#ifdef __cplusplus
}
#endif
#endif
