/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The other side, under the test's control to the last bit: it builds and reads TCP segments and
 * UDP datagrams by itself, shares no code with lwIP, and does nothing that the test did not ask
 * for. IPv4 and IPv6.
 *
 * A peer is at 10.77.0.100 or fd77::100, or elsewhere (peer_at).
 */
#ifndef TESTS_SUPPORT_PEER_H
#define TESTS_SUPPORT_PEER_H

#include "lwip/ip_addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCP_FLAG_FIN 0x01u
#define TCP_FLAG_SYN 0x02u
#define TCP_FLAG_RST 0x04u
#define TCP_FLAG_PSH 0x08u
#define TCP_FLAG_ACK 0x10u

#define PEER_RECEIVED_MAX 70000

struct peer {
    bool is_ipv6;
    uint8_t own[16], other[16]; /* addresses, network order; IPv4 has 4 bytes */
    uint16_t own_port, other_port;
    uint32_t next, expected; /* sequence numbers: our next byte, their next byte */
    uint32_t acked;          /* of our bytes */
    uint16_t window;         /* that we advertise */
    uint16_t mss;            /* that we advertise with the SYN; 0: not */
    unsigned cut_after;      /* so many segments more, one with cut_flags follows; 0: never */
    unsigned cut_flags;
    bool is_cut; /* it has followed */
    /* what has come */
    bool has_syn, has_fin, has_reset;
    unsigned segments; /* with data or FIN */
    size_t received;
    char data[PEER_RECEIVED_MAX];
};

/** A fresh peer on its own port, towards port 9999 of the node. */
void peer_open(struct peer *peer, bool is_ipv6);

/** Move the peer to another address (textual), or the question to another destination. */
void peer_at(struct peer *peer, const char *own);
void peer_to(struct peer *peer, const char *other);

/** The peer's address for lwIP. */
ip_addr_t peer_address(const struct peer *peer);

/* ---- TCP: each call delivers one segment, then takes in what lwIP sent -------------------- */

/** Send a segment at the next sequence number, which moves on by its length. */
void peer_segment(struct peer *peer, unsigned flags, const void *data, size_t size);

/** The same, @p ahead bytes further on, and the sequence number stays. */
void peer_segment_ahead(struct peer *peer, size_t ahead, unsigned flags, const void *data,
                        size_t size);

/**
 * As a client: the three-way handshake; again, if the SYN was not answered, or late.
 * @return whether it has been answered
 */
bool peer_connect(struct peer *peer);

/** As a server: wait for the node's SYN and complete the handshake. Take the node's port from it.
 */
void peer_accept(struct peer *peer);

/** A pushed segment, as one send() makes it. */
void peer_say(struct peer *peer, const char *text);

/** Acknowledge all that has come. */
void peer_ack(struct peer *peer);

void peer_fin(struct peer *peer);
void peer_reset(struct peer *peer);

/** Take in what lwIP has sent to this peer; what it sent to others is lost. */
void peer_listen(struct peer *peer);

/** What has come is exactly this. */
void peer_expect(const struct peer *peer, const char *text);

/* ---- UDP ---------------------------------------------------------------------------------- */

void peer_datagram(struct peer *peer, const void *data, size_t size);

/** Take one datagram (not a fragment) that lwIP has sent into data; false: none has come. */
bool peer_take_datagram(struct peer *peer);

#endif
