/* SPDX-License-Identifier: BSD-3-Clause */
/* Bytes that came on a link: frames one after the other, each to who it is for. */
#include "conversation.h"
#include "exchange.h"
#include "frame_mark.h"
#include "handshake.h"
#include "trace.h"

/* Each of these returns whether the frame was of use; if not, it has been counted. */

static bool handle_conversation(struct msgr *m, struct msgr_link *link,
                                const struct msgr_frame *frame)
{
    struct msgr_peer *peer = msgr_conversation_of(m, link, frame);

    if (peer == NULL) {
        return false;
    }
    peer->ack_link = (int8_t)msgr_link_index(m, link);
    if (peer->due != 0) {
        msgr_engine_touch(m, peer->ack_link);
    }
    switch (frame->type) {
    case MSGR_FRAME_DATA:
        return msgr_exchange_on_data(m, peer, frame);
    case MSGR_FRAME_ACK:
        return msgr_exchange_on_ack(m, peer, frame);
    default:
        return msgr_exchange_on_floor(m, peer, frame);
    }
}

static bool handle_on_proved(struct msgr *m, struct msgr_link *link, const struct msgr_frame *frame)
{
    union {
        struct msgr_open_frame open;
        struct msgr_accept accept;
        uint32_t id;
    } body;

    switch (frame->type) {
    case MSGR_FRAME_OPEN:
        if (!msgr_open_parse(&body.open, frame)) {
            break;
        }
        return msgr_conversation_on_open(m, link, &body.open);
    case MSGR_FRAME_ACCEPT:
        if (!msgr_accept_parse(&body.accept, frame)) {
            break;
        }
        msgr_conversation_on_accept(m, link, &body.accept);
        return true;
    default:
        if (!msgr_frame_id(&body.id, frame)) {
            break;
        }
        msgr_conversation_on_reset(m, link, body.id);
        return true;
    }
    m->stats.drop_malformed++;
    return false;
}

static bool handle_on_any(struct msgr *m, struct msgr_link *link, const struct msgr_frame *frame)
{
    union {
        struct msgr_hello hello;
        struct msgr_cookie cookie;
        struct msgr_welcome welcome;
        struct msgr_refuse refuse;
    } body;

    switch (frame->type) {
    case MSGR_FRAME_HELLO:
        if (!msgr_hello_parse(&body.hello, frame)) {
            break;
        }
        msgr_handshake_on_hello(m, link, &body.hello);
        return true;
    case MSGR_FRAME_COOKIE:
        if (!msgr_cookie_parse(&body.cookie, frame)) {
            break;
        }
        msgr_handshake_on_cookie(m, link, &body.cookie);
        return true;
    case MSGR_FRAME_WELCOME:
        if (!msgr_welcome_parse(&body.welcome, frame)) {
            break;
        }
        msgr_handshake_on_welcome(m, link, &body.welcome);
        return true;
    case MSGR_FRAME_REFUSE:
        if (!msgr_refuse_parse(&body.refuse, frame)) {
            break;
        }
        msgr_handshake_on_refuse(m, link, &body.refuse);
        return true;
    default:
        msgr_handshake_on_unknown(m, link);
        return true;
    }
    m->stats.drop_malformed++;
    return false;
}

static bool is_of_conversation(uint8_t type)
{
    return type >= MSGR_FRAME_DATA && type <= MSGR_FRAME_FLOOR;
}

/* @return whether the frame was whole and unchanged, or it cannot be told */
static bool handle_frame(struct msgr *m, struct msgr_link *link, const struct msgr_frame *frame)
{
    bool is_proved = link->state == MSGR_LINK_PROVED;
    uint32_t bad = m->stats.drop_check + m->stats.drop_malformed;
    bool is_used = false;

    if (frame->type == 0 || frame->type >= MSGR_FRAME_TYPES) {
        return true;
    }
    if (is_of_conversation(frame->type) && is_proved) {
        is_used = handle_conversation(m, link, frame);
    } else if (frame->type >= MSGR_FRAME_OPEN && !is_proved) {
        m->stats.drop_stranger++;
    } else if (!msgr_frame_check(frame, MSGR_CRC32C_START)) {
        m->stats.drop_check++;
    } else if (frame->type >= MSGR_FRAME_OPEN) {
        is_used = handle_on_proved(m, link, frame);
    } else {
        is_used = handle_on_any(m, link, frame);
    }
    if (is_used) {
        m->stats.frames_in++;
    }
    if (is_used && frame->type >= MSGR_FRAME_OPEN) {
        link->heard_ms = m->now_ms;
    }
    msgr_trace_frame(m, is_used ? MSGR_TRACE_IN : MSGR_TRACE_DROPPED, msgr_link_index(m, link),
                     frame->start, frame->size);
    return m->stats.drop_check + m->stats.drop_malformed == bad;
}

/* The frames of a datagram; a bad one spoils those behind it. */
static void handle_datagram(struct msgr *m, struct msgr_link *link, const uint8_t *data,
                            size_t size)
{
    struct msgr_frame frame;

    if (size < MSGR_MARK_SIZE || size > MSGR_DATAGRAM_MAX ||
        msgr_frame_mark(data, size) != MSGR_FRAME_MARK_PRESENT || data[3] != MSGR_VERSION) {
        m->stats.drop_malformed++;
        return;
    }
    for (size_t at = MSGR_MARK_SIZE; at < size && link->state != MSGR_LINK_OVER; at += frame.size) {
        if (msgr_frame_parse(&frame, data + at, size - at) != MSGR_FRAME_WHOLE) {
            m->stats.drop_malformed++;
            return;
        }
        if (!handle_frame(m, link, &frame)) {
            return;
        }
    }
}

/* The mark at a stream's beginning. @return its bytes that were used */
static size_t handle_mark(struct msgr *m, struct msgr_link *link, const uint8_t *data, size_t size)
{
    if (size < MSGR_MARK_SIZE) {
        return 0;
    }
    if (msgr_frame_mark(data, size) != MSGR_FRAME_MARK_PRESENT || data[3] != MSGR_VERSION) {
        m->stats.drop_malformed++;
        msgr_handshake_break(m, link);
        return size;
    }
    link->mark_came = true;
    return MSGR_MARK_SIZE;
}

static size_t handle_stream(struct msgr *m, struct msgr_link *link, const uint8_t *data,
                            size_t size)
{
    size_t used = link->mark_came ? 0 : handle_mark(m, link, data, size);
    struct msgr_frame frame;

    while (link->mark_came && link->state != MSGR_LINK_OVER) {
        enum msgr_frame_result result = msgr_frame_parse(&frame, data + used, size - used);

        if (result == MSGR_FRAME_PARTIAL) {
            return used;
        }
        if (result == MSGR_FRAME_MALFORMED) {
            m->stats.drop_malformed++;
        }
        if (result == MSGR_FRAME_MALFORMED || !handle_frame(m, link, &frame)) {
            msgr_handshake_break(m, link);
            return size;
        }
        used += frame.size;
    }
    return link->state == MSGR_LINK_OVER ? size : used;
}

size_t msgr_link_input(struct msgr *m, int number, uint32_t now_ms, const void *data, size_t size)
{
    struct msgr_link *link = msgr_link_of(m, number);

    msgr_tick(m, now_ms);
    if (link == NULL || link->state == MSGR_LINK_OVER) {
        return size;
    }
    if (link->kind == MSGR_LINK_STREAM) {
        return handle_stream(m, link, data, size);
    }
    handle_datagram(m, link, data, size);
    return size;
}
