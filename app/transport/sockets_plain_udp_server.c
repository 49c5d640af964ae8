/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * No state but the counters and the allowances of SPEC.md, 4.3: each datagram is answered, or not,
 * before the next one is looked at.
 */
#include "msgr/sockets_plain.h"

#include "plain_answer.h"
#include "plain_policy.h"
#include "sockets_fd.h"
#include "sockets_stack.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof((struct msgr_sockets_plain_udp_server *)0)->answer ==
                  MSGR_SOCKETS_PLAIN_BUFFER_SIZE,
              "room for every answer");
static_assert(MSGR_DATAGRAM_MAX == 1200, "room for a framed datagram");

#define BATCH 32 /* datagrams in a turn: others have their turns, too */

static void report(const struct msgr_sockets_plain_udp_server *server,
                   const struct msgr_sockets_plain_event *event)
{
    if (server->config.handler != NULL) {
        server->config.handler(server->config.arg, event);
    }
}

/* ---- answers ------------------------------------------------------------------------------- */

/* From the address that the question was sent to, so that a connected client accepts it. */
static enum msgr_plain_reason send_answer(struct msgr_sockets_plain_udp_server *server,
                                          const struct msgr_stack_datagram *datagram, size_t size,
                                          const struct msgr_sockets_plain_event *event)
{
    const char *bytes = MSGR_PLAIN_TOO_LONG_ANSWER;

    if (event->reason != MSGR_PLAIN_TOO_LONG) {
        msgr_plain_answer(server->answer, event->text, event->size);
        bytes = server->answer;
    }
    if (msgr_stack_send_datagram(server->fd, server->is_ipv6, bytes, size, &datagram->from,
                                 &datagram->own) != 0) {
        server->counters.no_memory++;
        return MSGR_PLAIN_NO_MEMORY;
    }
    return MSGR_PLAIN_DONE;
}

static void serve(struct msgr_sockets_plain_udp_server *server,
                  const struct msgr_stack_datagram *from, struct msgr_plain_datagram *datagram)
{
    enum msgr_plain_reason reason;
    struct msgr_sockets_plain_event event = {
        .type = MSGR_PLAIN_EVENT_RECEIVED,
        .reason = MSGR_PLAIN_DONE,
        .id = server,
        .address = &from->from,
        .text = datagram->text,
        .size = datagram->size,
    };

    if (datagram->size > MSGR_PLAIN_TEXT_MAX) {
        server->counters.refused++;
        event.type = MSGR_PLAIN_EVENT_REFUSED;
        event.reason = MSGR_PLAIN_TOO_LONG;
        event.text = NULL;
        event.size = 0;
        datagram->answer_size = sizeof MSGR_PLAIN_TOO_LONG_ANSWER - 1;
    } else {
        datagram->answer_size = msgr_plain_answer_size(datagram->text, datagram->size);
    }
    report(server, &event);
    reason = msgr_plain_policy(&server->policy, datagram, msgr_loop_now_ms());
    if (reason == MSGR_PLAIN_DONE) {
        reason = send_answer(server, from, datagram->answer_size, &event);
    }
    if (reason == MSGR_PLAIN_DONE) {
        server->counters.answered++;
        event.type = MSGR_PLAIN_EVENT_ANSWERED;
    } else {
        server->counters.unanswered++;
        event.type = MSGR_PLAIN_EVENT_UNANSWERED;
        event.reason = reason;
    }
    report(server, &event);
}

/* ---- questions ----------------------------------------------------------------------------- */

/* A key for the rate limit; the two families never share one, for no IPv6 host has 96 zero bits. */
static void set_key(struct msgr_rate_source *key, const struct msgr_sockets_address *address)
{
    memset(key, 0, sizeof *key);
#if MSGR_SOCKETS_IPV4
    if (address->as.any.sa_family == AF_INET) {
        memcpy(key->word, &address->as.in4.sin_addr, 4);
    }
#endif
#if MSGR_SOCKETS_IPV6
    if (address->as.any.sa_family == AF_INET6) {
        memcpy(key->word, &address->as.in6.sin6_addr, 16);
    }
#endif
}

static bool is_taken(const struct msgr_sockets_plain_udp_server *server,
                     const struct msgr_stack_datagram *from, size_t size, bool is_framed)
{
    return server->framed != NULL && server->framed(server->framed_arg, &from->from, &from->own,
                                                    from->is_group, server->text, size, is_framed);
}

static void take(struct msgr_sockets_plain_udp_server *server,
                 const struct msgr_stack_datagram *from, size_t size)
{
    struct msgr_plain_datagram datagram = {.text = server->text, .size = size};
    bool is_framed = msgr_plain_policy_is_framed(&datagram);

    server->counters.received++;
    if (is_taken(server, from, size, is_framed) || is_framed) {
        server->counters.framed++;
        return;
    }
    datagram.source_port = msgr_sockets_address_port(&from->from);
    datagram.is_group = msgr_stack_is_group(from);
    datagram.is_on_link = msgr_stack_is_on_link(&from->from);
    set_key(&datagram.source, &from->from);
    serve(server, from, &datagram);
}

/* ---- turns --------------------------------------------------------------------------------- */

static uint32_t prepare(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets_plain_udp_server *server =
        (struct msgr_sockets_plain_udp_server *)(void *)part;

    (void)now_ms;
    server->place = msgr_loop_watch(loop, server->fd, POLLIN);
    return MSGR_LOOP_FOREVER;
}

static void turn(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets_plain_udp_server *server =
        (struct msgr_sockets_plain_udp_server *)(void *)part;
    struct msgr_stack_datagram datagram;

    (void)now_ms;
    if (msgr_loop_ready(loop, server->place) == 0) {
        return;
    }
    for (int left = BATCH; left > 0 && server->fd != MSGR_FD_NONE; left--) {
        ptrdiff_t size =
            msgr_stack_receive_datagram(server->fd, server->text, sizeof server->text, &datagram);
        if (size == -EAGAIN) {
            return;
        }
        if (size >= 0) { /* any other error is one datagram that was lost */
            take(server, &datagram, (size_t)size);
        }
    }
}

/* ---- the server's own life ----------------------------------------------------------------- */

int msgr_sockets_plain_udp_server_open(struct msgr_sockets_plain_udp_server *server,
                                       const struct msgr_sockets_plain_udp_config *config)
{
    int fd;
    int error;

    memset(server, 0, sizeof *server);
    server->fd = MSGR_FD_NONE;
    server->config = *config;
    if (config->loop == NULL) {
        return -EINVAL;
    }
    if (config->port == 0) {
        server->config.port = MSGR_PORT;
    }
    server->policy.own_port = server->config.port;
    server->policy.off_link = config->off_link;
    server->part =
        (struct msgr_part){.fd_max = MSGR_SOCKETS_PLAIN_UDP_FDS, .prepare = prepare, .turn = turn};
    fd = msgr_fd_open_udp(server->config.port, &server->is_ipv6);
    if (fd < 0) {
        return fd;
    }
    error = msgr_loop_add(config->loop, &server->part);
    if (error != 0) {
        msgr_fd_close(fd);
        return error;
    }
    server->fd = fd;
    return 0;
}

void msgr_sockets_plain_udp_server_close(struct msgr_sockets_plain_udp_server *server)
{
    if (server->config.loop != NULL && server->fd != MSGR_FD_NONE) {
        msgr_loop_remove(server->config.loop, &server->part);
        msgr_fd_close(server->fd);
        server->fd = MSGR_FD_NONE;
    }
}
