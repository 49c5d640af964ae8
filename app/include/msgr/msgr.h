/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Messages between named nodes, each with one honest outcome: the engine of the framed protocol
 * (SPEC.md, 5 to 15). This header is the application's side; msgr/link.h is the transport's.
 *
 *     MSGR_STORAGE(mem, 4, 16384);
 *
 *     struct msgr *m;
 *     int error = msgr_open(&m, mem, sizeof mem, &(struct msgr_config){
 *         .name = "alice", .identity = chip_id(), .boot = boot_unique(), .random = random_bytes});
 *     ...
 *     msgr_send(m, msgr_peer(m, "bob"), "hello", 5, 0);
 *     ...
 *     for (struct msgr_event event; msgr_next(m, &event);) {
 *         if (event.type == MSGR_EVENT_MESSAGE) {
 *             use(event.data, event.size);
 *         }
 *     }
 *
 * The engine does no I/O, has no clock, no heap and no lock, and calls nobody but the functions
 * given in its configuration. All calls on one engine belong to one context. Time is what the
 * transport last said, in milliseconds of any monotonic clock; it may wrap.
 */
#ifndef MSGR_MSGR_H
#define MSGR_MSGR_H

#include "msgr/opts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An engine; it lies at the beginning of its memory. */
struct msgr;

/** Longest name in bytes, without the terminating zero. */
#define MSGR_NAME_MAX 31

/** Deadlines are at most so far away, in milliseconds. */
#define MSGR_DEADLINE_MAX_MS 86400000

/** What functions return when they fail. Positive values and zero are results. */
enum msgr_error {
    MSGR_ERROR_FULL = -1,     /* normal: no room now; MSGR_EVENT_WRITABLE says when there is */
    MSGR_ERROR_TOO_LONG = -2, /* longer than this node, or this peer, takes */
    MSGR_ERROR_PEER = -3,     /* no such peer (any more) */
    MSGR_ERROR_MESSAGE = -4,  /* no such message, or its outcome is known already */
    MSGR_ERROR_STORAGE = -5,  /* the memory is too small for the configuration, or not aligned */
    MSGR_ERROR_NAME = -6,     /* a name is 1 to 31 bytes of UTF-8 without control characters */
    MSGR_ERROR_IDENTITY = -7, /* the identity is 0 */
    MSGR_ERROR_ENTROPY = -8,  /* no value unique to this start, or no source of random bytes */
    MSGR_ERROR_RANGE = -9,    /* an argument or a configured value is out of its range */
    MSGR_ERROR_LINK = -10,    /* no such link (any more) */
};

/** What became of a message. */
enum msgr_outcome {
    MSGR_OUTCOME_DELIVERED,     /* the receiving application took it */
    MSGR_OUTCOME_NOT_DELIVERED, /* it was never transmitted, and will not be */
    MSGR_OUTCOME_UNKNOWN,       /* it was transmitted, and no answer came */
};

/** Why a message was not delivered, why a peer is down, or why a link was refused. */
enum msgr_reason {
    MSGR_REASON_NONE,
    MSGR_REASON_DEADLINE,   /* message: its time was up */
    MSGR_REASON_CANCELLED,  /* message: msgr_cancel() */
    MSGR_REASON_RESTARTED,  /* message, peer: the other end began anew */
    MSGR_REASON_TOO_LONG,   /* message: longer than the peer takes */
    MSGR_REASON_REPLACED,   /* message, peer: another node has this name now */
    MSGR_REASON_SILENT,     /* peer, link: nothing came for three heartbeat intervals */
    MSGR_REASON_LINK,       /* peer: its last link is gone */
    MSGR_REASON_PROTOCOL,   /* link: the other end broke the rules */
    MSGR_REASON_VERSION,    /* link refused: no common version */
    MSGR_REASON_NAME_TAKEN, /* link refused: another node has that name */
    MSGR_REASON_SELF,       /* link refused: it leads to ourselves, or identities are not unique */
    MSGR_REASON_FULL,       /* link refused: no room for another peer or link */
    MSGR_REASON_MALFORMED,  /* link refused: identity 0 or a bad name */
    MSGR_REASON_SUITE,      /* link refused: no common protection */

    MSGR_REASONS
};

enum msgr_event_type {
    MSGR_EVENT_PEER_UP,   /* peer */
    MSGR_EVENT_PEER_DOWN, /* peer, reason; its messages stay accepted */
    MSGR_EVENT_MESSAGE,   /* peer, data, size */
    MSGR_EVENT_OUTCOME,   /* peer, message, outcome, reason */
    MSGR_EVENT_WRITABLE,  /* peer: msgr_send() was full, and there is room again */
};

struct msgr_event {
    enum msgr_event_type type;
    int peer;
    enum msgr_reason reason;
    int32_t message; /* what msgr_send() returned */
    enum msgr_outcome outcome;
    const void *data; /* lent until the next msgr_next(); aligned as a uint32_t is */
    size_t size;
};

/** What has been counted since msgr_open(). Counters wrap. */
struct msgr_stats {
    uint32_t sent;      /* messages accepted by msgr_send() */
    uint32_t delivered; /* outcomes, by kind */
    uint32_t not_delivered;
    uint32_t unknown;
    uint32_t received;  /* messages handed to the application */
    uint32_t frames_in; /* frames accepted */
    uint32_t frames_out;
    uint32_t retransmitted;  /* fragments sent again */
    uint32_t needless;       /* ... that the peer says it had */
    uint32_t duplicates;     /* fragments that we had */
    uint32_t refused;        /* REFUSE sent */
    uint32_t drop_check;     /* frames dropped: changed on the way, or of another incarnation */
    uint32_t drop_malformed; /* ... that do not follow the layouts */
    uint32_t drop_limit;     /* ... beyond what was granted, or acknowledging what was not sent */
    uint32_t drop_stranger;  /* ... of nobody that we know, or that do not belong there */
    uint16_t slots;          /* of the pool, in all */
    uint16_t slots_used;     /* now */
    uint16_t slots_high;     /* and at most ever */
    uint16_t slots_shared;   /* promised or used beyond what is guaranteed to each peer */
};

/** What is known of one peer. */
struct msgr_peer_info {
    char name[MSGR_NAME_MAX + 1];
    uint64_t identity; /* 0: never met */
    bool up;
    bool has_estimate;      /* the two below mean something */
    uint32_t round_trip_ms; /* smoothed */
    uint32_t variation_ms;
    uint16_t queued;    /* messages without an outcome */
    uint16_t in_flight; /* fragments */
    uint16_t window;    /* congestion window, in fragments */
    int link;           /* on which frames are sent, or -1 */
};

/** A frame that came or went, in the ring of msgr_config.trace. 16 bytes. */
struct msgr_trace_entry {
    uint32_t time_ms;
    uint32_t number; /* DATA's number, ACK's received, FLOOR's floor; else 0 */
    uint16_t size;   /* of the whole frame */
    uint8_t first;   /* the frame's first byte: flags and type */
    uint8_t link;
    uint8_t kind; /* 0: it came, 1: it was sent, 2: it came and was not used */
    uint8_t zero[3];
};

/**
 * The last frames. The caller's memory, and it may survive a reset: what is there is kept if it is
 * whole, and erased if it is not.
 */
#define MSGR_TRACE_ENTRIES 32 /* a power of two */
struct msgr_trace {
    uint32_t magic;
    uint32_t count; /* ever written; the next goes to count % MSGR_TRACE_ENTRIES */
    struct msgr_trace_entry entry[MSGR_TRACE_ENTRIES];
    uint32_t check;
};

/** Zeros are good defaults for all that has one. Read during msgr_open() only. */
struct msgr_config {
    const char *name;      /* this node's, zero-terminated; copied */
    uint64_t identity;     /* the same after each restart, unique among nodes; not 0 */
    uint64_t boot;         /* never the same after two starts of this identity; not 0 */
    uint32_t now_ms;       /* the transport's clock, now */
    unsigned peers;        /* 1 to MSGR_PEERS_MAX; 0: 4. As in MSGR_STORAGE() */
    size_t message_max;    /* bytes, 1 to MSGR_MESSAGE_MAX; 0: MSGR_MESSAGE_MAX */
    uint32_t heartbeat_ms; /* 500 to 60000; 0: MSGR_HEARTBEAT_MS */

    /** Fill with unpredictable bytes. Called from any function. Must be there. */
    void (*random)(void *ctx, void *data, size_t size);
    /** There is something to transmit; may set a flag. Called from any function. May be NULL. */
    void (*wake)(void *ctx);
    void *ctx;

    struct msgr_trace *trace; /* lent for the engine's life, or NULL */
};

/* What MSGR_SIZE() counts with; the engine's sources check these. */
#define MSGR_ENGINE_SIZE (216 + 9 * sizeof(void *))
#define MSGR_PEER_SIZE   (288 + 18 * MSGR_WINDOW)
#define MSGR_LINK_SIZE   88
#define MSGR_SLOT_SIZE   (24 + MSGR_FRAGMENT)

/** Bytes of slots for one message of the longest kind, where a configuration does not say less. */
#define MSGR_MESSAGE_ROOM                                                                          \
    ((size_t)(MSGR_MESSAGE_MAX + MSGR_FRAGMENT - 1) / MSGR_FRAGMENT * MSGR_FRAGMENT)

/**
 * Bytes of payload that so many peers need at least (see MSGR_SIZE()), and that give each of them
 * room for one message of the longest kind in each direction.
 */
#define MSGR_LEAST(peers)                                                                          \
    ((size_t)(peers) * (MSGR_MESSAGE_ROOM + MSGR_FRAGMENT) + MSGR_MESSAGE_ROOM - MSGR_FRAGMENT)
#define MSGR_AMPLE(peers) (2 * (size_t)(peers)*MSGR_MESSAGE_ROOM)

/**
 * Bytes of memory for an engine with `peers` peers and a pool for `bytes` bytes of payload.
 *
 * The pool serves both directions of all peers. Each peer is guaranteed room for one message of
 * the longest kind that comes from it, and for one that goes to it; with less than MSGR_AMPLE(),
 * for as many fragments to it as there are, at least one. What is beyond is shared.
 */
#define MSGR_SIZE(peers, bytes)                                                                    \
    (MSGR_ENGINE_SIZE +                                                                            \
     (size_t)(peers) * (MSGR_PEER_SIZE + MSGR_LINKS_PER_PEER * MSGR_LINK_SIZE) +                   \
     (((size_t)(bytes) + MSGR_FRAGMENT - 1) / MSGR_FRAGMENT + 1) * MSGR_SLOT_SIZE +                \
     MSGR_MESSAGE_MAX)

/** Static memory for an engine, suitably aligned. */
#define MSGR_STORAGE(name, peers, bytes)                                                           \
    static uint64_t name[(MSGR_SIZE(peers, bytes) + sizeof(uint64_t) - 1) / sizeof(uint64_t)]

/**
 * Begin. The engine lives in `memory` until the caller uses that for something else; there is
 * nothing to close. Messages without an outcome have none, then.
 *
 * @param memory  aligned as a uint64_t is; lent for the engine's life
 * @return 0, or MSGR_ERROR_STORAGE, _NAME, _IDENTITY, _ENTROPY, _RANGE; then *m is NULL
 */
int msgr_open(struct msgr **m, void *memory, size_t size, const struct msgr_config *config);

/**
 * The peer of that name: one that is known, or a place for it. Where a place is lacking, a peer
 * that is down, and for which nothing is queued, loses its own; its handle is then nobody's.
 *
 * @return its handle, 0 or more; or MSGR_ERROR_NAME, MSGR_ERROR_FULL
 */
int msgr_peer(struct msgr *m, const char *name);

/** @return false if there is no such peer; then nothing is written */
bool msgr_peer_get(const struct msgr *m, int peer, struct msgr_peer_info *info);

/** The handle of the next peer after `peer`, or of the first for -1; -1 if there is none. */
int msgr_peer_after(const struct msgr *m, int peer);

/**
 * Accept a message for a peer, be it up or down. It is copied. It will have exactly one outcome,
 * which msgr_next() tells, not later than its deadline.
 *
 * @param data         size bytes; may be NULL if size is 0
 * @param deadline_ms  1 to MSGR_DEADLINE_MAX_MS, from the time that the transport last said
 *                     (link.h); 0: MSGR_DEADLINE_MS
 * @return the message's handle, 1 or more, unique among messages whose outcome was not pulled;
 *         or MSGR_ERROR_FULL, _TOO_LONG, _PEER, _RANGE: then nothing was accepted
 */
int32_t msgr_send(struct msgr *m, int peer, const void *data, size_t size, uint32_t deadline_ms);

/**
 * Give a message up. Its outcome is *not delivered* if it was never transmitted, else *unknown*;
 * msgr_next() tells.
 *
 * @return 0, or MSGR_ERROR_MESSAGE: it has its outcome already, pulled or not
 */
int msgr_cancel(struct msgr *m, int32_t message);

/**
 * What has happened. To ask says that the message of the event before was *taken*: only then is it
 * acknowledged as delivered, and its memory free. Who does not ask closes the window.
 *
 * @return false if nothing has; then *event is not written
 */
bool msgr_next(struct msgr *m, struct msgr_event *event);

/** For those who think in callbacks. NULL: that kind of event is passed over. */
struct msgr_handlers {
    void (*peer_up)(void *ctx, struct msgr *m, int peer);
    void (*peer_down)(void *ctx, struct msgr *m, int peer, enum msgr_reason reason);
    void (*message)(void *ctx, struct msgr *m, int peer, const void *data, size_t size);
    void (*outcome)(void *ctx, struct msgr *m, int peer, int32_t message, enum msgr_outcome outcome,
                    enum msgr_reason reason);
    void (*writable)(void *ctx, struct msgr *m, int peer);
    void *ctx;
};

/**
 * Pull all events and call the handlers with them. A handler may call any function but msgr_next()
 * and this one. A message is taken when its handler returns.
 */
void msgr_dispatch(struct msgr *m, const struct msgr_handlers *handlers);

void msgr_stats(const struct msgr *m, struct msgr_stats *stats);

/** A few words for people, without a full stop; something for any value. Static. */
const char *msgr_error_text(int error);
const char *msgr_outcome_text(enum msgr_outcome outcome);
const char *msgr_reason_text(enum msgr_reason reason);

#ifdef __cplusplus
}
#endif
#endif
