/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What one peer has sent and the application has not taken: fragments by number, and the messages
 * that they make (SPEC.md, 9, 10 and 12).
 */
#ifndef MSGR_CORE_RECEIVE_WINDOW_H
#define MSGR_CORE_RECEIVE_WINDOW_H

#include "frame_body.h"
#include "pool.h"

struct msgr_receive_window {
    uint32_t received; /* the next number that is expected */
    uint32_t limit;    /* numbers below it may be sent to us */
    struct msgr_quota quota;
    uint16_t ready; /* complete messages, oldest first */
    uint16_t ready_last;
    uint16_t partial; /* the message that is being completed, or MSGR_NO_SLOT */
    uint16_t partial_last;
    uint16_t ahead_count;
    uint16_t ahead[MSGR_WINDOW]; /* by number modulo its size: fragments beyond `received` */
};

enum msgr_receive_result {
    MSGR_RECEIVE_IN_ORDER,  /* used, and nothing is missing behind it */
    MSGR_RECEIVE_GAP,       /* used; it leaves or fills a gap */
    MSGR_RECEIVE_DUPLICATE, /* we had it */
    MSGR_RECEIVE_BEYOND,    /* beyond the limit */
};

/** Begin with the peer's first number. Nothing is granted yet. */
void msgr_receive_start(struct msgr_receive_window *window, uint32_t first);

/** Give back all that is held, but for the slot `keep` (or MSGR_NO_SLOT). */
void msgr_receive_stop(struct msgr_receive_window *window, struct msgr_pool *pool, uint16_t keep);

/** A fragment. `message_max` is the longest message that is taken. */
enum msgr_receive_result msgr_receive_fragment(struct msgr_receive_window *window,
                                               struct msgr_pool *pool, const struct msgr_data *data,
                                               uint8_t flags, uint32_t message_max);

/** The peer's floor. @return false if it is beyond what may be */
bool msgr_receive_floor(struct msgr_receive_window *window, struct msgr_pool *pool, uint32_t floor,
                        uint32_t message_max);

/** The oldest message has been taken: free it. */
void msgr_receive_taken(struct msgr_receive_window *window, struct msgr_pool *pool);

/** Raise the limit as far as the quota and the window allow. @return whether it has grown */
bool msgr_receive_grant(struct msgr_receive_window *window, struct msgr_pool *pool);

/** What an ACK says. */
void msgr_receive_state(const struct msgr_receive_window *window, const struct msgr_pool *pool,
                        struct msgr_ack *ack);

#endif
