/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Framed messages on the console: in words, or as JSON objects (console_set_json()). Their events,
 * and the members of each:
 *
 *     ready        name, port
 *     peer_up      peer
 *     peer_down    peer, reason
 *     message      peer, text (or text_hex)
 *     accepted     peer, message
 *     outcome      peer, message, outcome, reason
 *     peer         name, identity, up, link, round_trip_ms, queued, in_flight, window
 *     link         link, kind, address, port, peer
 *     connection   connection, kind, host, port, link, attempts, reason
 *     stats        the counters
 *     ping         peer, messages, outcomes by kind; min, median, p99, max and elapsed (..._ms)
 *     trace        time_ms, out, kind, address, port, data_hex
 */
#ifndef APP_NODE_SHOW_FRAMED_H
#define APP_NODE_SHOW_FRAMED_H

#include "network.h"

#include <stdbool.h>

void show_framed_start(const char *name, uint16_t port);

/* Events. */
void show_peer_up(struct msgr *m, int peer);
void show_peer_down(struct msgr *m, int peer, enum msgr_reason reason);
void show_message(struct msgr *m, int peer, const void *data, size_t size);
void show_outcome(struct msgr *m, int peer, int32_t message, enum msgr_outcome outcome,
                  enum msgr_reason reason);

/** The console's own message has been accepted. */
void show_accepted(const char *name, int32_t message);

/** Tables. */
void show_peers(struct net_framed *transport);
void show_links(struct net_framed *transport);

/** Counters of engine and transport. */
void show_framed_stats(struct net_framed *transport);

/**
 * What came or went. In words: two lines that text2pcap -D reads, the first one a remark. Pieces of
 * a stream are whole frames when they go, and any pieces when they come.
 */
void show_traced(const struct net_traced *traced);

#endif
