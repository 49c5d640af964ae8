/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages and peers as the application sees them. */
#include "conversation.h"
#include "exchange.h"
#include "name.h"
#include "peer.h"
#include "serial.h"
#include "timers.h"

#include <string.h>

int msgr_peer(struct msgr *m, const char *name)
{
    size_t size = strlen(name);
    struct msgr_peer *peer;

    if (!msgr_name_is_valid(name, size) || strcmp(name, m->name) == 0) {
        return MSGR_ERROR_NAME;
    }
    peer = msgr_peer_named(m, name, size);
    if (peer == NULL) {
        peer = msgr_peer_create(m, name, size);
    }
    return peer != NULL ? msgr_peer_handle(m, peer) : MSGR_ERROR_FULL;
}

int msgr_peer_after(const struct msgr *m, int handle)
{
    int index = handle < 0 ? 0 : handle % MSGR_PEERS_MAX + 1;

    for (; index < m->peer_count; index++) {
        if (m->peers[index].name[0] != '\0') {
            return msgr_peer_handle(m, &m->peers[index]);
        }
    }
    return MSGR_NO_PEER;
}

bool msgr_peer_get(const struct msgr *m, int handle, struct msgr_peer_info *info)
{
    const struct msgr_peer *peer = msgr_peer_of(m, handle);

    if (peer == NULL) {
        return false;
    }
    *info = (struct msgr_peer_info){.identity = peer->identity,
                                    .up = msgr_peer_is_up(peer),
                                    .has_estimate = peer->trip.has_estimate,
                                    .round_trip_ms = peer->trip.smoothed / 8,
                                    .variation_ms = peer->trip.variation / 4,
                                    .queued = peer->outbox.count,
                                    .in_flight = peer->sent.in_flight,
                                    .window = peer->congestion.window,
                                    .link = peer->link};
    memcpy(info->name, peer->name, sizeof info->name);
    return true;
}

static void note_deadline(struct msgr *m, struct msgr_peer *peer, uint32_t deadline_ms)
{
    uint32_t at_ms = m->now_ms + deadline_ms;

    if (!msgr_timer_is_set(peer, MSGR_TIMER_DEADLINE) ||
        msgr_serial_before(at_ms, peer->timer[MSGR_TIMER_DEADLINE])) {
        msgr_timer_set(m, peer, MSGR_TIMER_DEADLINE, deadline_ms);
    }
}

/* Handles count from 1 to INT32_MAX, and again. */
static int32_t draw_handle(struct msgr *m)
{
    m->handles = m->handles < INT32_MAX ? m->handles + 1 : 1;
    return m->handles;
}

static int32_t accept_message(struct msgr *m, struct msgr_peer *peer, const void *data, size_t size,
                              uint32_t deadline_ms)
{
    uint16_t message = msgr_outbox_add(&peer->outbox, &m->pool, data, size);
    int32_t handle = draw_handle(m);

    m->pool.slot[message].out = (struct msgr_out_record){.handle = handle,
                                                         .deadline_ms = m->now_ms + deadline_ms,
                                                         .size = (uint32_t)size,
                                                         .peer = (uint8_t)msgr_peer_index(m, peer),
                                                         .state = MSGR_OUT_QUEUED};
    note_deadline(m, peer, deadline_ms);
    m->stats.sent++;
    msgr_engine_touch(m, peer->link);
    msgr_engine_wake(m);
    return handle;
}

int32_t msgr_send(struct msgr *m, int handle, const void *data, size_t size, uint32_t deadline_ms)
{
    struct msgr_peer *peer = msgr_peer_of(m, handle);

    if (peer == NULL) {
        return MSGR_ERROR_PEER;
    }
    if (deadline_ms > MSGR_DEADLINE_MAX_MS || (data == NULL && size > 0)) {
        return MSGR_ERROR_RANGE;
    }
    if (size > m->message_max || (peer->is_open && size > msgr_conversation_message_max(peer))) {
        return MSGR_ERROR_TOO_LONG;
    }
    uint16_t slots = msgr_outbox_slots(size);
    if (msgr_pool_room(&m->pool, &peer->outbox.quota) < slots) {
        peer->wanted = slots;
        m->wanting |= 1u << msgr_peer_index(m, peer);
        return MSGR_ERROR_FULL;
    }
    return accept_message(m, peer, data, size, deadline_ms != 0 ? deadline_ms : MSGR_DEADLINE_MS);
}

static uint16_t find_message(const struct msgr *m, const struct msgr_peer *peer, int32_t handle)
{
    uint16_t message = peer->outbox.first;

    while (message != MSGR_NO_SLOT && m->pool.slot[message].out.handle != handle) {
        message = m->pool.slot[message].next_message;
    }
    return message;
}

int msgr_cancel(struct msgr *m, int32_t handle)
{
    for (int i = 0; i < m->peer_count; i++) {
        struct msgr_peer *peer = &m->peers[i];
        uint16_t message = peer->name[0] != '\0' ? find_message(m, peer, handle) : MSGR_NO_SLOT;

        if (message != MSGR_NO_SLOT) {
            msgr_exchange_give_up(m, peer, message, MSGR_REASON_CANCELLED);
            msgr_exchange_check_cursor(m, peer);
            return 0;
        }
    }
    return MSGR_ERROR_MESSAGE;
}
