/* SPDX-License-Identifier: BSD-3-Clause */
/* Links as the transport sees them: they come, go, and are asked about. */
#include "bytes.h"
#include "exchange.h"
#include "frame_mark.h"
#include "handshake.h"
#include "peer.h"
#include "secret.h"
#include "timers.h"

#include <string.h>

#define ACCEPTED_MS 5000 /* in which HELLO is to come */

static struct msgr_link *take_link(struct msgr *m, enum msgr_link_kind kind)
{
    for (int i = 0; i < m->link_count; i++) {
        struct msgr_link *link = &m->links[i];

        if (link->state == MSGR_LINK_FREE) {
            *link = (struct msgr_link){
                .state = MSGR_LINK_WAITING, .kind = (uint8_t)kind, .peer = MSGR_NO_PEER};
            return link;
        }
    }
    return NULL;
}

int msgr_link_connect(struct msgr *m, uint32_t now_ms, enum msgr_link_kind kind)
{
    struct msgr_link *link;

    msgr_tick(m, now_ms);
    link = take_link(m, kind);
    if (link == NULL) {
        return MSGR_ERROR_FULL;
    }
    link->is_initiator = true;
    link->address[0] = msgr_secret_random32(m); /* no cookie of another link is good here */
    link->address[1] = msgr_secret_random32(m);
    msgr_handshake_begin(m, link);
    return msgr_link_index(m, link);
}

/* Silent ones keep nobody from being called, or from saying HELLO over UDP. */
static bool has_place_for_silent_stream(const struct msgr *m)
{
    int silent = 0;

    for (int i = 0; i < m->link_count; i++) {
        silent += m->links[i].state == MSGR_LINK_WAITING;
    }
    return silent < (m->link_count + 1) / 2;
}

int msgr_link_accept(struct msgr *m, uint32_t now_ms)
{
    struct msgr_link *link;

    msgr_tick(m, now_ms);
    link = has_place_for_silent_stream(m) ? take_link(m, MSGR_LINK_STREAM) : NULL;
    if (link == NULL) {
        return MSGR_ERROR_FULL;
    }
    msgr_timer_set_link(m, link, ACCEPTED_MS);
    return msgr_link_index(m, link);
}

void msgr_link_down(struct msgr *m, int number, uint32_t now_ms)
{
    struct msgr_link *link = msgr_link_of(m, number);

    msgr_tick(m, now_ms);
    if (link == NULL) {
        return;
    }
    int peer = link->state == MSGR_LINK_PROVED ? link->peer : MSGR_NO_PEER;
    *link = (struct msgr_link){.state = MSGR_LINK_FREE, .peer = MSGR_NO_PEER};
    m->dirty &= ~(1u << number);
    m->last.link = MSGR_NO_LINK;
    if (peer != MSGR_NO_PEER) {
        msgr_peer_link_down(m, &m->peers[peer], number, MSGR_REASON_LINK);
    }
}

bool msgr_link_is_over(const struct msgr *m, int number)
{
    const struct msgr_link *link = msgr_link_of(m, number);

    return link == NULL || link->state == MSGR_LINK_OVER;
}

enum msgr_reason msgr_link_reason(const struct msgr *m, int number)
{
    const struct msgr_link *link = msgr_link_of(m, number);

    return link != NULL ? link->reason : MSGR_REASON_NONE;
}

int msgr_link_peer(const struct msgr *m, int number)
{
    const struct msgr_link *link = msgr_link_of(m, number);

    if (link == NULL || link->state != MSGR_LINK_PROVED) {
        return MSGR_ERROR_PEER;
    }
    return msgr_peer_handle(m, &m->peers[link->peer]);
}

int msgr_link_pending(const struct msgr *m, int link)
{
    uint32_t rest = link + 1 < m->link_count ? m->dirty >> (link + 1) : 0;

    return rest != 0 ? link + 1 + msgr_lowest_bit(rest) : MSGR_NO_LINK;
}

/* ---- strangers ---- */

/* An answer of one frame, with the mark; the frame ends at `end`. */
static size_t answer_size_to(const uint8_t *answer, const uint8_t *end)
{
    return (size_t)(end - answer);
}

static size_t answer_unknown(uint8_t *answer)
{
    return answer_size_to(answer, msgr_unknown_write(msgr_frame_put_mark(answer)));
}

static size_t answer_cookie(const struct msgr *m, uint8_t *answer, const uint32_t address[2],
                            const struct msgr_hello *hello)
{
    uint8_t bytes[MSGR_COOKIE_SIZE];
    struct msgr_cookie cookie = {.token = hello->token, .cookie = bytes};

    msgr_secret_cookie(m, address, hello, bytes);
    return answer_size_to(answer, msgr_cookie_write(msgr_frame_put_mark(answer), &cookie));
}

static size_t answer_refuse(struct msgr *m, uint8_t *answer, const struct msgr_hello *hello,
                            int code)
{
    struct msgr_refuse refuse = {.token = hello->token,
                                 .code = (uint8_t)code,
                                 .lowest = MSGR_VERSION,
                                 .highest = MSGR_VERSION};

    m->stats.refused++;
    return answer_size_to(answer, msgr_refuse_write(msgr_frame_put_mark(answer), &refuse));
}

/* The address is proved: who is there? @return the link, or why not, negative enum msgr_refusal */
static int admit(struct msgr *m, const uint32_t address[2], const struct msgr_hello *hello)
{
    struct msgr_link *link = take_link(m, MSGR_LINK_DATAGRAM);
    int refusal;

    if (link == NULL) {
        return -MSGR_REFUSAL_FULL;
    }
    memcpy(link->address, address, sizeof link->address);
    refusal = msgr_handshake_welcome(m, link, hello);
    if (refusal != 0) {
        link->state = MSGR_LINK_FREE;
        return -refusal;
    }
    return msgr_link_index(m, link);
}

static int greet(struct msgr *m, const uint32_t address[2], const struct msgr_frame *frame,
                 uint8_t *answer, size_t *answer_size)
{
    struct msgr_hello hello;
    int link;

    if (!msgr_frame_check(frame, MSGR_CRC32C_START)) {
        m->stats.drop_check++;
        return MSGR_ERROR_LINK;
    }
    if (!msgr_hello_parse(&hello, frame)) {
        m->stats.drop_malformed++;
        return MSGR_ERROR_LINK;
    }
    if (!msgr_secret_cookie_is_valid(m, address, &hello)) {
        *answer_size = answer_cookie(m, answer, address, &hello);
        return MSGR_ERROR_LINK;
    }
    link = admit(m, address, &hello);
    if (link < 0) {
        *answer_size = answer_refuse(m, answer, &hello, -link);
        return MSGR_ERROR_LINK;
    }
    return link;
}

static bool belongs_to_a_link(uint8_t type)
{
    return type == MSGR_FRAME_OPEN || type == MSGR_FRAME_ACCEPT ||
           (type >= MSGR_FRAME_DATA && type <= MSGR_FRAME_FLOOR);
}

int msgr_link_stranger(struct msgr *m, uint32_t now_ms, const void *address, size_t address_size,
                       const void *data, size_t size, void *answer, size_t *answer_size)
{
    const uint8_t *bytes = data;
    struct msgr_frame frame;
    uint32_t hash[2];

    msgr_tick(m, now_ms);
    *answer_size = 0;
    if (size < MSGR_MARK_SIZE || size > MSGR_DATAGRAM_MAX ||
        msgr_frame_mark(data, size) != MSGR_FRAME_MARK_PRESENT || bytes[3] != MSGR_VERSION ||
        msgr_frame_parse(&frame, bytes + MSGR_MARK_SIZE, size - MSGR_MARK_SIZE) !=
            MSGR_FRAME_WHOLE) {
        m->stats.drop_malformed++;
        return MSGR_ERROR_LINK;
    }
    if (frame.type == MSGR_FRAME_HELLO) {
        msgr_secret_address(m, address, address_size, hash);
        return greet(m, hash, &frame, answer, answer_size);
    }
    m->stats.drop_stranger++;
    if (belongs_to_a_link(frame.type)) {
        *answer_size = answer_unknown(answer);
    }
    return MSGR_ERROR_LINK;
}
