/* SPDX-License-Identifier: BSD-3-Clause */
#include "timers.h"

#include "conversation.h"
#include "exchange.h"
#include "handshake.h"
#include "secret.h"
#include "serial.h"

#define REPEAT_FIRST_MS 100

static void note_due(struct msgr *m, uint32_t at_ms)
{
    if (!m->has_due || msgr_serial_before(at_ms, m->due_ms)) {
        m->has_due = true;
        m->due_ms = at_ms;
    }
}

void msgr_timer_set(struct msgr *m, struct msgr_peer *peer, enum msgr_timer timer, uint32_t ms)
{
    peer->timer[timer] = m->now_ms + ms;
    msgr_timer_start(m, peer, timer);
}

void msgr_timer_start(struct msgr *m, struct msgr_peer *peer, enum msgr_timer timer)
{
    peer->timers |= (uint8_t)(1u << timer);
    note_due(m, peer->timer[timer]);
}

void msgr_timer_set_link(struct msgr *m, struct msgr_link *link, uint32_t ms)
{
    link->at_ms = m->now_ms + ms;
    link->has_timer = true;
    note_due(m, link->at_ms);
}

uint32_t msgr_timer_jitter(struct msgr *m, uint32_t ms)
{
    return ms - msgr_secret_random32(m) % (ms / 4 + 1);
}

uint32_t msgr_timer_repeat_ms(struct msgr *m, unsigned attempts)
{
    return msgr_timer_jitter(m, msgr_back_off_ms(REPEAT_FIRST_MS, attempts, m->heartbeat_ms));
}

static bool is_due(const struct msgr *m, uint32_t at_ms)
{
    return !msgr_serial_before(m->now_ms, at_ms);
}

static void fire(struct msgr *m, struct msgr_peer *peer, enum msgr_timer timer)
{
    msgr_timer_clear(peer, timer);
    if (timer == MSGR_TIMER_OPEN) {
        msgr_conversation_on_timer(m, peer);
    } else {
        msgr_exchange_on_timer(m, peer, timer);
    }
}

static void tick_peer(struct msgr *m, struct msgr_peer *peer)
{
    for (unsigned timer = 0; peer->timers >> timer != 0; timer++) {
        if (msgr_timer_is_set(peer, timer) && is_due(m, peer->timer[timer])) {
            fire(m, peer, timer);
        }
    }
}

static void tick_link(struct msgr *m, struct msgr_link *link)
{
    if (link->has_timer && is_due(m, link->at_ms)) {
        link->has_timer = false;
        msgr_handshake_on_timer(m, link);
    }
}

/* Timers that were set meanwhile have been noted; those that were set before are, again. */
static void find_due(struct msgr *m)
{
    m->has_due = false;
    for (int i = 0; i < m->peer_count; i++) {
        const struct msgr_peer *peer = &m->peers[i];

        for (unsigned timer = 0; peer->timers >> timer != 0; timer++) {
            if (msgr_timer_is_set(peer, timer)) {
                note_due(m, peer->timer[timer]);
            }
        }
    }
    for (int i = 0; i < m->link_count; i++) {
        if (m->links[i].has_timer) {
            note_due(m, m->links[i].at_ms);
        }
    }
}

void msgr_tick(struct msgr *m, uint32_t now_ms)
{
    m->now_ms = now_ms;
    if (!m->has_due || !is_due(m, m->due_ms)) {
        return;
    }
    for (int i = 0; i < m->peer_count; i++) {
        tick_peer(m, &m->peers[i]);
    }
    for (int i = 0; i < m->link_count; i++) {
        tick_link(m, &m->links[i]);
    }
    find_due(m);
}

uint32_t msgr_deadline_ms(const struct msgr *m, uint32_t now_ms)
{
    if (!m->has_due) {
        return MSGR_NEVER;
    }
    return msgr_serial_before(now_ms, m->due_ms) ? m->due_ms - now_ms : 0;
}
