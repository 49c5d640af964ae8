/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The pool that holds all payloads: slots of MSGR_FRAGMENT bytes, each with a record of what it is
 * part of. Every user has a quota: so many slots are his whenever he wants them, more only from
 * what is shared. A quota counts what is promised as well as what is held, so the pool never lacks
 * a slot that somebody was granted.
 */
#ifndef MSGR_CORE_POOL_H
#define MSGR_CORE_POOL_H

#include "msgr/msgr.h"

#define MSGR_NO_SLOT UINT16_MAX

/** Of a message that is to be sent: the record in its first slot. */
struct msgr_out_record {
    int32_t handle;
    uint32_t deadline_ms;
    uint32_t size;   /* of the message */
    uint32_t first;  /* number of its first fragment, once it has one */
    uint8_t pending; /* fragments that are in the window and not acknowledged */
    uint8_t peer;
    uint8_t state;  /* enum msgr_out_state */
    uint8_t reason; /* of its outcome */
};

/** Of a fragment that was received. */
struct msgr_in_record {
    uint32_t number;
    uint32_t message_size; /* in a message's first slot: of what is there of it */
    uint16_t size;
    uint8_t flags;
};

struct msgr_slot {
    uint16_t next;         /* slot of the same message, or in the free list */
    uint16_t next_message; /* in a message's first slot: the first slot of the next message */
    union {
        struct msgr_out_record out;
        struct msgr_in_record in;
    };
};

struct msgr_quota {
    uint16_t guaranteed;
    uint16_t committed; /* held and promised */
};

struct msgr_pool {
    struct msgr_slot *slot;
    uint8_t *data;
    uint16_t count;
    uint16_t free; /* first of the free list */
    uint16_t used;
    uint16_t high;        /* most that were ever used */
    uint16_t shared;      /* slots beyond all guarantees */
    uint16_t shared_used; /* of which so many are committed */
    uint16_t
        shared_kept; /* of which windows leave so many: an idle peer never gives back a grant */
};

/** `slot` and `data` are for `count` slots, and lent for the pool's life. */
void msgr_pool_start(struct msgr_pool *pool, struct msgr_slot *slot, uint8_t *data, uint16_t count);

/** How many more a quota could grow by. */
uint16_t msgr_pool_room(const struct msgr_pool *pool, const struct msgr_quota *quota);

/** @return false if there is neither a guarantee nor a shared slot left */
bool msgr_pool_commit(struct msgr_pool *pool, struct msgr_quota *quota);

/** The same, but leave what is kept of the shared ones: for what is promised to a peer. */
bool msgr_pool_promise(struct msgr_pool *pool, struct msgr_quota *quota);

/** Give up `count` that are committed. */
void msgr_pool_release(struct msgr_pool *pool, struct msgr_quota *quota, uint16_t count);

/** A slot that was committed. There always is one; its `next` is MSGR_NO_SLOT. */
uint16_t msgr_pool_take(struct msgr_pool *pool);

/** Give a chain of slots back to the pool, not to the quota. @return how many there were */
uint16_t msgr_pool_give(struct msgr_pool *pool, uint16_t first);

static inline uint8_t *msgr_pool_data(const struct msgr_pool *pool, uint16_t slot)
{
    return pool->data + (size_t)slot * MSGR_FRAGMENT;
}

#endif
