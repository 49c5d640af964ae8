/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What an engine consists of. The parts of the core that act on it each have a header:
 *
 *     peer.h          names, identities, and which link a peer is reached on
 *     handshake.h     links: HELLO, COOKIE, WELCOME, REFUSE, UNKNOWN
 *     conversation.h  OPEN, ACCEPT, RESET: how conversations begin and end
 *     exchange.h      DATA, ACK, FLOOR: what they carry
 *     timers.h        time
 *
 * msgr.h's functions are in engine.c (begin), send.c, events.c and code_text.c; link.h's in
 * links.c, input.c, output.c and timers.c.
 */
#ifndef MSGR_CORE_ENGINE_H
#define MSGR_CORE_ENGINE_H

#include "congestion.h"
#include "half_sip_hash.h"
#include "outbox.h"
#include "receive_window.h"
#include "round_trip.h"
#include "send_window.h"

#include "msgr/link.h"

#define MSGR_NO_LINK (-1)
#define MSGR_NO_PEER (-1)

enum msgr_link_state {
    MSGR_LINK_FREE,
    MSGR_LINK_WAITING, /* accepted; HELLO has not come */
    MSGR_LINK_HELLO,   /* initiator; not welcomed yet */
    MSGR_LINK_PROVED,
    MSGR_LINK_OVER, /* the transport is to close it */
};

/* Handshake frames that are to be sent on a link, as bits. */
#define MSGR_DUE_HELLO   0x01u
#define MSGR_DUE_COOKIE  0x02u
#define MSGR_DUE_WELCOME 0x04u
#define MSGR_DUE_REFUSE  0x08u
#define MSGR_DUE_ACCEPT  0x10u
#define MSGR_DUE_RESET   0x20u
/* And of the peer that is reached on it. */
#define MSGR_DUE_OPEN  0x40u
#define MSGR_DUE_ACK   0x80u
#define MSGR_DUE_PROBE 0x100u
#define MSGR_DUE_FLOOR 0x200u

struct msgr_link {
    uint64_t token;                          /* of our HELLO */
    uint64_t peer_token;                     /* of the HELLO that we have welcomed */
    uint64_t answer_token;                   /* what COOKIE or REFUSE is about */
    uint32_t address[2];                     /* a hash of the other end's, for cookies */
    uint8_t cookie[MSGR_COOKIE_SIZE];        /* that the peer gave us at cookie_ms */
    uint8_t answer_cookie[MSGR_COOKIE_SIZE]; /* that we give the peer */
    uint32_t cookie_ms;
    uint32_t begun_ms; /* when our token was drawn */
    uint32_t heard_ms; /* when something last came */
    uint32_t reset_id;
    uint32_t at_ms; /* timer: of HELLO, of waiting, of a sign of life */
    uint16_t due;
    uint8_t state;
    uint8_t kind;
    uint8_t reason;
    uint8_t refusal;
    uint8_t attempts;
    int8_t peer;
    bool is_initiator;
    bool has_cookie;
    bool has_timer;
    bool mark_came;
    bool mark_sent;
};

/** One pair of nonces, and what was agreed with it. */
struct msgr_incarnation {
    uint64_t nonce;
    uint64_t peer_nonce;
    uint32_t id;      /* of frames to us */
    uint32_t peer_id; /* of frames to the peer */
    uint32_t prefix;  /* the check's state after the nonces */
    uint8_t fragment; /* exponent, of both ends' the smaller */
    struct msgr_limits theirs;
};

enum msgr_next_state {
    MSGR_NEXT_NONE,
    MSGR_NEXT_OPENING,   /* opener: OPEN is out */
    MSGR_NEXT_CANDIDATE, /* accepter: ACCEPT is out */
};

enum msgr_timer {
    MSGR_TIMER_ACK,
    MSGR_TIMER_LOSS,
    MSGR_TIMER_PROBE,
    MSGR_TIMER_DEADLINE, /* the earliest of its messages, or before */
    MSGR_TIMER_OPEN,

    MSGR_TIMERS
};

struct msgr_peer {
    uint64_t identity; /* 0: not met */
    struct msgr_incarnation current;
    struct msgr_incarnation next;
    uint32_t timer[MSGR_TIMERS];
    uint32_t conversations; /* counts them, so that a lent message is known to be of this one */
    uint16_t generation;    /* of the record; 0: never used */
    uint16_t wanted;        /* slots that msgr_send() lacked; 0: none */
    uint16_t due;
    uint8_t timers; /* which are set, as bits */
    uint8_t next_state;
    uint8_t fired;       /* probe time-outs in a row */
    uint8_t attempts;    /* of OPEN */
    uint8_t unconfirmed; /* fragments that no ACK has confirmed to the peer */
    uint8_t down_reason;
    int8_t link;     /* on which frames are sent */
    int8_t ack_link; /* on which ACKs are: where what they answer came from */
    bool is_open;
    bool is_awaiting;   /* an answer to a probe, that is not needed for anything else */
    bool is_unsure;     /* there was no link: does the peer still know the conversation? */
    bool ack_changed;   /* since the last ACK */
    bool has_duplicate; /* has come since the last ACK */
    bool is_probing;    /* one datagram of lost fragments may leave beyond the congestion window */
    bool told_up;
    bool accepts_again;           /* ACCEPT is for the conversation, not for the candidate */
    bool down_pending;            /* it went down since the application was told that it is up */
    char name[MSGR_NAME_MAX + 1]; /* empty: the record is free */
    struct msgr_round_trip trip;
    struct msgr_congestion congestion;
    struct msgr_outbox outbox;
    struct msgr_receive_window received;
    struct msgr_send_window sent;
};

/** What msgr_link_output() gave last, so that it can be taken back. */
struct msgr_last_output {
    int8_t link;
    uint16_t due;   /* what it consisted of */
    uint32_t order; /* of its first fragment */
    bool had_mark;
};

struct msgr {
    struct msgr_pool pool;
    struct msgr_peer *peers;
    struct msgr_link *links;
    uint8_t *assembly; /* message_max bytes: a message of several fragments, lent */
    struct msgr_trace *trace;
    void (*random)(void *ctx, void *data, size_t size);
    void (*wake)(void *ctx);
    void *ctx;
    uint64_t identity;
    uint64_t boot;
    uint32_t nonces; /* drawn so far */
    uint32_t now_ms;
    uint32_t due_ms; /* no timer is earlier, if has_due */
    uint32_t heartbeat_ms;
    uint32_t message_max;
    uint32_t dirty;    /* links with something to send, perhaps; as bits */
    uint32_t eventful; /* peers with something to tell, perhaps */
    uint32_t wanting;  /* peers that are waiting for room */
    uint32_t lent_conversation;
    int32_t handles; /* drawn so far */
    struct msgr_outcomes outcomes;
    uint16_t lent_slot; /* of the message that the application has, or MSGR_NO_SLOT */
    bool lent_copy;     /* it has it in `assembly` */
    uint8_t peer_count;
    uint8_t link_count;
    int8_t lent_peer;
    int8_t told_peer; /* who was told of last */
    bool has_due;
    uint8_t secret[MSGR_HALF_SIP_HASH_KEY_SIZE]; /* of cookies */
    char name[MSGR_NAME_MAX + 1];
    struct msgr_last_output last;
    struct msgr_stats stats; /* those that are counted */
};

static inline int msgr_peer_index(const struct msgr *m, const struct msgr_peer *peer)
{
    return (int)(peer - m->peers);
}

static inline int msgr_link_index(const struct msgr *m, const struct msgr_link *link)
{
    return (int)(link - m->links);
}

/** The number of the lowest bit that is set, in a word that has one. */
static inline int msgr_lowest_bit(uint32_t bits)
{
    int bit = 0;

    for (; (bits & 1) == 0; bits >>= 1) {
        bit++;
    }
    return bit;
}

/** The link of that number, or NULL: there is none. */
static inline struct msgr_link *msgr_link_of(const struct msgr *m, int link)
{
    if (link < 0 || link >= m->link_count || m->links[link].state == MSGR_LINK_FREE) {
        return NULL;
    }
    return &m->links[link];
}

/** The transport has something to do, or to sleep for. */
static inline void msgr_engine_wake(const struct msgr *m)
{
    if (m->wake != NULL) {
        m->wake(m->ctx);
    }
}

/** There is something to send on that link, perhaps. */
static inline void msgr_engine_touch(struct msgr *m, int link)
{
    if (link == MSGR_NO_LINK) {
        return;
    }
    if ((m->dirty >> link & 1) == 0) {
        msgr_engine_wake(m);
    }
    m->dirty |= 1u << link;
}

/** There is something to tell of that peer, perhaps. */
static inline void msgr_engine_tell(struct msgr *m, const struct msgr_peer *peer)
{
    m->eventful |= 1u << msgr_peer_index(m, peer);
}

#endif
