/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments that came early wait in `ahead`; at [received, limit) only, so each number has its own
 * place there. In order, they become the chain `partial` through slot.next, and with their last one
 * a message in the list `ready` through slot.next_message.
 *
 * The quota has committed: limit - received, be they in `ahead` or still to come, and every slot of
 * `ready` and `partial`.
 */
#include "receive_window.h"

#include "serial.h"

#include <string.h>

static uint16_t *place_of(struct msgr_receive_window *window, uint32_t number)
{
    return &window->ahead[number % MSGR_WINDOW];
}

void msgr_receive_start(struct msgr_receive_window *window, uint32_t first)
{
    window->received = first;
    window->limit = first;
    window->ready = MSGR_NO_SLOT;
    window->partial = MSGR_NO_SLOT;
    window->ahead_count = 0;
    memset(window->ahead, 0xFF, sizeof window->ahead);
}

static void free_chain(struct msgr_receive_window *window, struct msgr_pool *pool, uint16_t first)
{
    msgr_pool_release(pool, &window->quota, msgr_pool_give(pool, first));
}

static void drop_partial(struct msgr_receive_window *window, struct msgr_pool *pool)
{
    free_chain(window, pool, window->partial);
    window->partial = MSGR_NO_SLOT;
}

void msgr_receive_stop(struct msgr_receive_window *window, struct msgr_pool *pool, uint16_t keep)
{
    while (window->ready != MSGR_NO_SLOT) {
        uint16_t first = window->ready;
        window->ready = pool->slot[first].next_message;
        if (first != keep) {
            msgr_pool_give(pool, first);
        }
    }
    msgr_pool_give(pool, window->partial);
    for (size_t i = 0; i < MSGR_WINDOW; i++) {
        msgr_pool_give(pool, window->ahead[i]);
    }
    msgr_pool_release(pool, &window->quota, window->quota.committed);
    msgr_receive_start(window, window->received);
}

static void append_message(struct msgr_receive_window *window, struct msgr_pool *pool)
{
    uint16_t first = window->partial;

    pool->slot[first].next_message = MSGR_NO_SLOT;
    if (window->ready == MSGR_NO_SLOT) {
        window->ready = first;
    } else {
        pool->slot[window->ready_last].next_message = first;
    }
    window->ready_last = first;
    window->partial = MSGR_NO_SLOT;
}

/* The slot of the next number in order joins its message. */
static void join(struct msgr_receive_window *window, struct msgr_pool *pool, uint16_t slot,
                 uint32_t message_max)
{
    struct msgr_in_record *in = &pool->slot[slot].in;

    if ((in->flags & MSGR_DATA_FIRST) != 0) {
        drop_partial(window, pool);
        window->partial = slot;
        in->message_size = in->size;
    } else if (window->partial == MSGR_NO_SLOT) {
        free_chain(window, pool, slot);
        return;
    } else {
        pool->slot[window->partial_last].next = slot;
        pool->slot[window->partial].in.message_size += in->size;
    }
    window->partial_last = slot;
    if (pool->slot[window->partial].in.message_size > message_max) {
        drop_partial(window, pool);
    } else if ((in->flags & MSGR_DATA_LAST) != 0) {
        append_message(window, pool);
    }
}

/* All that follows in order and is there. */
static void join_ahead(struct msgr_receive_window *window, struct msgr_pool *pool,
                       uint32_t message_max)
{
    uint16_t *place = place_of(window, window->received);

    while (*place != MSGR_NO_SLOT && window->received != window->limit) {
        uint16_t slot = *place;
        *place = MSGR_NO_SLOT;
        window->ahead_count--;
        window->received++;
        join(window, pool, slot, message_max);
        place = place_of(window, window->received);
    }
}

static uint16_t store(struct msgr_pool *pool, const struct msgr_data *data, uint8_t flags)
{
    uint16_t slot = msgr_pool_take(pool);

    pool->slot[slot].in =
        (struct msgr_in_record){.number = data->number, .size = data->size, .flags = flags};
    if (data->size > 0) {
        memcpy(msgr_pool_data(pool, slot), data->payload, data->size);
    }
    return slot;
}

enum msgr_receive_result msgr_receive_fragment(struct msgr_receive_window *window,
                                               struct msgr_pool *pool, const struct msgr_data *data,
                                               uint8_t flags, uint32_t message_max)
{
    if (msgr_serial_before(data->number, window->received)) {
        return MSGR_RECEIVE_DUPLICATE;
    }
    if (!msgr_serial_before(data->number, window->limit)) {
        return MSGR_RECEIVE_BEYOND;
    }
    uint16_t *place = place_of(window, data->number);
    if (*place != MSGR_NO_SLOT) {
        return MSGR_RECEIVE_DUPLICATE;
    }
    uint16_t slot = store(pool, data, flags);
    if (data->number != window->received) {
        *place = slot;
        window->ahead_count++;
        return MSGR_RECEIVE_GAP;
    }
    window->received++;
    join(window, pool, slot, message_max);
    if (window->ahead_count == 0) {
        return MSGR_RECEIVE_IN_ORDER;
    }
    join_ahead(window, pool, message_max);
    return MSGR_RECEIVE_GAP;
}

/* Number `received` will never come. */
static void skip(struct msgr_receive_window *window, struct msgr_pool *pool)
{
    drop_partial(window, pool);
    if (window->received == window->limit) {
        window->limit++;
    } else {
        msgr_pool_release(pool, &window->quota, 1);
    }
    window->received++;
}

bool msgr_receive_floor(struct msgr_receive_window *window, struct msgr_pool *pool, uint32_t floor,
                        uint32_t message_max)
{
    uint32_t ahead = floor - window->received;

    if (ahead == 0 || ahead > 0x80000000u) {
        return true; /* an old one */
    }
    if (ahead > window->limit - window->received + 1) {
        return false;
    }
    while (msgr_serial_before(window->received, floor)) {
        join_ahead(window, pool, message_max);
        if (msgr_serial_before(window->received, floor)) {
            skip(window, pool);
        }
    }
    join_ahead(window, pool, message_max);
    return true;
}

void msgr_receive_taken(struct msgr_receive_window *window, struct msgr_pool *pool)
{
    uint16_t first = window->ready;

    window->ready = pool->slot[first].next_message;
    free_chain(window, pool, first);
}

bool msgr_receive_grant(struct msgr_receive_window *window, struct msgr_pool *pool)
{
    uint16_t most = window->quota.guaranteed > MSGR_WINDOW ? window->quota.guaranteed : MSGR_WINDOW;
    uint32_t before = window->limit;

    while (window->limit - window->received < MSGR_WINDOW && window->quota.committed < most &&
           msgr_pool_promise(pool, &window->quota)) {
        window->limit++;
    }
    return window->limit != before;
}

static uint32_t taken_number(const struct msgr_receive_window *window, const struct msgr_pool *pool)
{
    if (window->ready != MSGR_NO_SLOT) {
        return pool->slot[window->ready].in.number;
    }
    if (window->partial != MSGR_NO_SLOT) {
        return pool->slot[window->partial].in.number;
    }
    return window->received;
}

static uint32_t bitmap_of(const struct msgr_receive_window *window)
{
    uint32_t bitmap = 0;
    uint32_t ahead = window->ahead_count > 0 ? window->limit - window->received : 0;

    for (uint32_t i = 1; i < ahead; i++) {
        if (window->ahead[(window->received + i) % MSGR_WINDOW] != MSGR_NO_SLOT) {
            bitmap |= 1u << (i - 1);
        }
    }
    return bitmap;
}

void msgr_receive_state(const struct msgr_receive_window *window, const struct msgr_pool *pool,
                        struct msgr_ack *ack)
{
    uint32_t untaken = window->received - taken_number(window, pool);

    ack->received = window->received;
    ack->untaken = (uint16_t)(untaken < MSGR_UNTAKEN_MANY ? untaken : MSGR_UNTAKEN_MANY);
    ack->room = (uint16_t)(window->limit - window->received);
    ack->bitmap = bitmap_of(window);
}
