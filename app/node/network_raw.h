/* SPDX-License-Identifier: BSD-3-Clause */
/** For network.h: the raw API's own names and types; nothing is added, and nothing is between. */
#ifndef APP_NODE_NETWORK_RAW_H
#define APP_NODE_NETWORK_RAW_H

#include "msgr/lwip.h"
#include "msgr/lwip_plain.h"

#include "lwip/sys.h"

#include <stdbool.h>

/** Shown in the banner. */
#define NET_API ""

#define net_now_ms sys_now

/* ---- plain servers and clients ------------------------------------------------------------- */

#define NET_ANSWER_SIZE MSGR_PLAIN_BUFFER_SIZE

#define net_plain_event      msgr_plain_event
#define net_plain_request    msgr_plain_request
#define net_tcp_config       msgr_plain_tcp_config
#define net_tcp_connection   msgr_plain_tcp_connection
#define net_tcp_server       msgr_plain_tcp_server
#define net_tcp_server_open  msgr_plain_tcp_server_open
#define net_tcp_server_close msgr_plain_tcp_server_close
#define net_tcp_server_stop  msgr_plain_tcp_server_stop_locked /* from its handler only */
#define net_udp_config       msgr_plain_udp_config
#define net_udp_server       msgr_plain_udp_server
#define net_udp_server_open  msgr_plain_udp_server_open
#define net_udp_server_close msgr_plain_udp_server_close
#define net_tcp_client       msgr_plain_tcp_client
#define net_tcp_send         msgr_plain_tcp_send
#define net_tcp_cancel       msgr_plain_tcp_cancel
#define net_udp_client       msgr_plain_udp_client
#define net_udp_send         msgr_plain_udp_send
#define net_udp_cancel       msgr_plain_udp_cancel

/** What they are before they are opened: these may be closed, too. */
#define NET_TCP_SERVER_CLOSED                                                                      \
    {                                                                                              \
        .listener = NULL                                                                           \
    }
#define NET_UDP_SERVER_CLOSED                                                                      \
    {                                                                                              \
        .pcb = NULL                                                                                \
    }
#define NET_TCP_CLIENT_CLOSED                                                                      \
    {                                                                                              \
        .pcb = NULL                                                                                \
    }
#define NET_UDP_CLIENT_CLOSED                                                                      \
    {                                                                                              \
        .pcb = NULL                                                                                \
    }

static inline bool net_tcp_server_listens(const struct net_tcp_server *server)
{
    return server->listener != NULL;
}

static inline bool net_udp_server_is_open(const struct net_udp_server *server)
{
    return server->pcb != NULL;
}

/* ---- framed messages ----------------------------------------------------------------------- */

#define NET_HOST_MAX MSGR_LWIP_HOST_MAX
#define NET_LINKS    MSGR_LWIP_LINKS
#define NET_TARGETS  MSGR_LWIP_TARGETS
#define NET_TCP      MSGR_LWIP_TCP

#define net_framed             msgr_lwip
#define net_framed_config      msgr_lwip_config
#define net_framed_open        msgr_lwip_open
#define net_framed_close       msgr_lwip_close
#define net_framed_connect_url msgr_lwip_connect_url
#define net_framed_disconnect  msgr_lwip_disconnect
#define net_framed_send        msgr_lwip_send
#define net_framed_peer        msgr_lwip_peer
#define net_framed_peer_get    msgr_lwip_peer_get
#define net_framed_peer_after  msgr_lwip_peer_after
#define net_framed_stats       msgr_lwip_stats
#define net_framed_link_get    msgr_lwip_link_get
#define net_framed_target_get  msgr_lwip_target_get
#define net_link_info          msgr_lwip_link_info
#define net_target_info        msgr_lwip_target_info
#define net_traced             msgr_lwip_traced

/* ---- one context --------------------------------------------------------------------------- */

#define net_lock()   ((void)0)
#define net_unlock() ((void)0)

typedef bool net_note;

static inline void net_note_leave(net_note *note)
{
    *note = true;
}

static inline bool net_note_take(net_note *note)
{
    bool is_there = *note;

    *note = false;
    return is_there;
}

#endif
