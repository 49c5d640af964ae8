/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The way in for other threads and for interrupts: messages wait in a mailbox until the context
 * that the engine belongs to takes them out and sends them. The engine has no lock, and needs none.
 *
 *     MSGR_MAILBOX(readings, 8, 64);     // eight messages of 64 bytes at most
 *
 *     msgr_mailbox_post(&readings, bob, &sample, sizeof sample, 0, 0);      any thread
 *     msgr_mailbox_post_from_isr(&readings, bob, &sample, sizeof sample, 0, 0);   an interrupt
 *
 * A message that was posted is sent with what is left of its deadline, in the order of posting;
 * what becomes of it is told in the engine's context: first `posted`, with the message's handle or
 * why it was not accepted (MSGR_ERROR_FULL among them: nothing waits for one peer at the cost of
 * the others), then, if it was accepted, the outcome as for any other message.
 *
 * Posting never waits: a ring of slots, each claimed by an atomic counter. It needs atomic
 * compare-and-swap of 32 bits (Cortex-M3 and above have it; on a Cortex-M0 the SDK's library).
 */
#ifndef MSGR_MAILBOX_H
#define MSGR_MAILBOX_H

#include "msgr/atomic.h"
#include "msgr/msgr.h"

#include <assert.h> /* static_assert() */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A message in the mailbox. */
struct msgr_mailbox_item {
    int peer;
    uint32_t deadline_ms; /* as it was posted */
    uint32_t posted_ms;
    uint32_t tag;
    const void *data;
    size_t size;
};

/** Who takes messages out: msgr/sockets.h. */
struct msgr_mailbox_owner {
    uint32_t (*now_ms)(void);
    bool (*wake)(void *ctx); /* false: it could not be woken */
    bool (*wake_from_isr)(void *ctx, bool *needs_switch);
    void *ctx;
};

/** The head of a slot; its bytes follow. Private. */
struct msgr_mailbox_slot {
    struct msgr_mailbox_item item;
    MSGR_ATOMIC(uint32_t) turn;
};

/** All of it is private. */
struct msgr_mailbox {
    uint32_t count; /* of slots; a power of two */
    uint32_t room;  /* bytes of each */
    size_t stride;  /* from one slot to the next */
    void *slots;
    struct msgr_mailbox_owner owner;
    MSGR_ATOMIC(bool) is_open;
    MSGR_ATOMIC(uint32_t) head; /* the next position to be claimed */
    uint32_t tail;              /* the next to be taken out */
};

/** A mailbox `name` for `slots` messages (a power of two) of up to `bytes` bytes. Static. */
#define MSGR_MAILBOX(name, slots_, bytes_)                                                         \
    static_assert((slots_) > 0 && ((slots_) & ((slots_)-1)) == 0, "a power of two");               \
    static struct {                                                                                \
        struct msgr_mailbox_slot head;                                                             \
        char bytes[(bytes_) > 0 ? (bytes_) : 1];                                                   \
    } name##_slots[slots_];                                                                        \
    static struct msgr_mailbox name = {.count = (slots_),                                          \
                                       .room = (bytes_),                                           \
                                       .stride = sizeof name##_slots[0],                           \
                                       .slots = name##_slots}

/**
 * Leave a message for a peer, and wake who sends it. Any thread; on bare metal also an interrupt.
 *
 * @param peer  its handle, which the engine's context knows (msgr_peer())
 * @param tag   comes back with `posted`
 * @return 0: it will be told what becomes of it; MSGR_ERROR_FULL: the mailbox is, or lwIP's thread
 *         has too much to do to be woken; MSGR_ERROR_TOO_LONG. Then nothing was posted
 */
int msgr_mailbox_post(struct msgr_mailbox *mailbox, int peer, const void *data, size_t size,
                      uint32_t deadline_ms, uint32_t tag);

/** The same from an interrupt. *needs_switch as FreeRTOS's ...FromISR() functions; may be NULL. */
int msgr_mailbox_post_from_isr(struct msgr_mailbox *mailbox, int peer, const void *data,
                               size_t size, uint32_t deadline_ms, uint32_t tag, bool *needs_switch);

/** Begin to take out; what a mailbox held is forgotten. Until then, and after the second, it is
 * full for whoever posts. */
void msgr_mailbox_open(struct msgr_mailbox *mailbox, const struct msgr_mailbox_owner *owner);
void msgr_mailbox_close(struct msgr_mailbox *mailbox);

/**
 * In the engine's context: the oldest message. Its data is lent until msgr_mailbox_done().
 * @return false: there is none
 */
bool msgr_mailbox_peek(struct msgr_mailbox *mailbox, struct msgr_mailbox_item *item);

/** Be done with the one that msgr_mailbox_peek() showed. */
void msgr_mailbox_done(struct msgr_mailbox *mailbox);

#ifdef __cplusplus
}
#endif
#endif
