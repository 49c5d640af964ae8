/* SPDX-License-Identifier: BSD-3-Clause */
#include "outbox.h"

#include <string.h>

void msgr_outbox_start(struct msgr_outbox *outbox)
{
    outbox->first = MSGR_NO_SLOT;
    outbox->last = MSGR_NO_SLOT;
    outbox->count = 0;
    msgr_outbox_rewind(outbox);
}

void msgr_outbox_rewind(struct msgr_outbox *outbox)
{
    outbox->cursor = outbox->first;
    outbox->cursor_slot = outbox->first;
    outbox->cursor_index = 0;
}

/* A slot that the quota has room for, with the first bytes of what is left. */
static uint16_t fill_slot(struct msgr_outbox *outbox, struct msgr_pool *pool, const uint8_t *data,
                          size_t left)
{
    bool is_committed = msgr_pool_commit(pool, &outbox->quota);
    uint16_t slot = msgr_pool_take(pool);

    (void)is_committed;
    MSGR_ASSERT(is_committed);
    if (left > 0) {
        memcpy(msgr_pool_data(pool, slot), data, left < MSGR_FRAGMENT ? left : MSGR_FRAGMENT);
    }
    return slot;
}

uint16_t msgr_outbox_add(struct msgr_outbox *outbox, struct msgr_pool *pool, const void *data,
                         size_t size)
{
    const uint8_t *bytes = data;
    uint16_t first = fill_slot(outbox, pool, bytes, size);

    for (uint16_t slot = first; size > MSGR_FRAGMENT; slot = pool->slot[slot].next) {
        bytes += MSGR_FRAGMENT;
        size -= MSGR_FRAGMENT;
        pool->slot[slot].next = fill_slot(outbox, pool, bytes, size);
    }
    pool->slot[first].next_message = MSGR_NO_SLOT;
    if (outbox->first == MSGR_NO_SLOT) {
        outbox->first = first;
    } else {
        pool->slot[outbox->last].next_message = first;
    }
    outbox->last = first;
    outbox->count++;
    if (outbox->cursor == MSGR_NO_SLOT) {
        outbox->cursor = first;
        outbox->cursor_slot = first;
    }
    return first;
}

static void next_message(struct msgr_outbox *outbox, const struct msgr_pool *pool)
{
    outbox->cursor = pool->slot[outbox->cursor].next_message;
    outbox->cursor_slot = outbox->cursor;
    outbox->cursor_index = 0;
}

void msgr_outbox_advance(struct msgr_outbox *outbox, struct msgr_pool *pool, unsigned log)
{
    const struct msgr_out_record *record = &pool->slot[outbox->cursor].out;

    outbox->cursor_index++;
    if (outbox->cursor_index == msgr_outbox_fragments(record->size, log)) {
        next_message(outbox, pool);
    } else if (((uint32_t)outbox->cursor_index << log) % MSGR_FRAGMENT == 0) {
        outbox->cursor_slot = pool->slot[outbox->cursor_slot].next;
    }
}

void msgr_outbox_trim(struct msgr_outbox *outbox, struct msgr_pool *pool, uint16_t message)
{
    uint16_t rest = pool->slot[message].next;

    pool->slot[message].next = MSGR_NO_SLOT;
    msgr_pool_release(pool, &outbox->quota, msgr_pool_give(pool, rest));
}

static void unlink_message(struct msgr_outbox *outbox, struct msgr_pool *pool, uint16_t message)
{
    uint16_t next = pool->slot[message].next_message;
    uint16_t before = MSGR_NO_SLOT;

    if (outbox->cursor == message) {
        next_message(outbox, pool);
    }
    if (outbox->first == message) {
        outbox->first = next;
    } else {
        before = outbox->first;
        while (pool->slot[before].next_message != message) {
            before = pool->slot[before].next_message;
        }
        pool->slot[before].next_message = next;
    }
    if (outbox->last == message) {
        outbox->last = before;
    }
    outbox->count--;
}

void msgr_outbox_finish(struct msgr_outbox *outbox, struct msgr_pool *pool,
                        struct msgr_outcomes *outcomes, uint16_t message, enum msgr_out_state state,
                        enum msgr_reason reason)
{
    struct msgr_slot *slot = &pool->slot[message];

    unlink_message(outbox, pool, message);
    msgr_outbox_trim(outbox, pool, message);
    slot->out.state = (uint8_t)state;
    slot->out.reason = (uint8_t)reason;
    slot->next_message = MSGR_NO_SLOT;
    if (outcomes->first == MSGR_NO_SLOT) {
        outcomes->first = message;
    } else {
        pool->slot[outcomes->last].next_message = message;
    }
    outcomes->last = message;
}
