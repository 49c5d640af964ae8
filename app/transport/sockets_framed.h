/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The parts of the framed protocol's transport on sockets, for each other. The loop's thread.
 *
 *     sockets_framed.c   a turn: what came, then events, then output; and the application's calls
 *     sockets_udp.c      datagrams
 *     sockets_stream.c   streams
 *     sockets_connect.c  who we are to be connected to, again and again
 *     sockets_url.c      addresses as text
 */
#ifndef MSGR_TRANSPORT_SOCKETS_FRAMED_H
#define MSGR_TRANSPORT_SOCKETS_FRAMED_H

#include "msgr/sockets.h"

static inline int msgr_sockets_number(const struct msgr_sockets_link *link)
{
    return (int)(link - link->sockets->link);
}

/** There is something to send on that link, perhaps. */
static inline bool msgr_sockets_has_output(const struct msgr_sockets_link *link)
{
    int number = msgr_sockets_number(link);

    return msgr_link_pending(link->sockets->config.m, number - 1) == number;
}

/* ---- sockets_framed.c ---- */

/**
 * Note whom one of the engine's links leads to.
 * @return NULL: there is no room for it, and the engine has been told
 */
struct msgr_sockets_link *msgr_sockets_add(struct msgr_sockets *s, int number,
                                           const struct msgr_sockets_address *address);

/** The link is gone: tell the engine, and who wanted it. Its stream, if any, is closed already. */
void msgr_sockets_remove(struct msgr_sockets_link *link);

/** Show what has come from there, or goes there, to who wants to look. */
void msgr_sockets_trace(const struct msgr_sockets *s, const struct msgr_sockets_address *address,
                        bool is_stream, bool is_out, const void *data, size_t size);

/** The stack lacks descriptors: clients wait for a second, or until something is closed. */
void msgr_sockets_starve(struct msgr_sockets *s);

/* ---- sockets_udp.c ---- */

int msgr_sockets_udp_open(struct msgr_sockets *s);
void msgr_sockets_udp_close(struct msgr_sockets *s);

/** Is somebody there linked with us over UDP? @return NULL: no */
struct msgr_sockets_link *msgr_sockets_udp_find(struct msgr_sockets *s,
                                                const struct msgr_sockets_address *address);

/** Send what the engine has for that link. */
void msgr_sockets_udp_output(struct msgr_sockets_link *link);

/** Say there that this node ends; lost, it is as if it had not been said. */
void msgr_sockets_udp_farewell(struct msgr_sockets_link *link);

/** Before and after the sleep. */
void msgr_sockets_udp_watch(struct msgr_sockets *s, struct msgr_loop *loop);
void msgr_sockets_udp_turn(struct msgr_sockets *s, struct msgr_loop *loop);

/* ---- sockets_stream.c ---- */

int msgr_sockets_stream_open(struct msgr_sockets *s);
void msgr_sockets_stream_close(struct msgr_sockets *s);

/** Make a link of a connection, whose descriptor is given; on failure it is reset.
 * @return the link, or NULL */
struct msgr_sockets_link *msgr_sockets_stream_add(struct msgr_sockets *s, int fd, int number,
                                                  const struct msgr_sockets_address *address);

/** Send what the engine has for that link, as far as the stack takes it. */
void msgr_sockets_stream_output(struct msgr_sockets_link *link);

/** Close the connection, or reset it. */
void msgr_sockets_stream_end(struct msgr_sockets_link *link, bool is_reset);

void msgr_sockets_stream_watch(struct msgr_sockets *s, struct msgr_loop *loop);
void msgr_sockets_stream_turn(struct msgr_sockets *s, struct msgr_loop *loop);

/* ---- sockets_connect.c ---- */

void msgr_sockets_connect_watch(struct msgr_sockets *s, struct msgr_loop *loop);

/** Attempts that are due begin, those that take too long end, and those that came to something. */
void msgr_sockets_connect_turn(struct msgr_sockets *s, struct msgr_loop *loop);

/** Milliseconds until that is needed again, or MSGR_NEVER. */
uint32_t msgr_sockets_connect_wait(struct msgr_sockets *s, uint32_t now_ms);

/** A link is gone; if it was one of ours, it is tried again. */
void msgr_sockets_connect_lost(struct msgr_sockets *s, int link, enum msgr_reason reason);

void msgr_sockets_connect_close(struct msgr_sockets *s);

/** Begin with what a target says of where it leads to: its host, or its first address. */
int msgr_sockets_connect_to(struct msgr_sockets *s, enum msgr_sockets_kind kind, const char *host,
                            const struct msgr_sockets_address *address, uint16_t port);

/* ---- sockets_url.c ---- */

struct msgr_sockets_url {
    enum msgr_sockets_kind kind;
    uint16_t port;
    bool is_name; /* else an address; of a Unix socket: both */
    struct msgr_sockets_address address;
    char host[MSGR_SOCKETS_HOST_MAX + 1]; /* or path */
};

/** @return 0, MSGR_ERROR_RANGE or MSGR_ERROR_NAME, as msgr_sockets_connect_url() */
int msgr_sockets_url_parse(struct msgr_sockets_url *url, const char *text);

#endif
