/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Frames that a remote might make that lies: its engine's ids and nonces, and anything else. The
 * engine itself does not know.
 */
#ifndef TESTS_SUPPORT_FORGE_H
#define TESTS_SUPPORT_FORGE_H

#include "framed.h"

#include "app/core/engine.h"

#define FORGED_MAX 1300

struct forged {
    size_t size;
    uint8_t bytes[FORGED_MAX];
};

/** A datagram with nothing but the mark. The others add a frame. */
void forge_begin(struct forged *forged);

void forge_data(struct forged *forged, uint32_t number, unsigned flags, size_t size);
void forge_ack(struct forged *forged, unsigned flags, const struct msgr_ack *ack);
void forge_floor(struct forged *forged, uint32_t floor);
void forge_reset(struct forged *forged, uint32_t id);
void forge_open(struct forged *forged, const struct msgr_limits *limits);
void forge_hello(struct forged *forged, const struct msgr_hello *hello);

/** A frame of any type with zeros for a body, and a good check. */
void forge_frame(struct forged *forged, unsigned type, size_t body_size);

/** To the node, from the remote's address; a stream's without the mark. */
void forge_send(const struct forged *forged);

/** The remote's conversation with the node. */
const struct msgr_peer *forge_peer(void);

/** An ACK that tells the truth. */
struct msgr_ack forge_honest_ack(void);

#endif
