/* SPDX-License-Identifier: BSD-3-Clause */
/* The states of a link are those of SPEC.md, 7.6. */
#include "handshake.h"

#include "conversation.h"
#include "exchange.h"
#include "peer.h"
#include "secret.h"
#include "serial.h"
#include "timers.h"

#include <string.h>

#define STREAM_MS    5000 /* for HELLO to come, or to be answered */
#define COOKIE_MS    8000
#define BEGIN_AGO_MS 100

#define SILENT_INTERVALS 3

static void touch(struct msgr *m, const struct msgr_link *link)
{
    msgr_engine_touch(m, msgr_link_index(m, link));
}

/* The transport is to close it. No peer is reached on it any more. */
static void over(struct msgr *m, struct msgr_link *link, enum msgr_reason reason)
{
    MSGR_LOG('i', "link %d is over: %s", msgr_link_index(m, link), msgr_reason_text(reason));
    link->state = MSGR_LINK_OVER;
    link->reason = (uint8_t)reason;
    link->due &= MSGR_DUE_REFUSE;
    link->has_timer = false;
    touch(m, link);
}

/* ---- initiator ---- */

void msgr_handshake_begin(struct msgr *m, struct msgr_link *link)
{
    link->state = MSGR_LINK_HELLO;
    link->token = msgr_secret_token(m);
    link->begun_ms = m->now_ms;
    link->attempts = 0;
    link->has_cookie = false;
    link->due = MSGR_DUE_HELLO;
    msgr_timer_set_link(m, link,
                        link->kind == MSGR_LINK_STREAM ? STREAM_MS : msgr_timer_repeat_ms(m, 0));
    touch(m, link);
}

void msgr_handshake_lost(struct msgr *m, struct msgr_link *link, enum msgr_reason reason)
{
    struct msgr_peer *peer = &m->peers[link->peer];
    int index = msgr_link_index(m, link);

    link->peer = MSGR_NO_PEER;
    if (link->is_initiator && link->kind == MSGR_LINK_DATAGRAM) {
        link->reason = (uint8_t)reason;
        msgr_handshake_begin(m, link);
    } else {
        over(m, link, reason);
    }
    msgr_peer_link_down(m, peer, index, reason);
}

void msgr_handshake_break(struct msgr *m, struct msgr_link *link)
{
    if (link->state == MSGR_LINK_PROVED) {
        msgr_handshake_lost(m, link, MSGR_REASON_PROTOCOL);
    } else if (link->state != MSGR_LINK_OVER) {
        over(m, link, MSGR_REASON_PROTOCOL);
    }
}

void msgr_handshake_on_unknown(struct msgr *m, struct msgr_link *link)
{
    if (link->kind != MSGR_LINK_DATAGRAM || link->state != MSGR_LINK_PROVED ||
        (link->is_initiator && m->now_ms - link->begun_ms < BEGIN_AGO_MS)) {
        m->stats.drop_stranger++;
        return;
    }
    msgr_handshake_lost(m, link, MSGR_REASON_LINK);
}

void msgr_handshake_on_cookie(struct msgr *m, struct msgr_link *link,
                              const struct msgr_cookie *cookie)
{
    if (link->state != MSGR_LINK_HELLO || cookie->token != link->token) {
        m->stats.drop_stranger++;
        return;
    }
    memcpy(link->cookie, cookie->cookie, sizeof link->cookie);
    link->cookie_ms = m->now_ms;
    if (!link->has_cookie) {
        link->has_cookie = true;
        link->due |= MSGR_DUE_HELLO;
        touch(m, link);
    }
}

static enum msgr_reason reason_of(unsigned refusal)
{
    static const uint8_t reasons[] = {
        [MSGR_REFUSAL_VERSION] = MSGR_REASON_VERSION,
        [MSGR_REFUSAL_NAME_TAKEN] = MSGR_REASON_NAME_TAKEN,
        [MSGR_REFUSAL_SELF] = MSGR_REASON_SELF,
        [MSGR_REFUSAL_FULL] = MSGR_REASON_FULL,
        [MSGR_REFUSAL_MALFORMED] = MSGR_REASON_MALFORMED,
        [MSGR_REFUSAL_SUITE] = MSGR_REASON_SUITE,
    };

    return refusal >= MSGR_REFUSAL_VERSION && refusal < sizeof reasons ? reasons[refusal]
                                                                       : MSGR_REASON_PROTOCOL;
}

static void note_refused(struct msgr *m, struct msgr_link *link, unsigned refusal)
{
    link->reason = (uint8_t)reason_of(refusal);
    MSGR_LOG('w', "link %d is refused: %s", msgr_link_index(m, link),
             msgr_reason_text(link->reason));
    if (link->kind == MSGR_LINK_STREAM) {
        over(m, link, link->reason);
    } else {
        link->has_cookie = false;
        link->due &= (uint16_t)~MSGR_DUE_HELLO;
        msgr_timer_set_link(m, link, m->heartbeat_ms);
    }
}

void msgr_handshake_on_refuse(struct msgr *m, struct msgr_link *link,
                              const struct msgr_refuse *refuse)
{
    if (link->state == MSGR_LINK_HELLO && refuse->token == link->token) {
        note_refused(m, link, refuse->code);
    } else if (link->state == MSGR_LINK_PROVED &&
               m->peers[link->peer].next_state == MSGR_NEXT_OPENING &&
               m->peers[link->peer].next.nonce == refuse->token) {
        link->reason = (uint8_t)reason_of(refuse->code);
        msgr_conversation_on_refuse(m, &m->peers[link->peer]);
    } else {
        m->stats.drop_stranger++;
    }
}

/* ---- both ---- */

/* A peer has as many links as it may: one that is silent gives way. @return whether there is room
 */
static bool make_room(struct msgr *m, const struct msgr_link *newest, const struct msgr_peer *peer)
{
    struct msgr_link *oldest = NULL;
    unsigned count = 0;

    for (int i = 0; i < m->link_count; i++) {
        struct msgr_link *link = &m->links[i];

        if (link == newest || link->state != MSGR_LINK_PROVED ||
            link->peer != msgr_peer_index(m, peer)) {
            continue;
        }
        count++;
        if (oldest == NULL || msgr_serial_before(link->heard_ms, oldest->heard_ms)) {
            oldest = link;
        }
    }
    if (count < MSGR_LINKS_PER_PEER) {
        return true;
    }
    if (m->now_ms - oldest->heard_ms < m->heartbeat_ms) {
        return false;
    }
    msgr_handshake_lost(m, oldest, MSGR_REASON_REPLACED);
    return true;
}

/* The other end is who it says it is. @return 0, or why not (enum msgr_refusal) */
static int prove(struct msgr *m, struct msgr_link *link, const struct msgr_name *name,
                 uint64_t identity)
{
    struct msgr_peer *peer;
    int refusal = msgr_peer_claim(m, name, identity, &peer);
    int index = msgr_link_index(m, link);

    if (refusal != 0) {
        return refusal;
    }
    if (!make_room(m, link, peer)) {
        return MSGR_REFUSAL_FULL;
    }
    if (link->peer != MSGR_NO_PEER && link->peer != msgr_peer_index(m, peer)) {
        msgr_peer_link_down(m, &m->peers[link->peer], index, MSGR_REASON_REPLACED);
    }
    link->state = MSGR_LINK_PROVED;
    link->peer = (int8_t)msgr_peer_index(m, peer);
    link->reason = MSGR_REASON_NONE;
    link->due &= (uint16_t)~MSGR_DUE_HELLO;
    link->heard_ms = m->now_ms;
    msgr_timer_set_link(m, link, msgr_timer_jitter(m, m->heartbeat_ms));
    msgr_peer_link_up(m, peer, index);
    return 0;
}

void msgr_handshake_on_welcome(struct msgr *m, struct msgr_link *link,
                               const struct msgr_welcome *welcome)
{
    int refusal;

    if (link->state != MSGR_LINK_HELLO || welcome->token != link->token) {
        m->stats.drop_stranger++;
        return;
    }
    if (welcome->version != MSGR_VERSION) {
        note_refused(m, link, MSGR_REFUSAL_VERSION);
        return;
    }
    refusal = prove(m, link, &welcome->name, welcome->identity);
    if (refusal != 0) {
        note_refused(m, link, (unsigned)refusal);
    }
}

/* ---- responder ---- */

static void refuse(struct msgr *m, struct msgr_link *link, uint64_t token, int code)
{
    m->stats.refused++;
    link->answer_token = token;
    link->refusal = (uint8_t)code;
    link->due |= MSGR_DUE_REFUSE;
    if (link->kind == MSGR_LINK_STREAM) {
        over(m, link, reason_of((unsigned)code));
    }
    touch(m, link);
}

static void give_cookie(struct msgr *m, struct msgr_link *link, const struct msgr_hello *hello)
{
    msgr_secret_cookie(m, link->address, hello, link->answer_cookie);
    link->answer_token = hello->token;
    link->due |= MSGR_DUE_COOKIE;
    touch(m, link);
}

int msgr_handshake_welcome(struct msgr *m, struct msgr_link *link, const struct msgr_hello *hello)
{
    int refusal = MSGR_REFUSAL_VERSION;

    if (hello->lowest <= MSGR_VERSION && hello->highest >= MSGR_VERSION) {
        refusal = prove(m, link, &hello->name, hello->identity);
    }
    if (refusal == 0) {
        link->peer_token = hello->token;
        link->due |= MSGR_DUE_WELCOME;
        touch(m, link);
    }
    return refusal;
}

void msgr_handshake_on_hello(struct msgr *m, struct msgr_link *link, const struct msgr_hello *hello)
{
    bool is_stream = link->kind == MSGR_LINK_STREAM;
    int refusal;

    if (link->state == MSGR_LINK_PROVED && hello->token == link->peer_token) {
        link->due |= MSGR_DUE_WELCOME;
        touch(m, link);
        return;
    }
    if (is_stream && link->state != MSGR_LINK_WAITING) {
        msgr_handshake_break(m, link);
        return;
    }
    if (!is_stream && !msgr_secret_cookie_is_valid(m, link->address, hello)) {
        give_cookie(m, link, hello);
        return;
    }
    if (link->state == MSGR_LINK_PROVED && m->peers[link->peer].identity != hello->identity) {
        msgr_handshake_lost(m, link, MSGR_REASON_REPLACED);
    }
    refusal = msgr_handshake_welcome(m, link, hello);
    if (refusal != 0) {
        refuse(m, link, hello->token, refusal);
    }
}

/* ---- time ---- */

/* SPEC.md, 11.3 */
static void listen(struct msgr *m, struct msgr_link *link)
{
    uint32_t silent_ms = m->now_ms - link->heard_ms;
    uint32_t next_ms = msgr_timer_jitter(m, m->heartbeat_ms);
    uint32_t last_ms = SILENT_INTERVALS * m->heartbeat_ms;

    if (silent_ms >= last_ms) {
        msgr_handshake_lost(m, link, MSGR_REASON_SILENT);
        return;
    }
    if (silent_ms < m->heartbeat_ms - m->heartbeat_ms / 4) {
        next_ms -= silent_ms;
    } else {
        msgr_exchange_probe_link(m, &m->peers[link->peer], msgr_link_index(m, link));
    }
    msgr_timer_set_link(m, link, next_ms < last_ms - silent_ms ? next_ms : last_ms - silent_ms);
}

static void repeat_hello(struct msgr *m, struct msgr_link *link)
{
    if (link->has_cookie && m->now_ms - link->cookie_ms >= COOKIE_MS) {
        link->has_cookie = false;
    }
    link->attempts = (uint8_t)(link->attempts + (link->attempts < UINT8_MAX));
    link->due |= MSGR_DUE_HELLO;
    msgr_timer_set_link(m, link, msgr_timer_repeat_ms(m, link->attempts));
    touch(m, link);
}

void msgr_handshake_on_timer(struct msgr *m, struct msgr_link *link)
{
    if (link->state == MSGR_LINK_PROVED) {
        listen(m, link);
    } else if (link->kind == MSGR_LINK_DATAGRAM) {
        repeat_hello(m, link);
    } else {
        over(m, link, MSGR_REASON_SILENT);
    }
}
