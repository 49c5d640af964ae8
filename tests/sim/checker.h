/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The judge of the engine's promises (ARCHITECTURE: "The engine"). It is told what two applications
 * asked their engines and what they were answered, and nothing of what went over the wire. It knows
 * the public API alone.
 *
 * Nodes are 0 and 1. A node's *life* begins with each msgr_open(). The world sets `now_us`.
 * The first violation sticks.
 */
#ifndef TESTS_SIM_CHECKER_H
#define TESTS_SIM_CHECKER_H

#include "msgr/msgr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What can be violated. Each is provoked in checker_self_test.c. */
enum rule {
    RULE_NONE,
    RULE_OUTCOME_ONCE,         /* 1: an outcome for a message that has none due */
    RULE_OUTCOME_MISSING,      /* 1: all is quiet, and a message has none */
    RULE_OUTCOME_LATE,         /* 1: later than its deadline */
    RULE_OUTCOME_EARLY,        /* 1: for its deadline, which has not come yet */
    RULE_DELIVERED_LIES,       /* 1: the other application has not taken it */
    RULE_NOT_DELIVERED_LIES,   /* 1: the other application got it, before or after */
    RULE_UNKNOWN_NEEDS_REASON, /* 1: no deadline, cancellation or restart explains it */
    RULE_REASON_FITS,          /* 1: outcome and reason do not belong together */
    RULE_CANCEL,               /* 1: msgr_cancel()'s answer and the outcome disagree */
    RULE_AT_MOST_ONCE,         /* 2, 5: a message came twice */
    RULE_UNALTERED,            /* 2, 8: what came is not what was sent */
    RULE_IN_ORDER,             /* 2: a message came after one that was sent later */
    RULE_TINY_IN_ORDER,        /* 2: short messages cannot have come so in any order */
    RULE_LENT,                 /* 2: lent payload changed before the next msgr_next() */
    RULE_NOTICED,              /* 3, 4: a peer is not up though all is quiet, or is not down */
    RULE_UP_DOWN,              /* 3, 4: up after up, down after down, a reason that is none */
    RULE_PEER_IS_UP,           /* 3: a message from a peer that is not up */
    RULE_PEER,                 /* an event about a peer that nobody knows */
    RULE_FULL_IS_BOUNDED,      /* 6: full without a reason, or never writable again */
    RULE_SEND,                 /* an answer of msgr_send() that its header does not allow */
    RULE_POOL_IS_EMPTY,        /* 7: slots in use though all is quiet */
    RULE_GUARD,                /* 7: bytes around the engine's memory changed */
    RULE_STATS,                /* counters that contradict what was seen */
    RULE_TRANSPORT,            /* link.h: what the world saw as a transport */

    RULES
};

const char *rule_name(enum rule rule);

/** What is true of one life of a node. */
struct checker_life {
    const char *name;  /* lent for the checker's life */
    const char *other; /* the other node's name */
    uint64_t identity;
    size_t message_max;
    uint32_t engine_ms;  /* the time that the engine was told first */
    bool repeats_random; /* the random bytes are those of the life before */
    bool is_punctual;    /* it is ticked exactly when it wants to be */
};

enum fate {
    FATE_PENDING,
    FATE_DELIVERED,
    FATE_NOT_DELIVERED,
    FATE_UNKNOWN,
    FATE_ABANDONED, /* its sender's life ended before */
};

struct sent {
    unsigned life;
    uint32_t number; /* in that life */
    size_t size;
    int32_t handle;
    uint32_t accepted_ms; /* of the sender's engine */
    uint32_t deadline_ms; /* from then */
    uint64_t accepted_us;
    uint64_t outcome_us;
    enum fate fate;
    enum msgr_reason reason;
    bool was_cancelled;
    size_t got; /* 1 + index of where it was got; 0: nowhere (or too short to tell) */
};

struct got {
    size_t size;
    uint8_t bytes[3];  /* of a message too short for a tag */
    size_t sent;       /* 1 + index of what it is; 0: too short to tell */
    size_t sent_count; /* what had been sent by then */
    bool is_taken;
    uint64_t taken_us;
};

/** One way: from a node to the other. */
struct way {
    struct sent *sent;
    size_t sent_count;
    size_t sent_room;
    struct got *got;
    size_t got_count;
    size_t got_room;
    size_t first_pending; /* all before it have their fates */
    size_t newest_got;    /* 1 + index in `sent` of the one got last */
};

struct checker_node {
    struct checker_life life;
    unsigned lives;
    uint32_t next_number;
    uint32_t engine_ms;
    uint32_t tick_ms; /* of the last msgr_tick() */
    int peer;         /* the other's handle; -1: not known */
    bool is_up;
    bool was_full;  /* since then, no MSGR_EVENT_WRITABLE */
    size_t holding; /* 1 + index in the other's way.got: the event's message */
    const uint8_t *lent;
    size_t lent_size;
    uint32_t lent_sum;
    uint32_t accepted;
    uint32_t outcomes[3];
    uint32_t received;
    uint32_t pending;
};

struct checker {
    uint64_t now_us; /* set by the world */
    struct checker_node node[2];
    struct way way[2];   /* by sender */
    uint64_t restart_us; /* when a life after a node's first began last, or 0 */
    uint64_t settled_us; /* since then something was delivered; 0: not yet */
    bool is_hostile;     /* old frames are replayed */
    bool is_quiet;       /* faults have stopped long ago, and the applications have pulled */
    bool was_renamed;    /* an identity changed */
    enum rule violated;
    char what[240];
};

void checker_init(struct checker *checker);
void checker_free(struct checker *checker);

/* What the world tells. */
void checker_open(struct checker *checker, int node, const struct checker_life *life);
void checker_time(struct checker *checker, int node, uint32_t engine_ms, bool is_tick);
void checker_peer(struct checker *checker, int node, int result);
/** The tag for the next message of a node: checker_sent() makes it the next one's if accepted. */
uint32_t checker_next_number(const struct checker *checker, int node);
void checker_sent(struct checker *checker, int node, int peer, size_t size, uint32_t deadline_ms,
                  int32_t result);
void checker_cancelled(struct checker *checker, int node, int32_t message, int result);
/** Before each msgr_next(): the event before has been taken. */
void checker_asks(struct checker *checker, int node);
void checker_event(struct checker *checker, int node, const struct msgr_event *event);
/** msgr_next() returned false. */
void checker_nothing(struct checker *checker, int node);
void checker_stats(struct checker *checker, int node, const struct msgr_stats *stats);

/* What must be true once faults have stopped long enough ago, and the applications have pulled. */
void checker_quiet(struct checker *checker, int node, const struct msgr_stats *stats);
/** At the very end. */
void checker_finish(struct checker *checker);

/** What the transport was given: so many bytes, and they may be `most`. */
void checker_bytes(struct checker *checker, int node, const char *what, size_t size, size_t most);

/** Anything else that somebody has found. */
void checker_violate(struct checker *checker, enum rule rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
