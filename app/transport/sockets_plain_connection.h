/* SPDX-License-Identifier: BSD-3-Clause */
/** One client of a plain server on streams. The loop's thread; for sockets_plain_server.c. */
#ifndef MSGR_TRANSPORT_SOCKETS_PLAIN_CONNECTION_H
#define MSGR_TRANSPORT_SOCKETS_PLAIN_CONNECTION_H

#include "msgr/sockets_plain.h"

/** A client has come. */
void msgr_sockets_plain_connection_open(struct msgr_sockets_plain_server *server,
                                        struct msgr_sockets_plain_connection *connection, int fd,
                                        const struct msgr_sockets_address *address);

/** What is to be waited for. */
void msgr_sockets_plain_connection_watch(struct msgr_sockets_plain_connection *connection,
                                         struct msgr_loop *loop);

/** Milliseconds until its time is over. */
uint32_t msgr_sockets_plain_connection_wait(const struct msgr_sockets_plain_server *server,
                                            const struct msgr_sockets_plain_connection *connection,
                                            uint32_t now_ms);

/** What poll() has said of it; and what its time says. */
void msgr_sockets_plain_connection_turn(struct msgr_sockets_plain_server *server,
                                        struct msgr_sockets_plain_connection *connection,
                                        short ready, uint32_t now_ms);

/** Reset it, without an event. */
void msgr_sockets_plain_connection_drop(struct msgr_sockets_plain_server *server,
                                        struct msgr_sockets_plain_connection *connection);

#endif
