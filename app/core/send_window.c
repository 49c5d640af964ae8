/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fragment[] holds the numbers from base up to next, at most MSGR_WINDOW of them. in_flight and
 * lost count those in these states. The fragment at base is never acknowledged: base would have
 * moved on.
 */
#include "send_window.h"

#include "serial.h"

#include <string.h>

#define ROOM_MOST 33

void msgr_send_start(struct msgr_send_window *window, uint32_t first, uint32_t limit)
{
    uint32_t order = window->order;

    memset(window, 0, sizeof *window);
    window->base = first;
    window->next = first;
    window->taken = first;
    window->limit = limit;
    window->floor_told = first;
    window->order = order;
    window->arrived = order;
}

static bool is_full(const struct msgr_send_window *window)
{
    return window->next - window->base >= MSGR_WINDOW;
}

bool msgr_send_has_room(const struct msgr_send_window *window)
{
    return !is_full(window) && !window->cut && msgr_serial_before(window->next, window->limit);
}

bool msgr_send_is_limited(const struct msgr_send_window *window)
{
    return !msgr_serial_before(window->next, window->limit);
}

uint32_t msgr_send_number(struct msgr_send_window *window, uint16_t message, uint16_t slot)
{
    uint32_t number = window->next++;

    *msgr_send_fragment_at(window, number) =
        (struct msgr_send_fragment){.message = message, .slot = slot, .state = MSGR_SEND_LOST};
    window->lost++;
    return number;
}

void msgr_send_transmitted(struct msgr_send_window *window, uint32_t number, uint32_t now_ms)
{
    struct msgr_send_fragment *fragment = msgr_send_fragment_at(window, number);

    fragment->state = MSGR_SEND_IN_FLIGHT;
    fragment->sent_ms = now_ms;
    fragment->order = window->order++;
    fragment->transmissions = fragment->transmissions == 0 ? 1 : 2;
    window->lost--;
    window->in_flight++;
}

uint32_t msgr_send_next_lost(const struct msgr_send_window *window)
{
    uint32_t number = window->base;

    while (window->fragment[number % MSGR_WINDOW].state != MSGR_SEND_LOST) {
        number++;
    }
    return number;
}

/* It does not count as in flight or lost any more. */
static void leave(struct msgr_send_window *window, struct msgr_send_fragment *fragment,
                  enum msgr_send_state state)
{
    if (fragment->state == MSGR_SEND_IN_FLIGHT) {
        window->in_flight--;
    } else if (fragment->state == MSGR_SEND_LOST) {
        window->lost--;
    }
    fragment->state = (uint8_t)state;
}

struct arrival {
    struct msgr_send_news *news;
    uint32_t now_ms;
    uint32_t least_ms;
};

/* The round trip is sampled from the latest transmission that has arrived. */
static void note_arrival(struct msgr_send_window *window, const struct msgr_send_fragment *fragment,
                         const struct arrival *arrival)
{
    uint32_t age_ms = arrival->now_ms - fragment->sent_ms;

    arrival->news->acknowledged++;
    if (fragment->transmissions > 1 && age_ms < arrival->least_ms) {
        return;
    }
    if (!msgr_serial_before(fragment->order, window->arrived)) {
        window->arrived = fragment->order + 1;
        arrival->news->has_sample = fragment->transmissions == 1;
        arrival->news->sample_ms = age_ms;
    }
}

static void acknowledge_one(struct msgr_send_window *window, struct msgr_outbox *outbox,
                            struct msgr_pool *pool, uint32_t number, const struct arrival *arrival)
{
    struct msgr_send_fragment *fragment = msgr_send_fragment_at(window, number);
    uint16_t message = fragment->message;

    if (fragment->state >= MSGR_SEND_ACKNOWLEDGED) {
        return;
    }
    note_arrival(window, fragment, arrival);
    leave(window, fragment, MSGR_SEND_ACKNOWLEDGED);
    pool->slot[message].out.pending--;
    if (pool->slot[message].out.pending == 0 && message != outbox->cursor) {
        msgr_outbox_trim(outbox, pool, message);
    }
}

/* What is left over of a message that was given up takes a number, as soon as there is room. */
static void settle_cut(struct msgr_send_window *window)
{
    if (window->cut && !is_full(window)) {
        window->cut = false;
        *msgr_send_fragment_at(window, window->next++) =
            (struct msgr_send_fragment){.message = MSGR_NO_SLOT, .state = MSGR_SEND_GIVEN_UP};
    }
}

static bool is_plausible(const struct msgr_send_window *window, const struct msgr_ack *ack)
{
    uint32_t sent = window->next - ack->received;

    if (msgr_serial_before(window->next, ack->received) || ack->room > ROOM_MOST) {
        return false;
    }
    return ack->bitmap == 0 || sent > 32 || (sent >= 1 && ack->bitmap >> (sent - 1) == 0);
}

bool msgr_send_acknowledge(struct msgr_send_window *window, struct msgr_outbox *outbox,
                           struct msgr_pool *pool, const struct msgr_ack *ack, uint32_t now_ms,
                           uint32_t least_ms, struct msgr_send_news *news)
{
    struct arrival arrival = {.news = news, .now_ms = now_ms, .least_ms = least_ms};
    uint32_t taken = ack->received - ack->untaken;
    uint32_t limit = ack->received + ack->room;
    uint32_t number = ack->received + 1;

    *news = (struct msgr_send_news){0};
    if (!is_plausible(window, ack)) {
        return false;
    }
    if (msgr_serial_before(ack->received, window->base)) {
        return true; /* an old one: a newer has said all that it says */
    }
    if (ack->untaken == MSGR_UNTAKEN_MANY) {
        taken = window->taken;
    }
    news->is_progress = msgr_serial_before(window->base, ack->received) ||
                        msgr_serial_before(window->taken, taken) ||
                        msgr_serial_before(window->limit, limit);
    for (; msgr_serial_before(window->base, ack->received); window->base++) {
        acknowledge_one(window, outbox, pool, window->base, &arrival);
    }
    for (uint32_t bits = ack->bitmap; bits != 0; bits >>= 1, number++) {
        if ((bits & 1) != 0) {
            acknowledge_one(window, outbox, pool, number, &arrival);
        }
    }
    news->is_progress = news->is_progress || news->acknowledged > 0;
    window->taken = msgr_serial_max(window->taken, taken);
    window->limit = msgr_serial_max(window->limit, limit);
    settle_cut(window);
    return true;
}

void msgr_send_detect(struct msgr_send_window *window, uint32_t window_ms, uint32_t now_ms,
                      struct msgr_send_loss *loss)
{
    *loss = (struct msgr_send_loss){0};
    for (uint32_t n = window->base; n != window->next; n++) {
        struct msgr_send_fragment *fragment = msgr_send_fragment_at(window, n);
        uint32_t age_ms = now_ms - fragment->sent_ms;

        if (fragment->state != MSGR_SEND_IN_FLIGHT ||
            !msgr_serial_before(fragment->order, window->arrived)) {
            continue;
        }
        if (age_ms >= window_ms) {
            leave(window, fragment, MSGR_SEND_LOST);
            window->lost++;
            if (!loss->is_any || msgr_serial_before(loss->order, fragment->order)) {
                loss->order = fragment->order;
            }
            loss->is_any = true;
        } else if (!loss->is_due || window_ms - age_ms < loss->due_ms) {
            loss->is_due = true;
            loss->due_ms = window_ms - age_ms;
        }
    }
}

void msgr_send_lose_all(struct msgr_send_window *window)
{
    for (uint32_t n = window->base; n != window->next; n++) {
        struct msgr_send_fragment *fragment = msgr_send_fragment_at(window, n);

        if (fragment->state == MSGR_SEND_IN_FLIGHT) {
            leave(window, fragment, MSGR_SEND_LOST);
            window->lost++;
        }
    }
}

void msgr_send_lose_since(struct msgr_send_window *window, uint32_t order)
{
    for (uint32_t n = window->base; n != window->next; n++) {
        struct msgr_send_fragment *fragment = msgr_send_fragment_at(window, n);

        if (fragment->state == MSGR_SEND_IN_FLIGHT && !msgr_serial_before(fragment->order, order)) {
            leave(window, fragment, MSGR_SEND_LOST);
            window->lost++;
        }
    }
}

bool msgr_send_lose_oldest(struct msgr_send_window *window, unsigned count)
{
    for (uint32_t n = window->base; n != window->next && count > 0; n++) {
        struct msgr_send_fragment *fragment = msgr_send_fragment_at(window, n);

        if (fragment->state == MSGR_SEND_IN_FLIGHT) {
            leave(window, fragment, MSGR_SEND_LOST);
            window->lost++;
        }
        if (fragment->state == MSGR_SEND_LOST) {
            count--;
        }
    }
    return window->lost > 0;
}

void msgr_send_give_up(struct msgr_send_window *window, uint16_t message, bool is_cut)
{
    for (uint32_t n = window->base; n != window->next; n++) {
        struct msgr_send_fragment *fragment = msgr_send_fragment_at(window, n);

        if (fragment->message != message) {
            continue;
        }
        fragment->message = MSGR_NO_SLOT;
        if (fragment->state < MSGR_SEND_ACKNOWLEDGED) {
            leave(window, fragment, MSGR_SEND_GIVEN_UP);
        }
    }
    window->cut = window->cut || is_cut;
    settle_cut(window);
}

uint32_t msgr_send_floor(const struct msgr_send_window *window)
{
    uint32_t floor = window->base;

    for (uint32_t n = window->base; n != window->next; n++) {
        uint8_t state = window->fragment[n % MSGR_WINDOW].state;

        if (state < MSGR_SEND_ACKNOWLEDGED) {
            break;
        }
        if (state == MSGR_SEND_GIVEN_UP) {
            floor = n + 1;
        }
    }
    return floor;
}
