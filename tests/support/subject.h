/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What is tested, under one name: the messenger on lwIP's raw API (msgr/lwip.h, msgr/lwip_plain.h),
 * or on its sockets (msgr/sockets.h, msgr/sockets_plain.h), where this is compiled with
 * MSGR_SOCKETS_LWIP. A test that is written in these names runs for both.
 *
 * On sockets things happen when the loop turns. So that a test needs not know, it turns after each
 * packet, timer and step of time (stack.h), and here after each call that asks for something; but
 * not while events are pulled: that is when answers wait for acknowledgements to ride on them.
 *
 * Where the two differ, the difference has a name here, and its reason:
 */
#ifndef TESTS_SUPPORT_SUBJECT_H
#define TESTS_SUPPORT_SUBJECT_H

#include "peer.h"

#include "msgr/opts.h"

#include "lwip/ip_addr.h"
#include "lwip/opt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if MSGR_SOCKETS_LWIP

#include "subject_loop.h"

#include "msgr/sockets.h"
#include "msgr/sockets_plain.h"

/** Sockets do not show TCP's push flag: a text ends with the quiet time, a FIN, or the limit. */
#define SUBJECT_SEES_PUSH 0

/** They do not tell what of a stream the other end has acknowledged. */
#define SUBJECT_SEES_ACKS 0

/** Output leaves when the loop turns next; on the raw API it waits for an application that pulls,
 * for 2 ms at the most. */
#define SUBJECT_WAITS_FOR_PULLING 0

/** TCP's window opens by what was read from a socket; on the raw API by what was made use of. */
#define SUBJECT_OPENS_WINDOW 0

/** Some calls of the socket API's may fail without harm: they are made again, or do not matter. */
#define SUBJECT_REPORTS_EACH_FAILURE 0

/** An answer leaves before the FIN, in a segment of its own. */
#define SUBJECT_JOINS_FIN 0

/** Without memory for a connection's record lwIP's sockets reset a client; the raw API has its
 * records, and lwIP does not answer the SYN. */
#define SUBJECT_RESETS_WITHOUT_MEMORY 1

/** In how many milliseconds a stream that lwIP had no memory for goes on: lwIP's sockets look again
 * each second. */
#define SUBJECT_STREAM_RETRY_MS 1000

/** A conversation takes some segments less: what has come is read, and answered, at once. */
#define SUBJECT_SAVES_SEGMENTS 3

/** URLs may have the zone of an IPv6 address. */
#define SUBJECT_TAKES_ZONES LWIP_IPV6

/** A client for whom there is no connection waits in lwIP's backlog, with a connection of TCP's;
 * on the raw API lwIP does not answer its SYN. */
#define SUBJECT_ACCEPTS_AHEAD 1

/* ---- framed -------------------------------------------------------------------------------- */

#define subject_net        msgr_sockets
#define subject_net_config msgr_sockets_config

#define SUBJECT_LINKS   MSGR_SOCKETS_LINKS
#define SUBJECT_TARGETS MSGR_SOCKETS_TARGETS

#define subject_peer       msgr_sockets_peer
#define subject_peer_after msgr_sockets_peer_after
#define subject_stats      msgr_sockets_stats

/** The loop is filled in. */
int subject_open(struct subject_net *net, const struct subject_net_config *config);
void subject_close(struct subject_net *net);
int subject_connect(struct subject_net *net, bool is_stream, const ip_addr_t *address);
int subject_connect_url(struct subject_net *net, const char *url);
void subject_disconnect(struct subject_net *net, int target);
int32_t subject_send(struct subject_net *net, int peer, const void *data, size_t size,
                     uint32_t deadline_ms);
bool subject_next(struct subject_net *net, struct msgr_event *event);

/* ---- plain --------------------------------------------------------------------------------- */

#define subject_event             msgr_sockets_plain_event
#define subject_request           msgr_sockets_plain_request
#define subject_tcp_server        msgr_sockets_plain_server
#define subject_tcp_connection    msgr_sockets_plain_connection
#define subject_tcp_server_config msgr_sockets_plain_config
#define subject_tcp_client        msgr_sockets_plain_client
#define subject_udp_server        msgr_sockets_plain_udp_server
#define subject_udp_server_config msgr_sockets_plain_udp_config
#define subject_udp_client        msgr_sockets_plain_udp_client

#define SUBJECT_BUFFER_SIZE MSGR_SOCKETS_PLAIN_BUFFER_SIZE

int subject_tcp_server_open(struct subject_tcp_server *server,
                            const struct subject_tcp_server_config *config);
#define subject_tcp_server_stop_in_handler msgr_sockets_plain_server_stop
void subject_tcp_server_close(struct subject_tcp_server *server);
int subject_udp_server_open(struct subject_udp_server *server,
                            const struct subject_udp_server_config *config);
void subject_udp_server_close(struct subject_udp_server *server);
int subject_tcp_send(struct subject_tcp_client *client, const struct subject_request *request);
#define subject_tcp_cancel msgr_sockets_plain_cancel
int subject_udp_send(struct subject_udp_client *client, const struct subject_request *request);
#define subject_udp_cancel msgr_sockets_plain_udp_cancel

static inline uint16_t subject_event_port(const struct subject_event *event)
{
    return msgr_sockets_address_port(event->address);
}

#define SUBJECT_IS_IDLE(object) ((object).fd < 0)
#define SUBJECT_LISTENS(server) ((server).listener >= 0)

/* ---- errors -------------------------------------------------------------------------------- */

#define SUBJECT_TAKEN   (-EADDRINUSE)
#define SUBJECT_INVALID (-EINVAL)
#define SUBJECT_NO_HOST (-EINVAL)

#else

#include "msgr/lwip.h"
#include "msgr/lwip_plain.h"

#define SUBJECT_SEES_PUSH             1
#define SUBJECT_SEES_ACKS             1
#define SUBJECT_TAKES_ZONES           0
#define SUBJECT_OPENS_WINDOW          1
#define SUBJECT_SAVES_SEGMENTS        0
#define SUBJECT_STREAM_RETRY_MS       15
#define SUBJECT_RESETS_WITHOUT_MEMORY 0
#define SUBJECT_REPORTS_EACH_FAILURE  1
#define SUBJECT_JOINS_FIN             1
#define SUBJECT_WAITS_FOR_PULLING     1
#define SUBJECT_ACCEPTS_AHEAD         0

#define subject_net        msgr_lwip
#define subject_net_config msgr_lwip_config

#define SUBJECT_LINKS   MSGR_LWIP_LINKS
#define SUBJECT_TARGETS MSGR_LWIP_TARGETS

#define subject_peer        msgr_lwip_peer
#define subject_peer_after  msgr_lwip_peer_after
#define subject_stats       msgr_lwip_stats
#define subject_open        msgr_lwip_open
#define subject_close       msgr_lwip_close
#define subject_connect_url msgr_lwip_connect_url
#define subject_disconnect  msgr_lwip_disconnect
#define subject_send        msgr_lwip_send
#define subject_next        msgr_lwip_next

static inline int subject_connect(struct subject_net *net, bool is_stream, const ip_addr_t *address)
{
    return msgr_lwip_connect(net, is_stream ? MSGR_LWIP_TCP : MSGR_LWIP_UDP, address, 0);
}

#define subject_event             msgr_plain_event
#define subject_request           msgr_plain_request
#define subject_tcp_server        msgr_plain_tcp_server
#define subject_tcp_connection    msgr_plain_tcp_connection
#define subject_tcp_server_config msgr_plain_tcp_config
#define subject_tcp_client        msgr_plain_tcp_client
#define subject_udp_server        msgr_plain_udp_server
#define subject_udp_server_config msgr_plain_udp_config
#define subject_udp_client        msgr_plain_udp_client

#define SUBJECT_BUFFER_SIZE MSGR_PLAIN_BUFFER_SIZE

#define subject_tcp_server_open            msgr_plain_tcp_server_open
#define subject_tcp_server_stop_in_handler msgr_plain_tcp_server_stop_locked
#define subject_tcp_server_close           msgr_plain_tcp_server_close
#define subject_udp_server_open            msgr_plain_udp_server_open
#define subject_udp_server_close           msgr_plain_udp_server_close
#define subject_tcp_send                   msgr_plain_tcp_send
#define subject_tcp_cancel                 msgr_plain_tcp_cancel
#define subject_udp_send                   msgr_plain_udp_send
#define subject_udp_cancel                 msgr_plain_udp_cancel

static inline uint16_t subject_event_port(const struct subject_event *event)
{
    return event->port;
}

#define SUBJECT_IS_IDLE(object) ((object).pcb == NULL)
#define SUBJECT_LISTENS(server) ((server).listener != NULL)

#define SUBJECT_TAKEN   ERR_USE
#define SUBJECT_INVALID ERR_ARG
#define SUBJECT_NO_HOST ERR_VAL

#endif

/** The end of a text that was pushed is heard: at once, or after the quiet time. */
void subject_hear_push(struct peer *peer);

/** A pushed segment, as one send() makes it, is heard, and ends a text. */
void subject_hear(struct peer *peer, const char *text);

/** For a client's request: an address of lwIP's, and port 0. */
void subject_request_to(struct subject_request *request, const ip_addr_t *address);

/** There is no route: which error that is. */
bool subject_is_no_route(int error);

/** lwIP's record of the one connection that there is, and bytes of it that are no whole frame yet.
 */
struct tcp_pcb *subject_pcb(const struct subject_net *net);
size_t subject_held(const struct subject_net *net);

/** The port that a transport without a listener sends datagrams from. */
uint16_t subject_udp_port(const struct subject_net *net);

#endif
