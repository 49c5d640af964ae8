/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Many messages to one peer, and how long it took until each was delivered. The main loop; one
 * at a time.
 */
#ifndef APP_NODE_PING_H
#define APP_NODE_PING_H

#include "msgr/msgr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Messages that wait for their outcome at the same time, at most. */
#define PING_IN_FLIGHT_MAX 32

/** Longest message, in bytes. */
#define PING_SIZE_MAX 1024

struct ping_config {
    int peer;
    const char *name; /* the peer's; copied */
    uint32_t count;   /* messages; they say "ping 1", "ping 2", ... */
    uint32_t size;    /* of each, in bytes, 16 to PING_SIZE_MAX: filled up with dots */
    uint32_t in_flight;
};

/** Begin, when the one before is over. */
void ping_start(const struct ping_config *config);

/** Is none under way? */
bool ping_is_done(void);

/** In each turn of the main loop: send what there is room for; print the result at the end. */
void ping_poll(void);

/** Was that message one of these? Then its outcome has been counted. */
bool ping_took(int32_t message, enum msgr_outcome outcome);

/** Send no more; the messages that are under way keep their outcomes. */
void ping_stop(void);

#endif
