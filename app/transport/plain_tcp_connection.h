/* SPDX-License-Identifier: BSD-3-Clause */
/** One client of a plain TCP server, from its connection to its end. lwIP core context. */
#ifndef MSGR_TRANSPORT_PLAIN_TCP_CONNECTION_H
#define MSGR_TRANSPORT_PLAIN_TCP_CONNECTION_H

#include "msgr/lwip_plain.h"

/** Give a server one more record, which is free; it is counted as open until then. */
void msgr_plain_tcp_connection_add(struct msgr_plain_tcp_connection *connection,
                                   struct msgr_plain_tcp_server *server);

/** Serve a client that lwIP has accepted; the server has a free record. CONNECTED, later ENDED. */
void msgr_plain_tcp_connection_open(struct msgr_plain_tcp_server *server, struct tcp_pcb *pcb);

/** Nothing has come for MSGR_PLAIN_QUIET_MS, and is_waiting is set; it is cleared. From a timer. */
void msgr_plain_tcp_connection_on_quiet(struct msgr_plain_tcp_connection *connection);

/** Reset an open connection, without an event. */
void msgr_plain_tcp_connection_drop(struct msgr_plain_tcp_connection *connection);

/** Implemented by the server: a connection has set is_waiting and heard_ms. */
void msgr_plain_tcp_server_await_quiet(struct msgr_plain_tcp_server *server);

#endif
