/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A conversation between two nodes, as sections 8 to 12 of app/SPEC.md have it: OPEN, ACCEPT, the
 * candidate and its proof, RESET; fragments, what is received and taken, the floor; and the three
 * outcomes. `tests/model/run` checks it with spin, one configuration at a time.
 *
 * Representation. One process: each turn of its loop is one event at one end, and all orders of
 * events are tried. The network is a set of up to N frames towards each end. A frame in it can
 * arrive any number of times, at any time, before or after any other; when the set is full, any
 * frame can be forgotten, and one that is sent then is lost. So what a network does that loses,
 * repeats, reorders and delays is here for as long as N frames suffice to tell it.
 *
 * A nonce is a small number that occurs nowhere else when it is drawn: in no node, in no frame. So
 * there is no end to restarts and handshakes, and the states are finite all the same. An id stands
 * for the nonce that was drawn with it. The check of a frame is the pair of nonces that it was made
 * under: to arrive under another is to fail it.
 *
 * Numbers of fragments count from 0 in each conversation. A message has one fragment or two.
 * A message that no event has touched yet may as well not have been accepted yet; so restarts
 * spare those, and nothing is lost by it.
 *
 * Time. A timer may fire at any moment, a deadline pass, the application ask or not. At any moment,
 * too, *calm* may begin: no more loss, repetition, restart or cancellation, each application takes
 * what it gets, and timers fire only when nothing is under way. Then at most CALM firings may pass
 * until all is well: one incarnation at both ends, an outcome for each message. That is how
 * "sooner or later" becomes something that an assertion can say.
 *
 * Not here: links (all are proved), limits other than room for fragments, congestion, wrap-around.
 */

#ifndef N
#define N 2 /* frames under way towards each end */
#endif
#ifndef MESSAGES_O
#define MESSAGES_O 1 /* messages of the opener, 0 to 3 */
#endif
#ifndef MESSAGES_A
#define MESSAGES_A 1 /* messages of the accepter, 0 to 3 */
#endif
#ifndef LONG
#define LONG 0 /* bit m: message m of either end has two fragments */
#endif
#ifndef ROOM
#define ROOM 2 /* fragments that a receiver has room for */
#endif
#ifndef RESTARTS_O
#define RESTARTS_O 0 /* 1: the opener may restart, any number of times */
#endif
#ifndef RESTARTS_A
#define RESTARTS_A 0 /* 1: the accepter may */
#endif
#ifndef CLOSES
#define CLOSES 0 /* 1: applications may end conversations, and the opener's link may go while opening */
#endif
#ifndef CANCELS
#define CANCELS 1 /* 1: messages may be given up */
#endif
#ifndef CALM
#define CALM 8 /* firings of the timers in calm until all is well; 0: there is no calm */
#endif
#ifndef CALM_KEEPS
#define CALM_KEEPS 0 /* 1: what is under way when calm begins arrives, in any order; 0: is lost */
#endif

/* Variants. REPEATS_x: a restart makes that end draw the same nonces again, in the same order.
 * At most DRAWS of them between two restarts. NO_LATE_OPEN: no OPEN outlives a restart of the accepter. ESTABLISHED: begin with a conversation.
 * STRICT: no RESET may end a conversation of the opener while the accepter has not restarted. */

#ifndef DRAWS
#define DRAWS 3
#endif

#if MESSAGES_O > MESSAGES_A
#define M MESSAGES_O
#else
#define M MESSAGES_A
#endif
#if LONG
#define NUMBERS (2 * M)
#else
#define NUMBERS M
#endif

#define OPENER 0
#define ACCEPTER 1
#define OTHER(e) (1 - (e))

/* States of an end. The accepter is never OPENING. */
#define CLOSED 0
#define OPENING 1
#define OPENED 2

/* Frames: opener's nonce 4 bits, accepter's nonce 4, type 3, then what the type has. */
#define OPEN 1
#define ACCEPT 2
#define RESET 3
#define DATA 4
#define ACK 5
#define FLOOR 6
#define FRAME(type, a, b, rest) ((a) | (b) << 4 | (type) << 8 | (rest) << 11)
#define NONCE_A(frame) ((frame) & 15)
#define NONCE_B(frame) ((frame) >> 4 & 15)
#define TYPE(frame) ((frame) >> 8 & 7)
#define REST(frame) ((frame) >> 11)
/* DATA: number 3, fragment 3. ACK: received 3, taken 3, limit 3, bitmap 6, probe 1. FLOOR: floor 3. */
#define DATA_REST(nth, piece) ((nth) | (piece) << 3)

/* A fragment: 1 + 2 * its message, plus 1 if it is the second. 0 is none. */
#define FRAGMENT(which, second) (1 + 2 * (which) + (second))
#define MESSAGE_OF(piece) (((piece)-1) / 2)
#define IS_SECOND(piece) (((piece)-1) & 1)
#define IS_LONG(which) (((LONG) >> (which)) & 1)
#define IS_LAST(piece) (IS_SECOND(piece) == IS_LONG(MESSAGE_OF(piece)))
#define LAST_OF(which) FRAGMENT(which, IS_LONG(which))
#define MESSAGES(e) ((e) == OPENER -> MESSAGES_O : MESSAGES_A)

/* What has become of a message. WAITING: never transmitted. GONE: its sender has restarted. */
#define WAITING 0
#define SENT 1
#define DELIVERED 2
#define NOT_DELIVERED 3
#define UNKNOWN 4
#define GONE 5

int way[2 * N]; /* to the opener, to the accepter; each sorted, 0 behind */

/* Each end: its conversation ... */
byte state[2], a[2], b[2];
byte candidate_a, candidate_b; /* the accepter's */
/* ... what it sends in it ... */
byte next[2], out[2 * NUMBERS], acked[2], given_up[2], known_received[2], known_taken[2], known_limit[2];
/* ... what it has received in it: below `received` only what messages are made of that are not
 * taken yet ... */
byte received[2], limit[2], held[2 * NUMBERS];
/* ... and what outlasts it. */
byte outcome[2 * M];

byte taken_from[2]; /* truth, known to no node: which messages of this end the other has taken */
bit calm;
byte firings;
#ifdef REPEATS_O
byte drawn_o;
#endif
#ifdef REPEATS_A
byte drawn_a;
#endif
#ifdef BUG_FLOOR_ONCE
byte floor_sent[2];
#endif

/* Within one event only. */
hidden int arrived, sending;
hidden byte at, back, some, nth, which, piece, low, tally, walk;
hidden byte concerns, due, well;
hidden byte names_a[16], names_b[16];

#define OUT(e, nth) out[(e)*NUMBERS + (nth)]
#define HELD(e, nth) held[(e)*NUMBERS + (nth)]
#define OUTCOME(e, which) outcome[(e)*M + (which)]
#define WAY(e, at) way[(e)*N + (at)]
#define FULL(e) (WAY(e, N - 1) != 0)

#include "network.pml"
#include "sending.pml"
#include "receiving.pml"
#include "handshake.pml"
#include "calm.pml"
#include "nonces.pml"

/* ---- all events ---- */

#ifdef REPEATS_O
#define MAY_DRAW (drawn_o < DRAWS)
#else
#define MAY_DRAW true
#endif

#define MAY_SEND(x) (!calm && state[x] == OPENED && !FULL(OTHER(x)))
/* The number `known_received` is below the floor. */
#define HAS_FLOOR_DUE(x) ((acked[x] | given_up[x]) >> known_received[x] & 1)

#define RECEIVES(x, slot) \
    :: d_step { WAY(x, slot) != 0 -> receive(x, slot); tidy(); skip } \
    :: d_step { !calm && FULL(x) -> forget(x, slot); tidy(); skip }

#define REPEATS(x, number) \
    :: d_step { MAY_SEND(x) && IS_REPEATABLE(x, number) -> send_again(x, number); tidy(); skip }

#define GIVES_UP(x, message) \
    :: d_step { !calm && OUTCOME(x, message) < DELIVERED -> give_up(x, message); tidy(); skip }

inline send_floor_if_due(x) {
    find_floor(x);
    if
    :: FLOOR_DUE(x) -> send_floor(x)
    :: else -> skip
    fi
}

inline send_fresh_if_any(x) {
    find_fresh(x);
    if
    :: piece != 0 -> send_fresh(x)
    :: else -> skip
    fi
}

inline take_one(x) {
    find_complete(x);
    if
    :: well -> take(x)
    :: else -> skip
    fi
}

#define LIVES(x) \
    RECEIVES(x, 0) \
    RECEIVES(x, 1) \
    RECEIVES_2(x) \
    RECEIVES_3(x) \
    :: d_step { MAY_SEND(x) -> send_ack(x, 0); tidy(); skip } \
    ENDS(x)

#if N > 2
#define RECEIVES_2(x) RECEIVES(x, 2)
#else
#define RECEIVES_2(x)
#endif
#if N > 3
#define RECEIVES_3(x) RECEIVES(x, 3)
#else
#define RECEIVES_3(x)
#endif

#define SENDS(x) \
    :: d_step { MAY_SEND(x) && next[x] < known_limit[x] -> send_fresh_if_any(x); tidy(); skip } \
    :: d_step { MAY_SEND(x) && HAS_FLOOR_DUE(x) -> send_floor_if_due(x); tidy(); skip } \
    :: d_step { !calm && received[OTHER(x)] > 0 -> take_one(OTHER(x)); tidy(); skip } \
    REPEATS(x, 0) \
    REPEATS_1(x) \
    REPEATS_2(x) \
    REPEATS_3(x) \
    REPEATS_4(x) \
    REPEATS_5(x)

#if NUMBERS > 1
#define REPEATS_1(x) REPEATS(x, 1)
#else
#define REPEATS_1(x)
#endif
#if NUMBERS > 2
#define REPEATS_2(x) REPEATS(x, 2)
#else
#define REPEATS_2(x)
#endif
#if NUMBERS > 3
#define REPEATS_3(x) REPEATS(x, 3)
#else
#define REPEATS_3(x)
#endif
#if NUMBERS > 4
#define REPEATS_4(x) REPEATS(x, 4)
#else
#define REPEATS_4(x)
#endif
#if NUMBERS > 5
#define REPEATS_5(x) REPEATS(x, 5)
#else
#define REPEATS_5(x)
#endif

#if CLOSES
#define ENDS(x) :: d_step { !calm && state[x] == OPENED -> end(x, UNKNOWN); tidy(); skip }
#else
#define ENDS(x)
#endif

init {
#ifdef ESTABLISHED
    d_step { begin(OPENER, 1, 1); begin(ACCEPTER, 1, 1); tidy(); skip };
#else
    skip;
#endif
    do
    LIVES(OPENER)
    LIVES(ACCEPTER)
#if MESSAGES_O > 0
    SENDS(OPENER)
#endif
#if MESSAGES_A > 0
    SENDS(ACCEPTER)
#endif
#if CANCELS && MESSAGES_O > 0
    GIVES_UP(OPENER, 0)
#endif
#if CANCELS && MESSAGES_O > 1
    GIVES_UP(OPENER, 1)
#endif
#if CANCELS && MESSAGES_O > 2
    GIVES_UP(OPENER, 2)
#endif
#if CANCELS && MESSAGES_A > 0
    GIVES_UP(ACCEPTER, 0)
#endif
#if CANCELS && MESSAGES_A > 1
    GIVES_UP(ACCEPTER, 1)
#endif
#if CANCELS && MESSAGES_A > 2
    GIVES_UP(ACCEPTER, 2)
#endif
    :: d_step { !calm && state[OPENER] == CLOSED && !FULL(ACCEPTER) && MAY_DRAW -> start_opening(); tidy(); skip }
    :: d_step { !calm && state[OPENER] == OPENING && !FULL(ACCEPTER) -> send_open(); tidy(); skip }
#if CLOSES
    :: d_step { !calm && state[OPENER] == OPENING -> state[OPENER] = CLOSED; a[OPENER] = 0; tidy(); skip }
#endif
#if RESTARTS_O
    :: d_step { !calm -> restart_opener(); tidy(); skip }
#endif
#if RESTARTS_A
    :: d_step { !calm -> restart_accepter(); tidy(); skip }
#endif
#if CALM
    :: d_step { !calm -> become_calm(); tidy(); skip }
    :: d_step {
        calm && WAY(OPENER, 0) == 0 && WAY(ACCEPTER, 0) == 0 ->
            find_well(OPENER);
            due = well;
            find_well(ACCEPTER);
            if
            :: due && well -> calm = 1; /* all is well, and stays so */
            :: else ->
                firings++;
                assert(firings <= CALM);
                fire(OPENER);
                fire(ACCEPTER)
            fi;
            tidy();
            skip
    }
#endif
    od
}
