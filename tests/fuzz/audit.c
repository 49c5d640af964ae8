/* SPDX-License-Identifier: BSD-3-Clause */
/* What holds between any two calls, from the engine's own description of its state. */
#include "engine.h"
#include "require.h"
#include "serial.h"
#include "world.h"

static unsigned chain(const struct msgr_pool *pool, uint16_t slot)
{
    unsigned count = 0;

    for (; slot != MSGR_NO_SLOT; slot = pool->slot[slot].next) {
        require(slot < pool->count);
        count++;
        require(count <= pool->count);
    }
    return count;
}

static unsigned messages(const struct msgr_pool *pool, uint16_t slot, unsigned *count)
{
    unsigned slots = 0;

    for (*count = 0; slot != MSGR_NO_SLOT; slot = pool->slot[slot].next_message) {
        require(++*count <= pool->count);
        slots += chain(pool, slot);
    }
    return slots;
}

static unsigned audit_received(const struct msgr *m, const struct msgr_peer *peer)
{
    const struct msgr_receive_window *window = &peer->received;
    unsigned count;
    unsigned slots = messages(&m->pool, window->ready, &count) + chain(&m->pool, window->partial);
    unsigned ahead = 0;
    uint32_t room = window->limit - window->received;

    for (unsigned i = 0; i < MSGR_WINDOW; i++) {
        ahead += window->ahead[i] != MSGR_NO_SLOT;
    }
    require(ahead == window->ahead_count);
    require(room <= 33 && ahead <= room);
    if (peer->is_open) {
        require(window->quota.committed == slots + room);
    }
    return slots + ahead;
}

static void audit_sent(const struct msgr_peer *peer)
{
    const struct msgr_send_window *window = &peer->sent;
    unsigned in_flight = 0;
    unsigned lost = 0;

    require(window->next - window->base <= MSGR_WINDOW);
    for (uint32_t n = window->base; n != window->next; n++) {
        in_flight += window->fragment[n % MSGR_WINDOW].state == MSGR_SEND_IN_FLIGHT;
        lost += window->fragment[n % MSGR_WINDOW].state == MSGR_SEND_LOST;
    }
    require(window->in_flight == in_flight && window->lost == lost);
    require(!msgr_serial_before(window->next, window->taken));
}

static uint32_t audit_peer(const struct msgr *m, const struct msgr_peer *peer, unsigned *beyond)
{
    unsigned count;
    unsigned out = messages(&m->pool, peer->outbox.first, &count);
    const struct msgr_quota *quotas[] = {&peer->outbox.quota, &peer->received.quota};

    require(count == peer->outbox.count);
    require(out <= peer->outbox.quota.committed);
    for (unsigned i = 0; i < 2; i++) {
        if (quotas[i]->committed > quotas[i]->guaranteed) {
            *beyond += (unsigned)(quotas[i]->committed - quotas[i]->guaranteed);
        }
    }
    audit_sent(peer);
    require(peer->link == MSGR_NO_LINK || (m->links[peer->link].state == MSGR_LINK_PROVED &&
                                           m->links[peer->link].peer == msgr_peer_index(m, peer)));
    for (unsigned timer = 0; timer < MSGR_TIMERS; timer++) {
        if ((peer->timers >> timer & 1) != 0) {
            require(m->has_due && !msgr_serial_before(peer->timer[timer], m->due_ms));
        }
    }
    return out + audit_received(m, peer);
}

void audit(const struct msgr *m)
{
    unsigned count;
    unsigned slots = messages(&m->pool, m->outcomes.first, &count);
    unsigned beyond = 0;

    for (int i = 0; i < m->peer_count; i++) {
        if (m->peers[i].name[0] != '\0') {
            slots += audit_peer(m, &m->peers[i], &beyond);
        }
    }
    require(beyond == m->pool.shared_used && beyond <= m->pool.shared);
    if (m->lent_slot != MSGR_NO_SLOT && !m->lent_copy &&
        m->lent_conversation != m->peers[m->lent_peer].conversations) {
        slots++; /* lent, and of nobody any more */
    }
    require(slots == m->pool.used);
    require(m->pool.used + chain(&m->pool, m->pool.free) == m->pool.count);
}
