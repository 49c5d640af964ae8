/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Renders what the state says is to be sent: handshake frames, ACK, FLOOR, lost fragments, new
 * ones, in this order (SPEC.md, 13), straight into the transport's memory.
 */
#include "bytes.h"
#include "conversation.h"
#include "exchange.h"
#include "peer.h"
#include "serial.h"
#include "timers.h"
#include "trace.h"

#include <string.h>

struct writer {
    struct msgr *m;
    struct msgr_link *link;
    uint8_t *at;
    uint8_t *end;
    bool is_short; /* something did not fit */
};

static bool fits(struct writer *w, size_t size)
{
    if ((size_t)(w->end - w->at) < size) {
        w->is_short = true;
        return false;
    }
    return true;
}

static void wrote(struct writer *w, uint8_t *end)
{
    msgr_trace_frame(w->m, MSGR_TRACE_OUT, msgr_link_index(w->m, w->link), w->at,
                     (size_t)(end - w->at));
    w->m->stats.frames_out++;
    w->at = end;
}

/* Whether a frame that is due fits; then it is not due any more, and noted. */
static bool take_due(struct writer *w, uint16_t *due, unsigned which, size_t size)
{
    if ((*due & which) == 0 || !fits(w, size)) {
        return false;
    }
    w->m->last.due |= (uint16_t)(*due & which);
    *due &= (uint16_t)~which;
    return true;
}

/* ---- links ---- */

static struct msgr_name own_name(const struct msgr *m)
{
    return (struct msgr_name){.bytes = (const uint8_t *)m->name, .size = (uint8_t)strlen(m->name)};
}

static void write_hello(struct writer *w)
{
    struct msgr_hello hello = {.lowest = MSGR_VERSION,
                               .highest = MSGR_VERSION,
                               .identity = w->m->identity,
                               .token = w->link->token,
                               .name = own_name(w->m),
                               .cookie = w->link->has_cookie ? w->link->cookie : NULL};

    if (take_due(w, &w->link->due, MSGR_DUE_HELLO, msgr_hello_size(&hello))) {
        wrote(w, msgr_hello_write(w->at, &hello));
    }
}

static void write_cookie(struct writer *w)
{
    struct msgr_cookie cookie = {.token = w->link->answer_token, .cookie = w->link->answer_cookie};

    if (take_due(w, &w->link->due, MSGR_DUE_COOKIE, MSGR_COOKIE_FRAME_SIZE)) {
        wrote(w, msgr_cookie_write(w->at, &cookie));
    }
}

static void write_welcome(struct writer *w)
{
    struct msgr_welcome welcome = {.token = w->link->peer_token,
                                   .version = MSGR_VERSION,
                                   .identity = w->m->identity,
                                   .name = own_name(w->m)};

    if (take_due(w, &w->link->due, MSGR_DUE_WELCOME, msgr_welcome_size(&welcome))) {
        wrote(w, msgr_welcome_write(w->at, &welcome));
    }
}

static void write_refuse(struct writer *w)
{
    struct msgr_refuse refuse = {.token = w->link->answer_token,
                                 .code = w->link->refusal,
                                 .lowest = MSGR_VERSION,
                                 .highest = MSGR_VERSION};

    if (take_due(w, &w->link->due, MSGR_DUE_REFUSE, MSGR_REFUSE_FRAME_SIZE)) {
        wrote(w, msgr_refuse_write(w->at, &refuse));
    }
}

static void write_link_frames(struct writer *w)
{
    if (w->link->due == 0) {
        return;
    }
    write_hello(w);
    write_cookie(w);
    write_welcome(w);
    write_refuse(w);
    if (take_due(w, &w->link->due, MSGR_DUE_RESET, MSGR_RESET_FRAME_SIZE)) {
        wrote(w, msgr_reset_write(w->at, w->link->reset_id));
    }
}

/* ---- conversations ---- */

static void write_open_frames(struct writer *w, struct msgr_peer *peer)
{
    if (take_due(w, &w->link->due, MSGR_DUE_ACCEPT, MSGR_ACCEPT_FRAME_SIZE)) {
        struct msgr_accept accept;
        msgr_conversation_accept_frame(w->m, peer, &accept);
        wrote(w, msgr_accept_write(w->at, &accept));
    }
    if (peer->link == msgr_link_index(w->m, w->link) &&
        take_due(w, &peer->due, MSGR_DUE_OPEN, MSGR_OPEN_FRAME_SIZE)) {
        struct msgr_open_frame open;
        msgr_conversation_open_frame(w->m, peer, &open);
        wrote(w, msgr_open_write(w->at, &open));
    }
}

/* A fragment has waited for its acknowledgement for long enough. */
static bool is_ack_late(const struct msgr *m, const struct msgr_peer *peer)
{
    return peer->unconfirmed > 0 && !msgr_serial_before(m->now_ms, peer->timer[MSGR_TIMER_ACK]);
}

/* With anything else that is sent, if there is something new to say; else when it is due. */
static void write_ack(struct writer *w, struct msgr_peer *peer, bool has_company)
{
    struct msgr_ack ack;
    uint8_t flags = (peer->due & MSGR_DUE_PROBE) != 0 ? MSGR_ACK_PROBE : 0;

    if ((has_company && peer->ack_changed) || is_ack_late(w->m, peer)) {
        peer->due |= MSGR_DUE_ACK;
    }
    if (!take_due(w, &peer->due, MSGR_DUE_ACK | MSGR_DUE_PROBE, MSGR_ACK_FRAME_MAX)) {
        if (peer->unconfirmed > 0) {
            msgr_timer_start(w->m, peer, MSGR_TIMER_ACK);
        }
        return;
    }
    msgr_receive_grant(&peer->received, &w->m->pool);
    msgr_receive_state(&peer->received, &w->m->pool, &ack);
    flags |= peer->has_duplicate ? MSGR_ACK_DUPLICATE : 0;
    wrote(w, msgr_ack_write(w->at, peer->current.peer_id, flags, &ack, peer->current.prefix));
    peer->unconfirmed = 0;
    peer->ack_changed = false;
    peer->has_duplicate = false;
    msgr_timer_clear(peer, MSGR_TIMER_ACK);
}

static void write_floor(struct writer *w, struct msgr_peer *peer)
{
    if (!msgr_send_has_floor(&peer->sent)) {
        peer->due &= (uint16_t)~MSGR_DUE_FLOOR;
    } else if (take_due(w, &peer->due, MSGR_DUE_FLOOR, MSGR_FLOOR_FRAME_SIZE)) {
        peer->sent.floor_told = msgr_send_floor(&peer->sent);
        wrote(w, msgr_floor_write(w->at, peer->current.peer_id, peer->sent.floor_told,
                                  peer->current.prefix));
    }
}

/* The fragment of a message with that index, in that slot. */
static struct msgr_data cut_fragment(const struct msgr_pool *pool, uint16_t message, uint16_t slot,
                                     uint32_t index, unsigned log, uint8_t *flags)
{
    uint32_t size = pool->slot[message].out.size;
    uint32_t offset = index << log;
    uint32_t left = size - offset;
    bool is_last = left <= 1u << log;

    *flags = (uint8_t)((index == 0 ? MSGR_DATA_FIRST : 0) | (is_last ? MSGR_DATA_LAST : 0));
    return (struct msgr_data){.size = (uint16_t)(is_last ? left : 1u << log),
                              .payload = msgr_pool_data(pool, slot) + offset % MSGR_FRAGMENT};
}

static void write_fragment(struct writer *w, struct msgr_peer *peer, const struct msgr_data *data,
                           uint8_t flags)
{
    wrote(w, msgr_data_write(w->at, peer->current.peer_id, flags, data, peer->current.prefix));
    msgr_send_transmitted(&peer->sent, data->number, w->m->now_ms);
}

static bool fragment_fits(struct writer *w, const struct msgr_data *data)
{
    return fits(w, msgr_frame_size(MSGR_DATA_FRAME_BODY + (size_t)data->size));
}

static bool write_lost(struct writer *w, struct msgr_peer *peer)
{
    uint32_t number = msgr_send_next_lost(&peer->sent);
    const struct msgr_send_fragment *fragment = msgr_send_fragment_at(&peer->sent, number);
    uint32_t index = number - w->m->pool.slot[fragment->message].out.first;
    uint8_t flags;
    struct msgr_data data = cut_fragment(&w->m->pool, fragment->message, fragment->slot, index,
                                         peer->current.fragment, &flags);

    data.number = number;
    if (!fragment_fits(w, &data)) {
        return false;
    }
    w->m->stats.retransmitted++;
    write_fragment(w, peer, &data, flags);
    return true;
}

static bool write_new(struct writer *w, struct msgr_peer *peer)
{
    struct msgr_outbox *outbox = &peer->outbox;
    uint16_t message = outbox->cursor;
    struct msgr_out_record *record = &w->m->pool.slot[message].out;
    uint8_t flags;
    struct msgr_data data = cut_fragment(&w->m->pool, message, outbox->cursor_slot,
                                         outbox->cursor_index, peer->current.fragment, &flags);

    if (!fragment_fits(w, &data)) {
        return false;
    }
    data.number = msgr_send_number(&peer->sent, message, outbox->cursor_slot);
    if (outbox->cursor_index == 0) {
        record->first = data.number;
        record->state = MSGR_OUT_TRANSMITTED;
    }
    record->pending++;
    write_fragment(w, peer, &data, flags);
    msgr_outbox_advance(outbox, &w->m->pool, peer->current.fragment);
    msgr_exchange_check_cursor(w->m, peer);
    return true;
}

static void write_data(struct writer *w, struct msgr_peer *peer)
{
    const uint8_t *before = w->at;
    bool goes_on = true;

    while (goes_on && msgr_exchange_has_data(w->m, peer)) {
        goes_on = peer->sent.lost > 0 ? write_lost(w, peer) : write_new(w, peer);
    }
    if (w->at != before) {
        peer->is_probing = false;
    }
    if (w->at != before ||
        (peer->outbox.cursor != MSGR_NO_SLOT && !msgr_timer_is_set(peer, MSGR_TIMER_PROBE))) {
        msgr_exchange_await(w->m, peer);
    }
}

static void write_peer_frames(struct writer *w)
{
    struct msgr_peer *peer = &w->m->peers[w->link->peer];
    int link = msgr_link_index(w->m, w->link);
    bool is_path = peer->link == link;

    write_open_frames(w, peer);
    if (!peer->is_open) {
        return;
    }
    if (peer->ack_link == link) {
        write_ack(w, peer,
                  is_path &&
                      ((peer->due & MSGR_DUE_FLOOR) != 0 || msgr_exchange_has_data(w->m, peer)));
    }
    if (is_path) {
        write_floor(w, peer);
        write_data(w, peer);
    }
}

/* ---- datagrams and streams ---- */

static bool put_mark(struct writer *w)
{
    bool is_needed = w->link->kind == MSGR_LINK_DATAGRAM || !w->link->mark_sent;

    if (!is_needed) {
        return true;
    }
    if (!fits(w, MSGR_MARK_SIZE)) {
        return false;
    }
    w->at = msgr_frame_put_mark(w->at);
    return true;
}

static uint32_t next_order(const struct writer *w)
{
    return w->link->state == MSGR_LINK_PROVED ? w->m->peers[w->link->peer].sent.order : 0;
}

size_t msgr_link_output(struct msgr *m, int number, uint32_t now_ms, void *data, size_t room)
{
    struct writer w = {.m = m, .link = msgr_link_of(m, number), .at = data};
    uint8_t *start = data;

    msgr_tick(m, now_ms);
    if (w.link == NULL || (m->dirty >> number & 1) == 0) {
        m->last.link = MSGR_NO_LINK;
        return 0;
    }
    w.end = start + (room < MSGR_DATAGRAM_MAX ? room : MSGR_DATAGRAM_MAX);
    m->last = (struct msgr_last_output){
        .link = (int8_t)number, .order = next_order(&w), .had_mark = !w.link->mark_sent};
    if (!put_mark(&w)) {
        return 0;
    }
    const uint8_t *frames = w.at;
    write_link_frames(&w);
    if (w.link->state == MSGR_LINK_PROVED) {
        write_peer_frames(&w);
    }
    if (!w.is_short && w.link->state != MSGR_LINK_OVER) {
        m->dirty &= ~(1u << number);
    }
    if (w.at == frames) {
        return 0;
    }
    w.link->mark_sent = true;
    return (size_t)(w.at - start);
}

void msgr_link_unsent(struct msgr *m, int number)
{
    struct msgr_link *link = msgr_link_of(m, number);
    const unsigned of_peer = MSGR_DUE_OPEN | MSGR_DUE_ACK | MSGR_DUE_PROBE | MSGR_DUE_FLOOR;

    if (link == NULL || m->last.link != number) {
        return;
    }
    link->due |= (uint16_t)(m->last.due & ~of_peer);
    link->mark_sent = link->mark_sent && !m->last.had_mark;
    if (link->state == MSGR_LINK_PROVED) {
        struct msgr_peer *peer = &m->peers[link->peer];
        peer->due |= (uint16_t)(m->last.due & of_peer);
        msgr_send_lose_since(&peer->sent, m->last.order);
    }
    m->last.link = MSGR_NO_LINK;
    msgr_engine_touch(m, number);
}
