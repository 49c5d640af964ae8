/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Messages to one peer that have no outcome yet, in order; and those, of all peers, whose outcome
 * the application has not pulled. A message lives in a chain of the pool's slots, its record in the
 * first, which stays until its outcome is pulled.
 */
#ifndef MSGR_CORE_OUTBOX_H
#define MSGR_CORE_OUTBOX_H

#include "pool.h"

enum msgr_out_state {
    MSGR_OUT_QUEUED,
    MSGR_OUT_TRANSMITTED, /* a part of it, at least */
    MSGR_OUT_DELIVERED,
    MSGR_OUT_NOT_DELIVERED,
    MSGR_OUT_UNKNOWN,
};

struct msgr_outbox {
    struct msgr_quota quota;
    uint16_t first; /* oldest message without an outcome */
    uint16_t last;
    uint16_t count;
    /* The next fragment to be numbered. Messages before have all their numbers, those behind none.
     */
    uint16_t cursor;       /* its message, or MSGR_NO_SLOT */
    uint16_t cursor_slot;  /* the slot that it lies in */
    uint16_t cursor_index; /* its index in the message */
};

/** Messages with an outcome, through next_message. */
struct msgr_outcomes {
    uint16_t first;
    uint16_t last;
};

void msgr_outbox_start(struct msgr_outbox *outbox);

static inline uint16_t msgr_outbox_slots(size_t size)
{
    return (uint16_t)(size == 0 ? 1 : (size + MSGR_FRAGMENT - 1) / MSGR_FRAGMENT);
}

/** Copy a message, for which there is room, and put it last. @return its first slot */
uint16_t msgr_outbox_add(struct msgr_outbox *outbox, struct msgr_pool *pool, const void *data,
                         size_t size);

/** Fragments that a message has, with 2^log bytes each. */
static inline uint32_t msgr_outbox_fragments(uint32_t size, unsigned log)
{
    return size == 0 ? 1 : (size + (1u << log) - 1) >> log;
}

/** The cursor's fragment has its number: go on to the next, with 2^log bytes each. */
void msgr_outbox_advance(struct msgr_outbox *outbox, struct msgr_pool *pool, unsigned log);

/** A message gets its outcome, which can be any state but the first two. */
void msgr_outbox_finish(struct msgr_outbox *outbox, struct msgr_pool *pool,
                        struct msgr_outcomes *outcomes, uint16_t message, enum msgr_out_state state,
                        enum msgr_reason reason);

/** Its payload is not needed any more. */
void msgr_outbox_trim(struct msgr_outbox *outbox, struct msgr_pool *pool, uint16_t message);

/** No message has numbers any more: the cursor goes to the first. */
void msgr_outbox_rewind(struct msgr_outbox *outbox);

#endif
