/* SPDX-License-Identifier: BSD-3-Clause */
#include "peer.h"

#include "conversation.h"
#include "exchange.h"
#include "handshake.h"
#include "name.h"
#include "serial.h"

#include <string.h>

static bool is_used(const struct msgr_peer *peer)
{
    return peer->name[0] != '\0';
}

/* A handle is index and generation, so that a record's next owner does not inherit it. */
int msgr_peer_handle(const struct msgr *m, const struct msgr_peer *peer)
{
    return peer->generation * MSGR_PEERS_MAX + msgr_peer_index(m, peer);
}

struct msgr_peer *msgr_peer_of(const struct msgr *m, int handle)
{
    if (handle < 0 || handle % MSGR_PEERS_MAX >= m->peer_count) {
        return NULL;
    }
    struct msgr_peer *peer = &m->peers[handle % MSGR_PEERS_MAX];
    return is_used(peer) && msgr_peer_handle(m, peer) == handle ? peer : NULL;
}

struct msgr_peer *msgr_peer_named(const struct msgr *m, const void *name, size_t size)
{
    for (int i = 0; i < m->peer_count; i++) {
        struct msgr_peer *peer = &m->peers[i];

        if (strlen(peer->name) == size && memcmp(peer->name, name, size) == 0) {
            return peer;
        }
    }
    return NULL;
}

static struct msgr_peer *find_identity(const struct msgr *m, uint64_t identity)
{
    for (int i = 0; i < m->peer_count; i++) {
        if (is_used(&m->peers[i]) && m->peers[i].identity == identity) {
            return &m->peers[i];
        }
    }
    return NULL;
}

/* Its handle is of no use to anybody, and nothing is lost with it. */
static bool is_idle(const struct msgr *m, const struct msgr_peer *peer)
{
    return !msgr_peer_is_up(peer) && peer->link == MSGR_NO_LINK && !peer->told_up &&
           peer->outbox.quota.committed == 0 && peer->received.ready == MSGR_NO_SLOT &&
           m->lent_peer != msgr_peer_index(m, peer);
}

static void reset(struct msgr *m, struct msgr_peer *peer)
{
    uint16_t generation = (uint16_t)(peer->generation + 1);
    struct msgr_quota out = {.guaranteed = peer->outbox.quota.guaranteed};
    struct msgr_quota in = {.guaranteed = peer->received.quota.guaranteed};

    memset(peer, 0, sizeof *peer);
    peer->generation = generation;
    peer->link = MSGR_NO_LINK;
    peer->ack_link = MSGR_NO_LINK;
    peer->outbox.quota = out;
    peer->received.quota = in;
    msgr_outbox_start(&peer->outbox);
    msgr_receive_start(&peer->received, 0);
    m->wanting &= ~(1u << msgr_peer_index(m, peer));
}

struct msgr_peer *msgr_peer_create(struct msgr *m, const void *name, size_t size)
{
    struct msgr_peer *idle = NULL;
    struct msgr_peer *peer = NULL;

    for (int i = 0; i < m->peer_count && peer == NULL; i++) {
        if (!is_used(&m->peers[i])) {
            peer = &m->peers[i];
        } else if (idle == NULL && is_idle(m, &m->peers[i])) {
            idle = &m->peers[i];
        }
    }
    if (peer == NULL && idle != NULL) {
        msgr_conversation_end(m, idle, MSGR_REASON_REPLACED);
        peer = idle;
    }
    if (peer != NULL) {
        reset(m, peer);
        memcpy(peer->name, name, size);
    }
    return peer;
}

/* Somebody else must not get what is meant for it. */
static bool is_live(const struct msgr_peer *peer)
{
    bool awaits = peer->outbox.first != peer->outbox.cursor || peer->outbox.cursor_index > 0;

    return msgr_peer_is_up(peer) || (peer->is_open && awaits);
}

/* The record stays, with its name and what is queued for it, and belongs to nobody. */
static void disown(struct msgr *m, struct msgr_peer *peer)
{
    for (int i = 0; i < m->link_count; i++) {
        struct msgr_link *link = &m->links[i];

        if (link->state == MSGR_LINK_PROVED && link->peer == msgr_peer_index(m, peer)) {
            msgr_handshake_lost(m, link, MSGR_REASON_REPLACED);
        }
    }
    msgr_conversation_end(m, peer, MSGR_REASON_REPLACED);
    peer->next_state = MSGR_NEXT_NONE;
    peer->identity = 0;
}

static bool is_own_name(const struct msgr *m, const struct msgr_name *name)
{
    return strlen(m->name) == name->size && memcmp(m->name, name->bytes, name->size) == 0;
}

static void rename_to(struct msgr_peer *peer, const struct msgr_name *name)
{
    memset(peer->name, 0, sizeof peer->name);
    memcpy(peer->name, name->bytes, name->size);
}

int msgr_peer_claim(struct msgr *m, const struct msgr_name *name, uint64_t identity,
                    struct msgr_peer **peer)
{
    struct msgr_peer *named = msgr_peer_named(m, name->bytes, name->size);
    struct msgr_peer *known = identity != 0 ? find_identity(m, identity) : NULL;

    if (identity == m->identity) {
        return MSGR_REFUSAL_SELF;
    }
    if (identity == 0 || !msgr_name_is_valid(name->bytes, name->size)) {
        return MSGR_REFUSAL_MALFORMED;
    }
    if (is_own_name(m, name) || (named != NULL && named != known && is_live(named))) {
        return MSGR_REFUSAL_NAME_TAKEN;
    }
    if (named != known && named != NULL) {
        if (known != NULL) {
            disown(m, known);
        }
        disown(m, named);
        named->identity = identity;
    } else if (named == NULL && known != NULL) {
        rename_to(known, name);
        named = known;
    } else if (named == NULL) {
        named = msgr_peer_create(m, name->bytes, name->size);
        if (named == NULL) {
            return MSGR_REFUSAL_FULL;
        }
        named->identity = identity;
    }
    *peer = named;
    return 0;
}

bool msgr_peer_is_on_datagrams(const struct msgr *m, const struct msgr_peer *peer)
{
    return peer->link != MSGR_NO_LINK && m->links[peer->link].kind == MSGR_LINK_DATAGRAM;
}

static void use_link(struct msgr *m, struct msgr_peer *peer, int link)
{
    peer->link = (int8_t)link;
    peer->ack_link = (int8_t)link;
    msgr_exchange_path_changed(m, peer);
}

void msgr_peer_link_up(struct msgr *m, struct msgr_peer *peer, int link)
{
    if (peer->link == MSGR_NO_LINK) {
        use_link(m, peer, link);
        peer->is_unsure = peer->is_open;
    }
    msgr_engine_tell(m, peer);
    msgr_conversation_reach(m, peer);
}

int msgr_peer_another_link(const struct msgr *m, const struct msgr_peer *peer, int link)
{
    for (int i = 0; i < m->link_count; i++) {
        if (i != link && m->links[i].state == MSGR_LINK_PROVED &&
            m->links[i].peer == msgr_peer_index(m, peer)) {
            return i;
        }
    }
    return MSGR_NO_LINK;
}

void msgr_peer_try_another_link(struct msgr *m, struct msgr_peer *peer)
{
    const struct msgr_link *best = &m->links[peer->link];

    for (int i = 0; i < m->link_count; i++) {
        const struct msgr_link *link = &m->links[i];

        if (link->state == MSGR_LINK_PROVED && link->peer == msgr_peer_index(m, peer) &&
            msgr_serial_before(best->heard_ms, link->heard_ms)) {
            best = link;
        }
    }
    if (msgr_link_index(m, best) != peer->link) {
        use_link(m, peer, msgr_link_index(m, best));
    }
}

void msgr_peer_link_down(struct msgr *m, struct msgr_peer *peer, int link, enum msgr_reason reason)
{
    if (peer->link == link) {
        use_link(m, peer, msgr_peer_another_link(m, peer, link));
        peer->down_reason = (uint8_t)reason;
        msgr_engine_tell(m, peer);
        if (peer->link != MSGR_NO_LINK) {
            msgr_conversation_reach(m, peer);
        }
    } else if (peer->ack_link == link) {
        peer->ack_link = peer->link;
        msgr_engine_touch(m, peer->link);
    }
}

void msgr_peer_went_down(struct msgr *m, struct msgr_peer *peer, enum msgr_reason reason)
{
    peer->down_reason = (uint8_t)reason;
    peer->down_pending = peer->down_pending || peer->told_up;
    msgr_engine_tell(m, peer);
}
