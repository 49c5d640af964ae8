/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What it sends is answered before initiator_sends() returns, and taken in the next time.
 * Over TCP its acknowledgements ride on its own segments, which are as long as they can be.
 */
#include "initiator.h"

#include "peer.h"
#include "random.h"
#include "require.h"
#include "stack.h"

#include "msgr/link.h"

#include <string.h>

#define PEERS  4
#define POOL   (MSGR_AMPLE(PEERS) + 64 * MSGR_FRAGMENT) /* 32 of one slot, each way */
#define MSS    1460
#define STREAM 8192

unsigned long initiator_done;

static struct {
    struct peer peer; /* the packets */
    bool is_stream;
    bool is_framed;
    size_t size; /* of what is to go to the stream */
    uint8_t stream[STREAM];
    bool has_come; /* something that no segment has acknowledged yet */
    /* framed */
    struct msgr *m;
    int link;
    int to;
} end;

static const uint8_t message[INITIATOR_SIZE];

/* ---- packets ------------------------------------------------------------------------------- */

static void put_out(const void *data, size_t size)
{
    if (end.is_stream) {
        require(end.size + size <= STREAM, "too much at once");
        memcpy(end.stream + end.size, data, size);
        end.size += size;
    } else {
        peer_datagram(&end.peer, data, size);
    }
}

static void put_out_stream(void)
{
    for (size_t at = 0; at < end.size; at += MSS) {
        size_t size = end.size - at < MSS ? end.size - at : MSS;
        peer_segment(&end.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, end.stream + at, size);
    }
    if (end.has_come && end.size == 0) {
        peer_ack(&end.peer);
    }
    end.size = 0;
}

/* ---- what came ----------------------------------------------------------------------------- */

/* @return how many of the bytes were used */
static size_t take(const void *data, size_t size)
{
    if (end.is_framed) {
        return msgr_link_input(end.m, end.link, stack_now(), data, size);
    }
    initiator_done += size / INITIATOR_SIZE;
    return size / INITIATOR_SIZE * INITIATOR_SIZE;
}

/* @return whether there was anything */
static bool take_stream(void)
{
    struct peer *peer = &end.peer;
    size_t used = peer->received > 0 ? take(peer->data, peer->received) : 0;
    bool has_come = peer->received > 0;

    peer->received -= used;
    memmove(peer->data, peer->data + used, peer->received);
    require(!peer->has_reset && !peer->has_fin, "the connection is gone");
    return has_come;
}

static void take_datagrams(void)
{
    while (peer_take_datagram(&end.peer)) {
        (void)take(end.peer.data, end.peer.received);
    }
}

/* ---- the engine ---------------------------------------------------------------------------- */

static void pull(void)
{
    struct msgr_event event;

    while (msgr_next(end.m, &event)) {
        if (event.type == MSGR_EVENT_PEER_UP) {
            end.to = event.peer;
        } else if (event.type == MSGR_EVENT_OUTCOME) {
            require(event.outcome == MSGR_OUTCOME_DELIVERED, "a message was not delivered");
            initiator_done++;
        }
    }
}

static void render(void)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size;

    while ((size = msgr_link_output(end.m, end.link, stack_now(), data, sizeof data)) > 0) {
        put_out(data, size);
    }
}

static void open_engine(void)
{
    MSGR_STORAGE(memory, PEERS, POOL);
    struct msgr_config config = {.name = "initiator",
                                 .identity = 1,
                                 .boot = 1,
                                 .now_ms = stack_now(),
                                 .peers = PEERS,
                                 .random = bench_random};

    require(msgr_open(&end.m, memory, sizeof memory, &config) == 0, "no engine");
    end.link = msgr_link_connect(end.m, stack_now(),
                                 end.is_stream ? MSGR_LINK_STREAM : MSGR_LINK_DATAGRAM);
    end.to = -1;
}

/* ---- turns --------------------------------------------------------------------------------- */

void initiator_open(bool is_stream, bool is_framed)
{
    end.is_stream = is_stream;
    end.is_framed = is_framed;
    peer_open(&end.peer, false);
    if (is_stream) {
        require(peer_connect(&end.peer), "no connection");
    }
    if (is_framed) {
        open_engine();
    }
}

bool initiator_is_up(void)
{
    return !end.is_framed || end.to >= 0;
}

static void begin_message(void)
{
    if (!end.is_framed) {
        put_out(message, sizeof message);
    } else {
        require(msgr_send(end.m, end.to, message, sizeof message, 0) > 0,
                "a message was not accepted");
    }
}

void initiator_takes(void)
{
    if (end.is_framed) {
        msgr_tick(end.m, stack_now());
    }
    if (end.is_stream) {
        end.has_come = take_stream();
    } else {
        take_datagrams();
    }
    if (end.is_framed) {
        pull();
    }
}

void initiator_sends(unsigned begin)
{
    for (; begin > 0; begin--) {
        begin_message();
    }
    if (end.is_framed) {
        render();
    }
    if (end.is_stream) {
        put_out_stream();
    }
}
