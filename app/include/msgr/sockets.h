/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The framed protocol on sockets, lwIP's or POSIX's: an engine (msgr/msgr.h) and its links over
 * UDP, TCP and, between programs on one machine, Unix sockets. What msgr/lwip.h is on lwIP's raw
 * API, this is for products with an RTOS, and for desktops.
 *
 *     static struct msgr_sockets net;
 *
 *     msgr_open(&m, mem, sizeof mem, &(struct msgr_config){... .now_ms = msgr_loop_now_ms()});
 *     msgr_loop_open(&loop, fds, sizeof fds / sizeof fds[0]);
 *     msgr_sockets_open(&net, &(struct msgr_sockets_config){
 *                                 .m = m, .loop = &loop, .listen = true});
 *     msgr_sockets_connect_url(&net, "udp://192.0.2.7");
 *     for (;;) {
 *         msgr_loop_turn(&loop, MSGR_LOOP_FOREVER);
 *         for (struct msgr_event event; msgr_sockets_next(&net, &event);) {
 *             ...
 *         }
 *     }
 *
 * Context: the loop's thread (msgr/loop.h) for every function here, and for every handler that is
 * called. Other threads and interrupts leave their messages in a mailbox (msgr/mailbox.h). From
 * msgr_sockets_open() to msgr_sockets_close() the engine belongs to this transport: the application
 * uses the functions here in place of msgr_send(), msgr_next() and so on; but in `handlers` the
 * engine's own. Nobody else calls msgr/link.h's. msgr_loop_now_ms() is the engine's clock.
 *
 * What msgr_sockets_send() is given leaves when the loop turns next; so acknowledgements ride on
 * answers, and what is sent in one go shares datagrams. Without `handlers`, events are to be pulled
 * after each turn: while they are not, no more is granted to peers.
 *
 * Memory: the caller's. A stream has a record of 2.4 KB, for a frame that has come in part, and for
 * one that has left in part.
 */
#ifndef MSGR_SOCKETS_H
#define MSGR_SOCKETS_H

#include "msgr/atomic.h"
#include "msgr/link.h"
#include "msgr/loop.h"
#include "msgr/mailbox.h"
#include "msgr/msgr.h"
#include "msgr/opts.h"
#include "msgr/sockets_address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct msgr_sockets;
struct msgr_sockets_plain_server;
struct msgr_sockets_plain_udp_server;

/** Descriptors that one of these watches at the most: streams, connections that are being made,
 * names that are being looked up, and what listens over UDP, TCP and a Unix socket. */
#define MSGR_SOCKETS_FDS (MSGR_SOCKETS_STREAMS + MSGR_SOCKETS_TARGETS + 3)

enum msgr_sockets_kind {
    MSGR_SOCKETS_UDP,
    MSGR_SOCKETS_TCP,
    MSGR_SOCKETS_LOCAL, /* a Unix socket; POSIX only */
};

/** Longest host name, or path of a Unix socket, in a URL, in bytes. */
#define MSGR_SOCKETS_HOST_MAX 107

/** Addresses that a host name is tried with, in turn. */
#define MSGR_SOCKETS_ADDRESSES 4

/** The rest is private; it is here so that its size is known. A stream's bytes. */
struct msgr_sockets_stream {
    int fd;            /* -1: free */
    uint16_t held;     /* bytes of `in`: less than a frame */
    uint16_t out_size; /* bytes of `out` that the stack is still to take ... */
    uint16_t out_sent; /* ... and those that it has taken */
    bool is_blocked;   /* the stack takes no more for now */
    bool is_broken;    /* it never will */
    size_t place;      /* in the loop's descriptors, in this turn */
    uint8_t in[MSGR_DATAGRAM_MAX];
    uint8_t out[MSGR_DATAGRAM_MAX];
};

/** One of the engine's links, found by the link's number. */
struct msgr_sockets_link {
    struct msgr_sockets *sockets;
    struct msgr_sockets_address address; /* the other end's */
    struct msgr_sockets_address own;     /* UDP: of ours the one that the other end talks to */
    struct msgr_sockets_stream *stream;  /* NULL: it is over UDP */
    bool is_used;
};

/** A host name that is being looked up, and its addresses, or the one that was given. */
struct msgr_sockets_lookup {
    uint8_t count;
    uint8_t error; /* why nothing was found: errno.h's */
    struct msgr_sockets_address found[MSGR_SOCKETS_ADDRESSES];
#if MSGR_SOCKETS_LWIP
    MSGR_ATOMIC(uint8_t) state; /* lwIP's thread says when there is an answer */
    uint16_t port;
    const char *host;
    struct msgr_loop *loop;
#else
    int fd; /* where the answer comes from; -1: nothing was asked */
#endif
};

/** A node that we are to be connected to. */
struct msgr_sockets_target {
    struct msgr_sockets *sockets;
    uint8_t kind;
    uint8_t state;
    uint8_t attempts; /* in vain, since it was last there */
    uint8_t reason;   /* why the last link ended */
    uint8_t tried;    /* which of the addresses */
    int8_t link;      /* while there is one, or -1 */
    uint16_t port;
    int error;                            /* why the last attempt failed: errno.h's, or 0 */
    int fd;                               /* while it is connecting, or -1 */
    size_t place;                         /* of that, or of the lookup's, in this turn */
    uint32_t at_ms;                       /* of the next attempt, or of the end of this one */
    struct msgr_sockets_lookup lookup;    /* and the addresses that were found, or given */
    char host[MSGR_SOCKETS_HOST_MAX + 1]; /* empty: there is but an address */
};

/** For msgr_sockets_config.trace. */
struct msgr_sockets_traced {
    bool is_stream;
    bool is_out;
    const struct msgr_sockets_address *address; /* the other end's */
    const void *data;
    size_t size;
};

/** Zeros are good defaults for all but the engine and the loop. */
struct msgr_sockets_config {
    struct msgr *m;         /* lent until msgr_sockets_close() */
    struct msgr_loop *loop; /* lent until then, too */
    uint16_t port;          /* where others find us, UDP and TCP; 0: MSGR_PORT */
    bool listen;            /* answer those who come; else, only connect */
    /* POSIX: answer on this Unix socket, too. A socket there that nobody answers on is replaced,
     * and removed at the end. Copied. NULL: none. */
    const char *path;
    /* Plain servers on the same port and path, running: they hand over what is framed, and nothing
     * is bound here. Lent until msgr_sockets_close(), which comes before theirs. NULL: none. */
    struct msgr_sockets_plain_udp_server *plain_udp;
    struct msgr_sockets_plain_server *plain_tcp;
    struct msgr_sockets_plain_server *plain_local;
    /* Called with each event in the loop's turn; lent. NULL: msgr_sockets_next(). */
    const struct msgr_handlers *handlers;
    /* Other threads' messages, and what is told of each: its handle, or a negative msgr_error.
     * Lent until msgr_sockets_close(), after which nobody may post. NULL: none. */
    struct msgr_mailbox *mailbox;
    void (*posted)(void *ctx, uint32_t tag, int peer, int32_t message);
    void *posted_ctx;
    /* Called with each datagram, and with each piece of a stream, as it comes (before it is looked
     * at) or goes; the data is lent. It calls nothing here. NULL: nobody looks. */
    void (*trace)(void *ctx, const struct msgr_sockets_traced *traced);
    void *trace_ctx;
};

/** Counted since msgr_sockets_open(). They wrap. */
struct msgr_sockets_counters {
    uint32_t no_memory;      /* times that the stack had no room for a datagram or a piece */
    uint32_t unsent;         /* datagrams that the stack did not take; lost, as on the way */
    uint32_t dropped;        /* datagrams that were not for us: groups, too long, nobody listens */
    uint32_t attempts;       /* to connect */
    uint32_t no_descriptors; /* times that a client had to wait, for no descriptor was left */
    uint32_t refused;        /* streams that came when there was no room for another */
};

/** All of it is private but the counters. */
struct msgr_sockets {
    struct msgr_part part; /* first */
    struct msgr_sockets_config config;
    struct msgr_sockets_counters counters;
    int udp;      /* -1: the plain server's */
    int listener; /* -1: the plain server's, or none */
    int local;    /* the same for the Unix socket */
    bool is_open;
    bool is_udp_ipv6;    /* IPv4 goes by mapped addresses there */
    bool is_udp_blocked; /* the stack takes no more datagrams for now */
    bool is_starved;     /* no descriptors: clients wait until pause_ms */
    uint32_t pause_ms;
    size_t udp_place, listener_place, local_place; /* in the loop's descriptors, in this turn */
    struct msgr_sockets_link link[MSGR_SOCKETS_LINKS];
    struct msgr_sockets_stream stream[MSGR_SOCKETS_STREAMS];
    struct msgr_sockets_target target[MSGR_SOCKETS_TARGETS];
    uint8_t buffer[MSGR_DATAGRAM_MAX + 1]; /* a datagram; one byte more tells a longer one */
#if MSGR_SOCKETS_UNIX
    char path[MSGR_SOCKETS_HOST_MAX + 1]; /* to be removed at the end; empty: none */
#endif
};

/**
 * Begin to talk, and become part of the loop. @p config is copied.
 *
 * @param s  any content; stays where it is until msgr_sockets_close()
 * @return 0, or an error's number (errno.h) made negative: -EADDRINUSE: the port or path is taken;
 *         -EMFILE, -ENFILE, -ENOMEM, -ENOBUFS: the stack has no more; -EINVAL: no engine or loop,
 *         or a plain server that does not run; -ENAMETOOLONG: the path. On error nothing is left
 *         behind
 */
int msgr_sockets_open(struct msgr_sockets *s, const struct msgr_sockets_config *config);

/**
 * Give up all links, as a power cut would, and end. The engine keeps its messages, and may be
 * opened with again. Idempotent. (lwIP: a name that is being looked up cannot be forgotten; `s`
 * must stay until its DNS has given up.)
 */
void msgr_sockets_close(struct msgr_sockets *s);

/**
 * The same, but tell the peers: what is to be sent leaves, over UDP with a word that this node ends
 * (SPEC.md, 7.1), and streams are closed, not reset. So they need not wait for silence.
 */
void msgr_sockets_leave(struct msgr_sockets *s);

/**
 * Connect to an address, and again whenever that has failed or has ended, until
 * msgr_sockets_disconnect(): after 100 ms, then each time half as long again, up to the engine's
 * heartbeat interval, each with a random part of up to a quarter less.
 *
 * @param address  of one host; copied. Its port may be 0: MSGR_PORT
 * @return a number for msgr_sockets_disconnect(), 0 or more; or MSGR_ERROR_FULL:
 *         MSGR_SOCKETS_TARGETS are in use; MSGR_ERROR_RANGE: not one host's address
 */
int msgr_sockets_connect(struct msgr_sockets *s, enum msgr_sockets_kind kind,
                         const struct msgr_sockets_address *address);

/**
 * The same for `udp://HOST` or `tcp://HOST`, with `:PORT` or without, and on POSIX `unix:PATH`.
 * HOST is an IPv4 address, an IPv6 address in brackets, or a name, which is looked up before each
 * round of attempts; its addresses are tried in turn.
 *
 * @param url  zero-terminated; copied
 * @return as msgr_sockets_connect(); MSGR_ERROR_RANGE also: not such a URL; MSGR_ERROR_NAME: a name
 *         or path that is too long, or a name, and lwIP has no DNS
 */
int msgr_sockets_connect_url(struct msgr_sockets *s, const char *url);

/** End what msgr_sockets_connect() began, and its link. Idempotent. */
void msgr_sockets_disconnect(struct msgr_sockets *s, int target);

/** msgr_send(), with the deadline counted from now. */
int32_t msgr_sockets_send(struct msgr_sockets *s, int peer, const void *data, size_t size,
                          uint32_t deadline_ms);

/** msgr_cancel() */
int msgr_sockets_cancel(struct msgr_sockets *s, int32_t message);

/** msgr_next(). The data of a message is lent until the next call. */
bool msgr_sockets_next(struct msgr_sockets *s, struct msgr_event *event);

/** msgr_peer(), msgr_peer_get(), msgr_peer_after(), msgr_stats() */
int msgr_sockets_peer(struct msgr_sockets *s, const char *name);
bool msgr_sockets_peer_get(struct msgr_sockets *s, int peer, struct msgr_peer_info *info);
int msgr_sockets_peer_after(struct msgr_sockets *s, int peer);
void msgr_sockets_stats(struct msgr_sockets *s, struct msgr_stats *stats);

/** One link, for showing it. */
struct msgr_sockets_link_info {
    bool is_stream;
    struct msgr_sockets_address address; /* the other end's */
    int peer;                            /* its handle, or MSGR_ERROR_PEER while it is not proved */
};

/** @param link  0 to MSGR_SOCKETS_LINKS - 1. @return false: there is none; nothing is written */
bool msgr_sockets_link_get(struct msgr_sockets *s, int link, struct msgr_sockets_link_info *info);

/** What msgr_sockets_connect() began, for showing it. */
struct msgr_sockets_target_info {
    enum msgr_sockets_kind kind;
    struct msgr_sockets_address address; /* no size: its name has not been looked up yet */
    uint16_t port;
    const char *host;  /* its name or path, lent until msgr_sockets_disconnect(); "": it has none */
    int link;          /* or -1 while there is none */
    unsigned attempts; /* in vain, since it was last there */
    enum msgr_reason reason; /* why the last link ended, or was refused, as far as it is known */
    int error;               /* why the last attempt failed (errno.h), or 0. ENOENT: no such name;
                              * EAGAIN: it cannot be looked up now */
};

/** @param target  0 to MSGR_SOCKETS_TARGETS - 1. @return as msgr_sockets_link_get() */
bool msgr_sockets_target_get(struct msgr_sockets *s, int target,
                             struct msgr_sockets_target_info *info);

#ifdef __cplusplus
}
#endif
#endif
