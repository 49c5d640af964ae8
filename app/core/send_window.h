/* SPDX-License-Identifier: BSD-3-Clause */
/** Fragments that have a number and that the peer has not confirmed (SPEC.md, 9 to 12). */
#ifndef MSGR_CORE_SEND_WINDOW_H
#define MSGR_CORE_SEND_WINDOW_H

#include "frame_body.h"
#include "outbox.h"

enum msgr_send_state {
    MSGR_SEND_IN_FLIGHT,
    MSGR_SEND_LOST, /* to be transmitted again */
    MSGR_SEND_ACKNOWLEDGED,
    MSGR_SEND_GIVEN_UP,
};

struct msgr_send_fragment {
    uint32_t sent_ms;
    uint32_t order;   /* of its last transmission among all */
    uint16_t message; /* MSGR_NO_SLOT: its message has its outcome */
    uint16_t slot;
    uint8_t state;
    uint8_t transmissions; /* 0, 1, or 2 for more */
};

struct msgr_send_window {
    uint32_t base;    /* the peer has all below it: its `received` */
    uint32_t next;    /* the next number */
    uint32_t limit;   /* the peer takes numbers below it */
    uint32_t taken;   /* its application has taken all messages below it */
    uint32_t order;   /* of the next transmission */
    uint32_t arrived; /* the latest transmission that is known to have arrived, and one more */
    uint16_t in_flight;
    uint16_t lost;
    uint32_t floor_told; /* the floor that was sent last */
    bool cut; /* a message was given up before all of it had numbers: one is to be used up */
    struct msgr_send_fragment fragment[MSGR_WINDOW]; /* by number modulo its size */
};

/** What an ACK has newly told. */
struct msgr_send_news {
    uint16_t acknowledged; /* fragments */
    bool has_sample;
    uint32_t sample_ms;
    bool is_progress; /* anything at all that was not known */
};

void msgr_send_start(struct msgr_send_window *window, uint32_t first, uint32_t limit);

static inline struct msgr_send_fragment *msgr_send_fragment_at(struct msgr_send_window *window,
                                                               uint32_t number)
{
    return &window->fragment[number % MSGR_WINDOW];
}

/** Whether window and limit allow another number. */
bool msgr_send_has_room(const struct msgr_send_window *window);

/** Whether the peer's limit alone stands in the way. */
bool msgr_send_is_limited(const struct msgr_send_window *window);

/** The next number, for a fragment of that message in that slot. @return the number */
uint32_t msgr_send_number(struct msgr_send_window *window, uint16_t message, uint16_t slot);

/** A fragment is transmitted now. */
void msgr_send_transmitted(struct msgr_send_window *window, uint32_t number, uint32_t now_ms);

/** The oldest lost fragment; only if window->lost > 0. */
uint32_t msgr_send_next_lost(const struct msgr_send_window *window);

/**
 * Take in an ACK. Payload that is not needed any more is freed.
 *
 * @param least_ms  a fragment that was repeated less than so long ago is acknowledged for an
 *                  earlier transmission
 * @return false if it acknowledges what was not sent; then nothing has changed
 */
bool msgr_send_acknowledge(struct msgr_send_window *window, struct msgr_outbox *outbox,
                           struct msgr_pool *pool, const struct msgr_ack *ack, uint32_t now_ms,
                           uint32_t least_ms, struct msgr_send_news *news);

struct msgr_send_loss {
    bool is_any;
    uint32_t order; /* of the latest transmission that was lost */
    bool is_due;    /* more will be lost, if nothing comes, in ... */
    uint32_t due_ms;
};

/** What was transmitted before something that has arrived, and `window_ms` ago, is lost. */
void msgr_send_detect(struct msgr_send_window *window, uint32_t window_ms, uint32_t now_ms,
                      struct msgr_send_loss *loss);

/** All in flight is to be transmitted again ... */
void msgr_send_lose_all(struct msgr_send_window *window);

/** ... or what was transmitted as `order` or later. */
void msgr_send_lose_since(struct msgr_send_window *window, uint32_t order);

/** So many of the oldest are to be transmitted again. @return false if nothing is under way */
bool msgr_send_lose_oldest(struct msgr_send_window *window, unsigned count);

/** A message that was transmitted is given up; `is_cut`: not all of it has numbers. */
void msgr_send_give_up(struct msgr_send_window *window, uint16_t message, bool is_cut);

/** Whether the peer must be told the floor. */
static inline bool msgr_send_has_floor(const struct msgr_send_window *window)
{
    return window->base != window->next &&
           window->fragment[window->base % MSGR_WINDOW].state == MSGR_SEND_GIVEN_UP;
}

uint32_t msgr_send_floor(const struct msgr_send_window *window);

#endif
