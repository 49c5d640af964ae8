/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The tutorial's four transcripts, line by line, from the events of the plain servers and clients.
 * What the tutorial has no line for is told in a line of our own.
 */
#ifndef APP_NODE_TRANSCRIPT_H
#define APP_NODE_TRANSCRIPT_H

#include "network.h"

/** A server has been opened on this address. */
void transcript_tcp_listening(const ip_addr_t *address, uint16_t port);
void transcript_udp_bound(const ip_addr_t *address, uint16_t port);

/** The event of a server. */
void transcript_tcp_server(const struct net_plain_event *event);
void transcript_udp_server(const struct net_plain_event *event);

/** The event of a client's exchange that is not its end. */
void transcript_tcp_client(const struct net_plain_event *event,
                           const struct net_plain_request *request);
void transcript_udp_client(const struct net_plain_event *event,
                           const struct net_plain_request *request);

/** A client has been started; over UDP its text is on its way. */
void transcript_tcp_started(void);
void transcript_udp_started(const struct net_plain_request *request);

/** A client's exchange has ended well. */
void transcript_client_ended(void);

#endif
