/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nothing is queued here either: outcomes wait in their messages' slots, messages in the receive
 * windows, and whether a peer is up and writable are bits. A peer that comes and goes between two
 * questions is not worth an event, but that its conversation ended is.
 */
#include "exchange.h"
#include "peer.h"

#include <string.h>

/* The application is done with the message of the event before. */
static void take_back(struct msgr *m)
{
    uint16_t slot = m->lent_slot;

    if (slot == MSGR_NO_SLOT) {
        return;
    }
    struct msgr_peer *peer = &m->peers[m->lent_peer];
    m->lent_slot = MSGR_NO_SLOT;
    m->lent_peer = MSGR_NO_PEER;
    if (m->lent_conversation == peer->conversations) {
        msgr_exchange_taken(m, peer);
    } else if (!m->lent_copy) {
        msgr_pool_give(&m->pool, slot);
    }
}

static bool tell_outcome(struct msgr *m, struct msgr_event *event)
{
    uint16_t message = m->outcomes.first;

    if (message == MSGR_NO_SLOT) {
        return false;
    }
    const struct msgr_out_record *record = &m->pool.slot[message].out;
    struct msgr_peer *peer = &m->peers[record->peer];
    *event = (struct msgr_event){
        .type = MSGR_EVENT_OUTCOME,
        .peer = msgr_peer_handle(m, peer),
        .reason = record->reason,
        .message = record->handle,
        .outcome = record->state == MSGR_OUT_DELIVERED       ? MSGR_OUTCOME_DELIVERED
                   : record->state == MSGR_OUT_NOT_DELIVERED ? MSGR_OUTCOME_NOT_DELIVERED
                                                             : MSGR_OUTCOME_UNKNOWN};
    m->outcomes.first = m->pool.slot[message].next_message;
    msgr_pool_release(&m->pool, &peer->outbox.quota, msgr_pool_give(&m->pool, message));
    return true;
}

static void *assemble(struct msgr *m, uint16_t slot)
{
    uint8_t *at = m->assembly;

    for (; slot != MSGR_NO_SLOT; slot = m->pool.slot[slot].next) {
        memcpy(at, msgr_pool_data(&m->pool, slot), m->pool.slot[slot].in.size);
        at += m->pool.slot[slot].in.size;
    }
    return m->assembly;
}

static void lend_message(struct msgr *m, struct msgr_peer *peer, struct msgr_event *event)
{
    uint16_t slot = peer->received.ready;

    m->lent_copy = m->pool.slot[slot].next != MSGR_NO_SLOT;
    m->lent_slot = slot;
    m->lent_peer = (int8_t)msgr_peer_index(m, peer);
    m->lent_conversation = peer->conversations;
    m->stats.received++;
    event->type = MSGR_EVENT_MESSAGE;
    event->size = m->pool.slot[slot].in.message_size;
    event->data = m->lent_copy ? assemble(m, slot) : msgr_pool_data(&m->pool, slot);
}

static void tell_down(struct msgr_peer *peer, struct msgr_event *event)
{
    peer->told_up = false;
    peer->down_pending = false;
    event->type = MSGR_EVENT_PEER_DOWN;
    event->reason = peer->down_reason;
}

static bool tell_peer(struct msgr *m, struct msgr_peer *peer, struct msgr_event *event)
{
    bool has_message = peer->received.ready != MSGR_NO_SLOT;

    if (!has_message && !peer->down_pending && peer->told_up == msgr_peer_is_up(peer)) {
        return false;
    }
    *event = (struct msgr_event){.peer = msgr_peer_handle(m, peer)};
    if (peer->down_pending || (peer->told_up && !has_message)) {
        tell_down(peer, event);
    } else if (!peer->told_up) {
        peer->told_up = true;
        event->type = MSGR_EVENT_PEER_UP;
    } else {
        lend_message(m, peer, event);
    }
    return true;
}

/* The peers take turns, beginning behind the one who was told of last. */
static int next_eventful(const struct msgr *m)
{
    uint32_t behind = m->eventful & ~0u << (m->told_peer + 1);

    return msgr_lowest_bit(behind != 0 ? behind : m->eventful);
}

static bool tell_next_peer(struct msgr *m, struct msgr_event *event)
{
    while (m->eventful != 0) {
        m->told_peer = (int8_t)next_eventful(m);
        if (tell_peer(m, &m->peers[m->told_peer], event)) {
            return true;
        }
        m->eventful &= ~(1u << m->told_peer);
    }
    return false;
}

static bool tell_writable(struct msgr *m, struct msgr_event *event)
{
    for (int i = 0; m->wanting >> i != 0; i++) {
        struct msgr_peer *peer = &m->peers[i];

        if ((m->wanting >> i & 1) != 0 &&
            msgr_pool_room(&m->pool, &peer->outbox.quota) >= peer->wanted) {
            m->wanting &= ~(1u << i);
            *event =
                (struct msgr_event){.type = MSGR_EVENT_WRITABLE, .peer = msgr_peer_handle(m, peer)};
            return true;
        }
    }
    return false;
}

bool msgr_next(struct msgr *m, struct msgr_event *event)
{
    take_back(m);
    return tell_outcome(m, event) || tell_next_peer(m, event) || tell_writable(m, event);
}

static void dispatch(struct msgr *m, const struct msgr_handlers *h, const struct msgr_event *event)
{
    switch (event->type) {
    case MSGR_EVENT_PEER_UP:
        if (h->peer_up != NULL) {
            h->peer_up(h->ctx, m, event->peer);
        }
        break;
    case MSGR_EVENT_PEER_DOWN:
        if (h->peer_down != NULL) {
            h->peer_down(h->ctx, m, event->peer, event->reason);
        }
        break;
    case MSGR_EVENT_MESSAGE:
        if (h->message != NULL) {
            h->message(h->ctx, m, event->peer, event->data, event->size);
        }
        break;
    case MSGR_EVENT_OUTCOME:
        if (h->outcome != NULL) {
            h->outcome(h->ctx, m, event->peer, event->message, event->outcome, event->reason);
        }
        break;
    case MSGR_EVENT_WRITABLE:
        if (h->writable != NULL) {
            h->writable(h->ctx, m, event->peer);
        }
        break;
    }
}

void msgr_dispatch(struct msgr *m, const struct msgr_handlers *handlers)
{
    struct msgr_event event;

    while (msgr_next(m, &event)) {
        dispatch(m, handlers, &event);
    }
}
