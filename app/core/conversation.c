/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `current` is the conversation, while is_open. `next` is the one that may come: as opener, the one
 * that our OPEN offers; as accepter, the candidate that our ACCEPT offers. It becomes `current`
 * when the peer proves that it knows both nonces. Only the end with the lower identity opens, so
 * the two never meet half-way.
 */
#include "conversation.h"

#include "bytes.h"
#include "exchange.h"
#include "peer.h"
#include "secret.h"
#include "timers.h"

static bool is_opener(const struct msgr *m, const struct msgr_peer *peer)
{
    return m->identity < peer->identity;
}

/* MSGR_FRAGMENT's exponent */
static uint8_t own_fragment(void)
{
    uint8_t exponent = 6;

    while (1u << exponent < MSGR_FRAGMENT) {
        exponent++;
    }
    return exponent;
}

static uint16_t own_initial(const struct msgr_peer *peer)
{
    uint16_t guaranteed = peer->received.quota.guaranteed;

    return guaranteed < MSGR_WINDOW ? guaranteed : MSGR_WINDOW;
}

static struct msgr_limits own_limits(const struct msgr *m, const struct msgr_peer *peer)
{
    return (struct msgr_limits){.fragment = own_fragment(),
                                .guaranteed = peer->received.quota.guaranteed,
                                .initial = own_initial(peer),
                                .message = m->message_max};
}

/* ---- beginning and end ---- */

static void derive(const struct msgr *m, const struct msgr_peer *peer,
                   struct msgr_incarnation *incarnation)
{
    uint8_t nonces[16];
    bool opener = is_opener(m, peer);
    uint8_t *at = msgr_bytes_put64(nonces, opener ? incarnation->nonce : incarnation->peer_nonce);
    uint8_t own = own_fragment();

    msgr_bytes_put64(at, opener ? incarnation->peer_nonce : incarnation->nonce);
    incarnation->prefix = msgr_crc32c_add(MSGR_CRC32C_START, nonces, sizeof nonces);
    incarnation->fragment = own < incarnation->theirs.fragment ? own : incarnation->theirs.fragment;
}

static void grant_initial(struct msgr *m, struct msgr_peer *peer)
{
    uint16_t initial = own_initial(peer);

    msgr_receive_start(&peer->received, (uint32_t)peer->current.peer_nonce);
    for (uint16_t i = 0; i < initial; i++) {
        bool is_committed = msgr_pool_commit(&m->pool, &peer->received.quota);
        (void)is_committed;
        MSGR_ASSERT(is_committed);
    }
    peer->received.limit += initial;
}

static void begin(struct msgr *m, struct msgr_peer *peer)
{
    uint32_t first = (uint32_t)peer->next.nonce;

    peer->current = peer->next;
    peer->next = (struct msgr_incarnation){0};
    peer->next_state = MSGR_NEXT_NONE;
    peer->is_open = true;
    peer->conversations++;
    peer->accepts_again = true;
    peer->unconfirmed = 0;
    peer->has_duplicate = false;
    peer->is_unsure = false;
    grant_initial(m, peer);
    msgr_send_start(&peer->sent, first, first + peer->current.theirs.initial);
    msgr_timer_clear(peer, MSGR_TIMER_OPEN);
    msgr_exchange_path_changed(m, peer);
    msgr_exchange_check_cursor(m, peer);
    msgr_engine_tell(m, peer);
    MSGR_LOG('i', "%s is up", peer->name);
}

void msgr_conversation_end(struct msgr *m, struct msgr_peer *peer, enum msgr_reason reason)
{
    bool is_lent = m->lent_slot != MSGR_NO_SLOT && !m->lent_copy &&
                   m->lent_peer == msgr_peer_index(m, peer) &&
                   m->lent_conversation == peer->conversations;

    if (!peer->is_open) {
        return;
    }
    MSGR_LOG('i', "%s is down: %s", peer->name, msgr_reason_text(reason));
    peer->is_open = false;
    peer->conversations++;
    while (peer->outbox.first != MSGR_NO_SLOT &&
           m->pool.slot[peer->outbox.first].out.state == MSGR_OUT_TRANSMITTED) {
        msgr_exchange_finish(m, peer, peer->outbox.first, MSGR_OUT_UNKNOWN, reason);
    }
    msgr_outbox_rewind(&peer->outbox);
    msgr_send_start(&peer->sent, 0, 0);
    msgr_receive_stop(&peer->received, &m->pool, is_lent ? m->lent_slot : MSGR_NO_SLOT);
    for (int i = 0; i < m->link_count; i++) {
        if (m->links[i].peer == msgr_peer_index(m, peer)) {
            m->links[i].due &= (uint16_t)~MSGR_DUE_ACCEPT;
        }
    }
    peer->timers &= 1u << MSGR_TIMER_DEADLINE;
    peer->due = 0;
    peer->is_awaiting = false;
    msgr_peer_went_down(m, peer, reason);
}

/* ---- OPEN ---- */

static void send_open(struct msgr *m, struct msgr_peer *peer)
{
    peer->due |= MSGR_DUE_OPEN;
    msgr_engine_touch(m, peer->link);
    msgr_timer_set(m, peer, MSGR_TIMER_OPEN, msgr_timer_repeat_ms(m, peer->attempts));
}

static void start_opening(struct msgr *m, struct msgr_peer *peer)
{
    peer->next = (struct msgr_incarnation){.nonce = msgr_secret_nonce(m)};
    peer->next.id = msgr_secret_id(m, peer);
    peer->next_state = MSGR_NEXT_OPENING;
    peer->attempts = 0;
}

void msgr_conversation_reach(struct msgr *m, struct msgr_peer *peer)
{
    if (peer->is_open) {
        peer->is_awaiting = true;
        msgr_exchange_ack_now(m, peer, MSGR_DUE_ACK | MSGR_DUE_PROBE);
        msgr_exchange_await(m, peer);
    } else if (is_opener(m, peer)) {
        if (peer->next_state != MSGR_NEXT_OPENING) {
            start_opening(m, peer);
        }
        send_open(m, peer);
    }
}

void msgr_conversation_on_timer(struct msgr *m, struct msgr_peer *peer)
{
    int another = msgr_peer_another_link(m, peer, peer->link);

    if (another != MSGR_NO_LINK) {
        peer->link = (int8_t)another;
    }
    if (peer->next_state == MSGR_NEXT_OPENING && peer->link != MSGR_NO_LINK) {
        peer->attempts = (uint8_t)(peer->attempts + (peer->attempts < UINT8_MAX));
        send_open(m, peer);
    }
}

void msgr_conversation_on_refuse(struct msgr *m, struct msgr_peer *peer)
{
    msgr_timer_set(m, peer, MSGR_TIMER_OPEN, m->heartbeat_ms);
}

void msgr_conversation_open_frame(const struct msgr *m, const struct msgr_peer *peer,
                                  struct msgr_open_frame *open)
{
    *open = (struct msgr_open_frame){.to = peer->identity,
                                     .from = m->identity,
                                     .id = peer->next.id,
                                     .nonce = peer->next.nonce,
                                     .limits = own_limits(m, peer)};
}

static void refuse_open(struct msgr *m, struct msgr_link *link, const struct msgr_open_frame *open,
                        enum msgr_refusal code)
{
    link->answer_token = open->nonce;
    link->refusal = (uint8_t)code;
    link->due |= MSGR_DUE_REFUSE;
    msgr_engine_touch(m, msgr_link_index(m, link));
}

static void make_candidate(struct msgr *m, struct msgr_peer *peer,
                           const struct msgr_open_frame *open)
{
    peer->next = (struct msgr_incarnation){.nonce = msgr_secret_nonce(m),
                                           .peer_nonce = open->nonce,
                                           .peer_id = open->id,
                                           .theirs = open->limits};
    peer->next.id = msgr_secret_id(m, peer);
    peer->next_state = MSGR_NEXT_CANDIDATE;
    derive(m, peer, &peer->next);
}

bool msgr_conversation_on_open(struct msgr *m, struct msgr_link *link,
                               const struct msgr_open_frame *open)
{
    struct msgr_peer *peer = &m->peers[link->peer];

    if (open->to != m->identity || open->from != peer->identity || is_opener(m, peer)) {
        m->stats.drop_stranger++;
        return false;
    }
    if (open->limits.suite != 0) {
        refuse_open(m, link, open, MSGR_REFUSAL_SUITE);
        return true;
    }
    peer->accepts_again = peer->is_open && open->nonce == peer->current.peer_nonce;
    if (!peer->accepts_again &&
        (peer->next_state != MSGR_NEXT_CANDIDATE || open->nonce != peer->next.peer_nonce)) {
        make_candidate(m, peer, open);
    }
    link->due |= MSGR_DUE_ACCEPT;
    msgr_engine_touch(m, msgr_link_index(m, link));
    return true;
}

/* ---- ACCEPT ---- */

void msgr_conversation_accept_frame(const struct msgr *m, const struct msgr_peer *peer,
                                    struct msgr_accept *accept)
{
    const struct msgr_incarnation *incarnation = peer->accepts_again ? &peer->current : &peer->next;

    *accept = (struct msgr_accept){.to_id = incarnation->peer_id,
                                   .echo = incarnation->peer_nonce,
                                   .id = incarnation->id,
                                   .nonce = incarnation->nonce,
                                   .limits = own_limits(m, peer)};
}

void msgr_conversation_on_accept(struct msgr *m, struct msgr_link *link,
                                 const struct msgr_accept *accept)
{
    struct msgr_peer *peer = &m->peers[link->peer];

    if (peer->next_state != MSGR_NEXT_OPENING || accept->to_id != peer->next.id ||
        accept->echo != peer->next.nonce || accept->limits.suite != 0) {
        return;
    }
    peer->next.peer_id = accept->id;
    peer->next.peer_nonce = accept->nonce;
    peer->next.theirs = accept->limits;
    derive(m, peer, &peer->next);
    begin(m, peer);
    msgr_conversation_reach(m, peer);
}

/* ---- whose frame ---- */

void msgr_conversation_on_reset(struct msgr *m, struct msgr_link *link, uint32_t id)
{
    struct msgr_peer *peer = &m->peers[link->peer];

    if (!peer->is_open || peer->current.peer_id != id) {
        m->stats.drop_stranger++;
        return;
    }
    msgr_conversation_end(m, peer, MSGR_REASON_RESTARTED);
    msgr_conversation_reach(m, peer);
}

static void answer_reset(struct msgr *m, struct msgr_link *link, uint32_t id)
{
    m->stats.drop_stranger++;
    link->reset_id = id;
    link->due |= MSGR_DUE_RESET;
    msgr_engine_touch(m, msgr_link_index(m, link));
}

struct msgr_peer *msgr_conversation_of(struct msgr *m, struct msgr_link *link,
                                       const struct msgr_frame *frame)
{
    struct msgr_peer *peer = &m->peers[link->peer];
    uint32_t id = 0;

    if (!msgr_frame_id(&id, frame)) {
        m->stats.drop_malformed++;
        return NULL;
    }
    if (peer->is_open && id == peer->current.id) {
        if (msgr_frame_check(frame, peer->current.prefix)) {
            return peer;
        }
        m->stats.drop_check++;
        return NULL;
    }
    if (peer->next_state != MSGR_NEXT_CANDIDATE || id != peer->next.id) {
        answer_reset(m, link, id);
        return NULL;
    }
    if (!msgr_frame_check(frame, peer->next.prefix)) {
        m->stats.drop_check++;
        return NULL;
    }
    msgr_conversation_end(m, peer, MSGR_REASON_RESTARTED);
    begin(m, peer);
    return peer;
}

uint32_t msgr_conversation_message_max(const struct msgr_peer *peer)
{
    uint32_t room = (uint32_t)peer->current.theirs.guaranteed << peer->current.fragment;

    return room < peer->current.theirs.message ? room : peer->current.theirs.message;
}
