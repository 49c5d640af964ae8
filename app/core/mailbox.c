/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A ring of slots, after D. Vyukov's bounded queue. A slot's `turn` says whose it is: the position
 * that it serves, times four, and
 *
 *   FREE       a poster with that position may fill it;
 *   FULL       it waits to be taken out;
 *   TAKEN      it is being taken out;
 *   RETRACTED  its poster could not wake who takes out, and took it back: it is passed over.
 *
 * A poster claims a position by moving `head`, fills the slot, and says FULL. One that is
 * interrupted between the two holds up those behind it, but nobody waits: who takes out comes again
 * when it is woken, and the interrupted one wakes, too.
 */
#include "msgr/mailbox.h"

#include <stdatomic.h>
#include <string.h>

enum state {
    FREE,
    FULL,
    TAKEN,
    RETRACTED,
};

static uint32_t turn_of(uint32_t position, enum state state)
{
    return position << 2 | (uint32_t)state;
}

static struct msgr_mailbox_slot *slot_at(const struct msgr_mailbox *mailbox, uint32_t position)
{
    return (void *)((char *)mailbox->slots + (position & (mailbox->count - 1)) * mailbox->stride);
}

void msgr_mailbox_open(struct msgr_mailbox *mailbox, const struct msgr_mailbox_owner *owner)
{
    mailbox->owner = *owner;
    mailbox->tail = 0;
    atomic_init(&mailbox->head, 0);
    for (uint32_t i = 0; i < mailbox->count; i++) {
        atomic_init(&slot_at(mailbox, i)->turn, turn_of(i, FREE));
    }
    atomic_store_explicit(&mailbox->is_open, true, memory_order_release);
}

void msgr_mailbox_close(struct msgr_mailbox *mailbox)
{
    atomic_store(&mailbox->is_open, false);
}

/* ---- posting ------------------------------------------------------------------------------- */

/* @return NULL: the mailbox is full */
static struct msgr_mailbox_slot *claim(struct msgr_mailbox *mailbox, uint32_t *position)
{
    *position = atomic_load_explicit(&mailbox->head, memory_order_relaxed);
    for (;;) {
        struct msgr_mailbox_slot *slot = slot_at(mailbox, *position);
        uint32_t turn = atomic_load_explicit(&slot->turn, memory_order_acquire);

        if (turn == turn_of(*position, FREE)) {
            if (atomic_compare_exchange_weak_explicit(&mailbox->head, position, *position + 1,
                                                      memory_order_relaxed, memory_order_relaxed)) {
                return slot;
            }
        } else {
            uint32_t head = atomic_load_explicit(&mailbox->head, memory_order_relaxed);
            if (head == *position) {
                return NULL;
            }
            *position = head;
        }
    }
}

/* A mailbox that is not open is full. @return NULL: *error says why */
static struct msgr_mailbox_slot *fill(struct msgr_mailbox *mailbox, uint32_t *position,
                                      const struct msgr_mailbox_item *item, int *error)
{
    struct msgr_mailbox_slot *slot = NULL;

    *error = item->size > mailbox->room ? MSGR_ERROR_TOO_LONG : MSGR_ERROR_FULL;
    if (item->size <= mailbox->room &&
        atomic_load_explicit(&mailbox->is_open, memory_order_acquire)) {
        slot = claim(mailbox, position);
    }
    if (slot != NULL) {
        slot->item = *item;
        slot->item.posted_ms = mailbox->owner.now_ms();
        slot->item.data = slot + 1;
        if (item->size > 0) {
            memcpy(slot + 1, item->data, item->size);
        }
        atomic_store_explicit(&slot->turn, turn_of(*position, FULL), memory_order_release);
    }
    return slot;
}

/* Nobody was woken: unless it is being taken out all the same, it was never posted. */
static int retract(struct msgr_mailbox_slot *slot, uint32_t position)
{
    uint32_t turn = turn_of(position, FULL);

    return atomic_compare_exchange_strong_explicit(&slot->turn, &turn, turn_of(position, RETRACTED),
                                                   memory_order_relaxed, memory_order_relaxed)
               ? MSGR_ERROR_FULL
               : 0;
}

int msgr_mailbox_post(struct msgr_mailbox *mailbox, int peer, const void *data, size_t size,
                      uint32_t deadline_ms, uint32_t tag)
{
    const struct msgr_mailbox_item item = {
        .peer = peer, .deadline_ms = deadline_ms, .tag = tag, .data = data, .size = size};
    uint32_t position;
    int error;
    struct msgr_mailbox_slot *slot = fill(mailbox, &position, &item, &error);

    if (slot == NULL) {
        return error;
    }
    return mailbox->owner.wake(mailbox->owner.ctx) ? 0 : retract(slot, position);
}

int msgr_mailbox_post_from_isr(struct msgr_mailbox *mailbox, int peer, const void *data,
                               size_t size, uint32_t deadline_ms, uint32_t tag, bool *needs_switch)
{
    const struct msgr_mailbox_item item = {
        .peer = peer, .deadline_ms = deadline_ms, .tag = tag, .data = data, .size = size};
    uint32_t position;
    int error;
    struct msgr_mailbox_slot *slot = fill(mailbox, &position, &item, &error);
    bool is_switch = false;

    if (needs_switch == NULL) {
        needs_switch = &is_switch;
    }
    if (slot == NULL) {
        return error;
    }
    return mailbox->owner.wake_from_isr(mailbox->owner.ctx, needs_switch) ? 0
                                                                          : retract(slot, position);
}

/* ---- taking out ---------------------------------------------------------------------------- */

static void give_back(struct msgr_mailbox *mailbox, struct msgr_mailbox_slot *slot)
{
    atomic_store_explicit(&slot->turn, turn_of(mailbox->tail + mailbox->count, FREE),
                          memory_order_release);
    mailbox->tail++;
}

bool msgr_mailbox_peek(struct msgr_mailbox *mailbox, struct msgr_mailbox_item *item)
{
    for (;;) {
        struct msgr_mailbox_slot *slot = slot_at(mailbox, mailbox->tail);
        uint32_t turn = turn_of(mailbox->tail, FULL);

        if (atomic_compare_exchange_strong_explicit(&slot->turn, &turn,
                                                    turn_of(mailbox->tail, TAKEN),
                                                    memory_order_acquire, memory_order_acquire)) {
            *item = slot->item;
            return true;
        }
        if (turn != turn_of(mailbox->tail, RETRACTED)) {
            return false;
        }
        give_back(mailbox, slot);
    }
}

void msgr_mailbox_done(struct msgr_mailbox *mailbox)
{
    give_back(mailbox, slot_at(mailbox, mailbox->tail));
}
