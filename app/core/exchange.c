/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is to be sent is never queued: it follows from the windows, and from `due` for ACK and
 * FLOOR. So a frame that came changes state, and output.c renders what the state says then.
 */
#include "exchange.h"

#include "conversation.h"
#include "peer.h"
#include "serial.h"
#include "timers.h"

#define PROBES_IGNORED 3    /* then another link is tried */
#define FRAGMENTS_MAX  1024 /* payload of the fragments that a probe repeats */

/* ---- outcomes ---- */

static void count_outcome(struct msgr_stats *stats, enum msgr_out_state state)
{
    if (state == MSGR_OUT_DELIVERED) {
        stats->delivered++;
    } else if (state == MSGR_OUT_NOT_DELIVERED) {
        stats->not_delivered++;
    } else {
        stats->unknown++;
    }
}

void msgr_exchange_finish(struct msgr *m, struct msgr_peer *peer, uint16_t message,
                          enum msgr_out_state state, enum msgr_reason reason)
{
    msgr_outbox_finish(&peer->outbox, &m->pool, &m->outcomes, message, state, reason);
    count_outcome(&m->stats, state);
}

static void finish_delivered(struct msgr *m, struct msgr_peer *peer)
{
    while (peer->outbox.first != peer->outbox.cursor) {
        const struct msgr_out_record *record = &m->pool.slot[peer->outbox.first].out;
        uint32_t end = record->first + msgr_outbox_fragments(record->size, peer->current.fragment);

        if (msgr_serial_before(peer->sent.taken, end)) {
            break;
        }
        msgr_exchange_finish(m, peer, peer->outbox.first, MSGR_OUT_DELIVERED, MSGR_REASON_NONE);
    }
}

void msgr_exchange_check_cursor(struct msgr *m, struct msgr_peer *peer)
{
    uint32_t longest = msgr_conversation_message_max(peer);

    while (peer->is_open && peer->outbox.cursor != MSGR_NO_SLOT && peer->outbox.cursor_index == 0 &&
           m->pool.slot[peer->outbox.cursor].out.size > longest) {
        msgr_exchange_finish(m, peer, peer->outbox.cursor, MSGR_OUT_NOT_DELIVERED,
                             MSGR_REASON_TOO_LONG);
    }
}

static void send_floor(struct msgr *m, struct msgr_peer *peer)
{
    if (msgr_send_has_floor(&peer->sent)) {
        peer->due |= MSGR_DUE_FLOOR;
        msgr_engine_touch(m, peer->link);
    }
}

void msgr_exchange_give_up(struct msgr *m, struct msgr_peer *peer, uint16_t message,
                           enum msgr_reason reason)
{
    bool is_cut = message == peer->outbox.cursor;

    if (m->pool.slot[message].out.state == MSGR_OUT_QUEUED) {
        msgr_exchange_finish(m, peer, message, MSGR_OUT_NOT_DELIVERED, reason);
    } else {
        msgr_send_give_up(&peer->sent, message, is_cut);
        msgr_exchange_finish(m, peer, message, MSGR_OUT_UNKNOWN, reason);
        send_floor(m, peer);
        msgr_exchange_await(m, peer);
    }
    msgr_engine_touch(m, peer->link);
}

/* ---- receiving ---- */

void msgr_exchange_ack_now(struct msgr *m, struct msgr_peer *peer, unsigned due)
{
    if ((due & MSGR_DUE_PROBE) != 0) {
        peer->ack_link = peer->link;
    }
    peer->due |= (uint16_t)due;
    msgr_engine_touch(m, peer->ack_link);
}

/* The timer is set by output that has no ACK. Most have: to set it here would wake the transport up
 * for nothing. */
static void ack_soon(struct msgr *m, struct msgr_peer *peer)
{
    if (peer->unconfirmed == 0) {
        peer->timer[MSGR_TIMER_ACK] = m->now_ms + MSGR_ACK_DELAY_MS;
    }
    peer->unconfirmed++;
    peer->ack_changed = true;
    if (peer->unconfirmed >= 2) {
        msgr_exchange_ack_now(m, peer, MSGR_DUE_ACK);
    } else {
        msgr_engine_touch(m, peer->ack_link);
    }
}

bool msgr_exchange_on_data(struct msgr *m, struct msgr_peer *peer, const struct msgr_frame *frame)
{
    struct msgr_data data;

    if (!msgr_data_parse(&data, frame) || data.size > 1u << peer->current.fragment) {
        m->stats.drop_malformed++;
        return false;
    }
    switch (msgr_receive_fragment(&peer->received, &m->pool, &data, frame->flags, m->message_max)) {
    case MSGR_RECEIVE_IN_ORDER:
        ack_soon(m, peer);
        break;
    case MSGR_RECEIVE_GAP:
        msgr_exchange_ack_now(m, peer, MSGR_DUE_ACK);
        break;
    case MSGR_RECEIVE_DUPLICATE:
        m->stats.duplicates++;
        peer->has_duplicate = true;
        msgr_exchange_ack_now(m, peer, MSGR_DUE_ACK);
        break;
    case MSGR_RECEIVE_BEYOND:
        m->stats.drop_limit++;
        return false;
    }
    msgr_engine_tell(m, peer);
    return true;
}

bool msgr_exchange_on_floor(struct msgr *m, struct msgr_peer *peer, const struct msgr_frame *frame)
{
    uint32_t floor;

    if (!msgr_floor_parse(&floor, frame)) {
        m->stats.drop_malformed++;
        return false;
    }
    if (!msgr_receive_floor(&peer->received, &m->pool, floor, m->message_max)) {
        m->stats.drop_limit++;
        return false;
    }
    msgr_exchange_ack_now(m, peer, MSGR_DUE_ACK);
    msgr_engine_tell(m, peer);
    return true;
}

void msgr_exchange_taken(struct msgr *m, struct msgr_peer *peer)
{
    msgr_receive_taken(&peer->received, &m->pool);
    peer->ack_changed = true;
    msgr_exchange_ack_now(m, peer, MSGR_DUE_ACK);
}

/* ---- sending ---- */

bool msgr_exchange_has_data(const struct msgr *m, const struct msgr_peer *peer)
{
    bool has_new = peer->outbox.cursor != MSGR_NO_SLOT && msgr_send_has_room(&peer->sent);

    if ((peer->sent.lost == 0 && !has_new) || peer->is_unsure || !msgr_peer_is_up(peer)) {
        return false;
    }
    return !msgr_peer_is_on_datagrams(m, peer) || peer->sent.in_flight < peer->congestion.window ||
           (peer->is_probing && peer->sent.lost > 0);
}

/* Something that only the peer can tell. */
static bool is_awaited(const struct msgr_peer *peer)
{
    return peer->is_awaiting || peer->sent.in_flight + peer->sent.lost > 0 ||
           peer->outbox.first != peer->outbox.cursor || msgr_send_has_floor(&peer->sent) ||
           (peer->outbox.cursor != MSGR_NO_SLOT && msgr_send_is_limited(&peer->sent));
}

void msgr_exchange_await(struct msgr *m, struct msgr_peer *peer)
{
    uint32_t ms = m->heartbeat_ms;

    if (!msgr_peer_is_up(peer) || !is_awaited(peer)) {
        msgr_timer_clear(peer, MSGR_TIMER_PROBE);
        return;
    }
    if (msgr_peer_is_on_datagrams(m, peer)) {
        ms = msgr_round_trip_probe_ms(&peer->trip, peer->fired, m->heartbeat_ms);
    }
    msgr_timer_set(m, peer, MSGR_TIMER_PROBE, ms);
}

void msgr_exchange_path_changed(struct msgr *m, struct msgr_peer *peer)
{
    peer->trip = (struct msgr_round_trip){0};
    peer->fired = 0;
    peer->is_probing = false;
    peer->ack_changed = true;
    msgr_congestion_start(&peer->congestion, peer->sent.order);
    msgr_send_lose_all(&peer->sent);
    msgr_timer_clear(peer, MSGR_TIMER_LOSS);
    msgr_timer_clear(peer, MSGR_TIMER_PROBE);
    if (msgr_peer_is_up(peer)) {
        send_floor(m, peer);
        msgr_engine_touch(m, peer->link);
    }
}

static void detect_losses(struct msgr *m, struct msgr_peer *peer)
{
    struct msgr_send_loss loss;

    if (!msgr_peer_is_on_datagrams(m, peer) || peer->sent.in_flight == 0) {
        msgr_timer_clear(peer, MSGR_TIMER_LOSS);
        return;
    }
    msgr_send_detect(&peer->sent, msgr_round_trip_window_ms(&peer->trip), m->now_ms, &loss);
    if (loss.is_any) {
        msgr_congestion_lost(&peer->congestion, loss.order, peer->sent.order);
        msgr_engine_touch(m, peer->link);
    }
    if (loss.is_due) {
        msgr_timer_set(m, peer, MSGR_TIMER_LOSS, loss.due_ms);
    } else {
        msgr_timer_clear(peer, MSGR_TIMER_LOSS);
    }
}

static void make_progress(struct msgr *m, struct msgr_peer *peer, const struct msgr_send_news *news)
{
    peer->fired = 0;
    if (news->acknowledged > 0) {
        msgr_congestion_acknowledged(&peer->congestion, news->acknowledged);
    }
    if (news->has_sample) {
        msgr_round_trip_sample(&peer->trip, news->sample_ms);
    }
    detect_losses(m, peer);
    finish_delivered(m, peer);
    if (msgr_send_floor(&peer->sent) != peer->sent.floor_told) {
        send_floor(m, peer);
    }
}

bool msgr_exchange_on_ack(struct msgr *m, struct msgr_peer *peer, const struct msgr_frame *frame)
{
    struct msgr_ack ack;
    struct msgr_send_news news;

    if (!msgr_ack_parse(&ack, frame)) {
        m->stats.drop_malformed++;
        return false;
    }
    if (!msgr_send_acknowledge(&peer->sent, &peer->outbox, &m->pool, &ack, m->now_ms,
                               peer->trip.smoothed / 16, &news)) {
        m->stats.drop_limit++;
        return false;
    }
    if ((frame->flags & MSGR_ACK_PROBE) != 0) {
        msgr_exchange_ack_now(m, peer, MSGR_DUE_ACK);
    }
    if ((frame->flags & MSGR_ACK_DUPLICATE) != 0) {
        m->stats.needless++;
    }
    if (news.is_progress) {
        make_progress(m, peer, &news);
    }
    peer->is_awaiting = false;
    peer->is_unsure = false;
    msgr_engine_touch(m, peer->link); /* there may be room, or what was held back */
    if (news.is_progress) {
        msgr_exchange_await(m, peer);
    } else if (!is_awaited(peer)) {
        msgr_timer_clear(peer, MSGR_TIMER_PROBE);
    }
    return true;
}

/* ---- time ---- */

static void probe(struct msgr *m, struct msgr_peer *peer)
{
    if (!is_awaited(peer) || !msgr_peer_is_up(peer)) {
        return;
    }
    peer->fired = (uint8_t)(peer->fired + (peer->fired < UINT8_MAX));
    if (peer->fired == 2 && peer->sent.in_flight > 0) {
        msgr_congestion_collapse(&peer->congestion);
    }
    if (peer->fired >= PROBES_IGNORED) {
        msgr_peer_try_another_link(m, peer);
    }
    send_floor(m, peer);
    if (msgr_send_lose_oldest(&peer->sent, FRAGMENTS_MAX >> peer->current.fragment)) {
        peer->is_probing = true;
        msgr_engine_touch(m, peer->link);
    } else if (!msgr_send_has_floor(&peer->sent)) {
        msgr_exchange_ack_now(m, peer, MSGR_DUE_ACK | MSGR_DUE_PROBE);
    }
    msgr_exchange_await(m, peer);
}

void msgr_exchange_probe_link(struct msgr *m, struct msgr_peer *peer, int link)
{
    if (!peer->is_open) {
        return;
    }
    peer->ack_link = (int8_t)link;
    peer->due |= MSGR_DUE_ACK | MSGR_DUE_PROBE;
    msgr_engine_touch(m, link);
    if (link == peer->link) {
        peer->is_awaiting = true;
        if (!msgr_timer_is_set(peer, MSGR_TIMER_PROBE)) {
            msgr_exchange_await(m, peer);
        }
    }
}

static void expire(struct msgr *m, struct msgr_peer *peer)
{
    uint16_t message = peer->outbox.first;
    uint32_t soonest_ms = MSGR_NEVER;

    while (message != MSGR_NO_SLOT) {
        uint16_t next = m->pool.slot[message].next_message;
        int32_t left_ms = msgr_serial_distance(m->pool.slot[message].out.deadline_ms, m->now_ms);

        if (left_ms <= 0) {
            msgr_exchange_give_up(m, peer, message, MSGR_REASON_DEADLINE);
        } else if ((uint32_t)left_ms < soonest_ms) {
            soonest_ms = (uint32_t)left_ms;
        }
        message = next;
    }
    msgr_exchange_check_cursor(m, peer);
    if (soonest_ms != MSGR_NEVER) {
        msgr_timer_set(m, peer, MSGR_TIMER_DEADLINE, soonest_ms);
    }
}

void msgr_exchange_on_timer(struct msgr *m, struct msgr_peer *peer, enum msgr_timer timer)
{
    switch (timer) {
    case MSGR_TIMER_ACK:
        msgr_exchange_ack_now(m, peer, MSGR_DUE_ACK);
        break;
    case MSGR_TIMER_LOSS:
        detect_losses(m, peer);
        break;
    case MSGR_TIMER_PROBE:
        probe(m, peer);
        break;
    case MSGR_TIMER_DEADLINE:
        expire(m, peer);
        break;
    default:
        break;
    }
}
