/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * For network.h: what network_raw.h has, on lwIP's sockets. Context: the main loop's thread, but
 * for notes, which are left in lwIP's. Of each kind of server and client there is one, for their
 * handlers are kept by kind.
 */
#ifndef APP_NODE_NETWORK_SOCKETS_H
#define APP_NODE_NETWORK_SOCKETS_H

#include "msgr/loop.h"
#include "msgr/sockets.h"
#include "msgr/sockets_plain.h"

#include "lwip/err.h"
#include "lwip/ip_addr.h"
#include "lwip/tcpip.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_API " with threads, sockets"

#define net_now_ms msgr_loop_now_ms

/* ---- the loop ------------------------------------------------------------------------------ */

/** After lwIP has been started. @return false: lwIP has no memory left */
bool net_open(void);

/** After all else here has been closed; what lwIP's callbacks still note wakes nobody. Idempotent.
 */
void net_close(void);

/** Open between these two. */
struct msgr_loop *net_loop(void);

/* ---- addresses and errors, for those who implement this ------------------------------------ */

/** @return the address's port */
uint16_t net_ip_of(const struct msgr_sockets_address *from, ip_addr_t *address);
void net_socket_of(const ip_addr_t *from, uint16_t port, struct msgr_sockets_address *address);

/** lwIP's word for 0 or for an error's number made negative. */
err_t net_err_of(int error);

/* ---- plain servers and clients ------------------------------------------------------------- */

#define NET_ANSWER_SIZE MSGR_SOCKETS_PLAIN_BUFFER_SIZE

#define net_tcp_connection   msgr_sockets_plain_connection
#define net_tcp_server       msgr_sockets_plain_server
#define net_tcp_server_close msgr_sockets_plain_server_close
#define net_tcp_server_stop  msgr_sockets_plain_server_stop
#define net_udp_server       msgr_sockets_plain_udp_server
#define net_udp_server_close msgr_sockets_plain_udp_server_close
#define net_tcp_client       msgr_sockets_plain_client
#define net_tcp_cancel       msgr_sockets_plain_cancel
#define net_udp_client       msgr_sockets_plain_udp_client
#define net_udp_cancel       msgr_sockets_plain_udp_cancel

/** As struct msgr_plain_event. */
struct net_plain_event {
    enum msgr_plain_event_type type;
    enum msgr_plain_reason reason;
    const void *id;
    const ip_addr_t *address;
    uint16_t port;
    const void *text;
    size_t size;
};

typedef void (*net_plain_handler)(void *arg, const struct net_plain_event *event);

/** As struct msgr_plain_tcp_config; likewise those that follow. */
struct net_tcp_config {
    uint16_t port;
    uint32_t silence_ms;
    struct net_tcp_connection *connections;
    uint8_t connection_count;
    net_plain_handler handler;
};

struct net_udp_config {
    uint16_t port;
    bool off_link;
    net_plain_handler handler;
};

struct net_plain_request {
    ip_addr_t address;
    uint16_t port;
    const void *text;
    size_t size;
    void *buffer;
    size_t buffer_size;
    uint32_t timeout_ms;
    uint32_t wait_ms;
    net_plain_handler handler;
};

err_t net_tcp_server_open(struct net_tcp_server *server, const struct net_tcp_config *config);
err_t net_udp_server_open(struct net_udp_server *server, const struct net_udp_config *config);
err_t net_tcp_send(struct net_tcp_client *client, const struct net_plain_request *request);
err_t net_udp_send(struct net_udp_client *client, const struct net_plain_request *request);

#define NET_TCP_SERVER_CLOSED                                                                      \
    {                                                                                              \
        .listener = -1                                                                             \
    }
#define NET_UDP_SERVER_CLOSED                                                                      \
    {                                                                                              \
        .fd = -1                                                                                   \
    }
#define NET_TCP_CLIENT_CLOSED                                                                      \
    {                                                                                              \
        .fd = -1                                                                                   \
    }
#define NET_UDP_CLIENT_CLOSED                                                                      \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

static inline bool net_tcp_server_listens(const struct net_tcp_server *server)
{
    return server->listener >= 0;
}

static inline bool net_udp_server_is_open(const struct net_udp_server *server)
{
    return server->fd >= 0;
}

/* ---- framed messages ----------------------------------------------------------------------- */

#define NET_HOST_MAX MSGR_SOCKETS_HOST_MAX
#define NET_LINKS    MSGR_SOCKETS_LINKS
#define NET_TARGETS  MSGR_SOCKETS_TARGETS
#define NET_TCP      MSGR_SOCKETS_TCP

#define net_framed             msgr_sockets
#define net_framed_close       msgr_sockets_close
#define net_framed_connect_url msgr_sockets_connect_url
#define net_framed_disconnect  msgr_sockets_disconnect
#define net_framed_send        msgr_sockets_send
#define net_framed_peer        msgr_sockets_peer
#define net_framed_peer_get    msgr_sockets_peer_get
#define net_framed_peer_after  msgr_sockets_peer_after
#define net_framed_stats       msgr_sockets_stats

struct net_traced {
    bool is_stream;
    bool is_out;
    const ip_addr_t *address;
    uint16_t port;
    const void *data;
    size_t size;
};

struct net_framed_config {
    struct msgr *m;
    uint16_t port;
    bool listen;
    struct net_udp_server *plain_udp;
    struct net_tcp_server *plain_tcp;
    const struct msgr_handlers *handlers;
    void (*trace)(void *ctx, const struct net_traced *traced);
};

struct net_link_info {
    bool is_stream;
    ip_addr_t address;
    uint16_t port;
    int peer;
};

struct net_target_info {
    enum msgr_sockets_kind kind;
    ip_addr_t address;
    uint16_t port;
    const char *host;
    int link;
    unsigned attempts;
    enum msgr_reason reason;
};

err_t net_framed_open(struct net_framed *framed, const struct net_framed_config *config);
bool net_framed_link_get(struct net_framed *framed, int link, struct net_link_info *info);
bool net_framed_target_get(struct net_framed *framed, int target, struct net_target_info *info);

/* ---- two contexts -------------------------------------------------------------------------- */

#define net_lock()   LOCK_TCPIP_CORE()
#define net_unlock() UNLOCK_TCPIP_CORE()

typedef atomic_bool net_note;

/** With the lock held. What was written before is seen by who takes the note. */
void net_note_leave(net_note *note);

static inline bool net_note_take(net_note *note)
{
    return atomic_exchange(note, false);
}

#endif
