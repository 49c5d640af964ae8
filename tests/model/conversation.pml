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
hidden byte at, back, some, nth, which, piece, low, tally;
hidden byte concerns, due, well;
hidden byte names_a[16], names_b[16];

#define OUT(e, nth) out[(e)*NUMBERS + (nth)]
#define HELD(e, nth) held[(e)*NUMBERS + (nth)]
#define OUTCOME(e, which) outcome[(e)*M + (which)]
#define WAY(e, at) way[(e)*N + (at)]
#define FULL(e) (WAY(e, N - 1) != 0)

/* ---- the network ---- */

/* Sends `frame` to end `to`. */
inline put(to, frame) {
    sending = frame;
    at = 0;
    do
    :: at < N && WAY(to, at) > sending -> at++
    :: else -> break
    od;
    if
    :: at < N && WAY(to, at) != sending && !FULL(to) ->
        back = N - 1;
        do
        :: back > at -> WAY(to, back) = WAY(to, back - 1); back--
        :: else -> break
        od;
        WAY(to, at) = sending
    :: else -> skip /* there already, or lost */
    fi
}

inline forget(to, slot) {
    at = slot;
    do
    :: at < N - 1 -> WAY(to, at) = WAY(to, at + 1); at++
    :: else -> break
    od;
    WAY(to, N - 1) = 0
}

/* Sets k to a number that is neither one of the three nor in any frame, where `shift` says. */
inline draw(shift, x, y, z) {
    some = 1;
    do
    :: concerns = some == x || some == y || some == z;
        at = 0;
        do
        :: at < 2 * N -> concerns = concerns || some == (way[at] >> shift & 15); at++
        :: else -> break
        od;
        if
        :: concerns -> some++
        :: else -> break
        fi
    od;
    assert(some < 16)
}

/* ---- sending ---- */

/* Sets low to the floor of end x. */
inline find_floor(x) {
    low = 0;
    do
    :: low < next[x] && ((acked[x] | given_up[x]) >> low & 1) -> low++
    :: else -> break
    od
}

inline decide(x, message, what) {
    assert(OUTCOME(x, message) < DELIVERED);                  /* one outcome only */
    assert(what != DELIVERED || (taken_from[x] >> (message)&1)); /* these two never lie */
    assert(what != NOT_DELIVERED || OUTCOME(x, message) == WAITING);
    OUTCOME(x, message) = what
}

inline send_floor(x) {
    find_floor(x);
    put(OTHER(x), FRAME(FLOOR, a[x], b[x], low))
#ifdef BUG_FLOOR_ONCE
    ; floor_sent[x] = low
#endif
}

#ifdef BUG_FLOOR_ONCE
#define FLOOR_DUE(x) (known_received[x] < low && floor_sent[x] != low)
#else
#define FLOOR_DUE(x) (known_received[x] < low)
#endif

/* Sets fragment to what has no number yet and goes next, 0 if there is none. */
inline find_fresh(x) {
    piece = 0;
    which = 0;
    do
    :: which < MESSAGES(x) && OUTCOME(x, which) == SENT && OUT(x, next[x] - 1) == FRAGMENT(which, 0) && IS_LONG(which) ->
        piece = FRAGMENT(which, 1);
        break
    :: which < MESSAGES(x) && OUTCOME(x, which) == WAITING -> piece = FRAGMENT(which, 0); break
    :: which >= MESSAGES(x) -> break
    :: else -> which++
    od;
    if
    :: next[x] >= known_limit[x] -> piece = 0
    :: else -> skip
    fi
}

inline send_fresh(x) {
    assert(next[x] < NUMBERS);
    OUTCOME(x, MESSAGE_OF(piece)) = SENT;
    OUT(x, next[x]) = piece;
    put(OTHER(x), FRAME(DATA, a[x], b[x], DATA_REST(next[x], piece)));
    next[x]++
}

#define IS_REPEATABLE(x, number) \
    (state[x] == OPENED && (number) < next[x] && !((acked[x] | given_up[x]) >> (number)&1))

inline send_again(x, number) {
    assert(OUTCOME(x, MESSAGE_OF(OUT(x, number))) == SENT);
    put(OTHER(x), FRAME(DATA, a[x], b[x], DATA_REST(number, OUT(x, number))))
}

inline give_up(x, message) {
    if
    :: OUTCOME(x, message) == WAITING -> decide(x, message, NOT_DELIVERED)
    :: else ->
        nth = 0;
        do
        :: nth < next[x] ->
            if
            :: OUT(x, nth) != 0 && MESSAGE_OF(OUT(x, nth)) == message ->
                given_up[x] = given_up[x] | 1 << nth;
                some = OUT(x, nth)
            :: else -> skip
            fi;
            nth++
        :: else -> break
        od;
        if
        :: IS_LAST(some) -> skip
        :: else -> /* a number in place of what has none */
            given_up[x] = given_up[x] | 1 << next[x];
            next[x]++
        fi;
#ifdef BUG_GIVEN_UP_IS_NOT_DELIVERED
        decide(x, message, NOT_DELIVERED)
#else
        decide(x, message, UNKNOWN)
#endif
    fi
}

/* An ACK has come to end x. That of an honest peer is never one to be dropped. */
inline use_ack(x, rest) {
    find_floor(x);
    some = 0; /* one beyond the last fragment sent */
    nth = 0;
    do
    :: nth < next[x] ->
        if
        :: OUT(x, nth) != 0 -> some = nth + 1
        :: else -> skip
        fi;
        nth++
    :: else -> break
    od;
    assert(((rest)&7) <= some || ((rest)&7) <= low);
    assert(((rest) >> 3 & 7) <= ((rest)&7) && ((rest) >> 9 & 63) >> some == 0);
    nth = 0;
    do
    :: nth < NUMBERS ->
        if
        :: nth < ((rest)&7) || ((rest) >> 9 >> nth & 1) -> acked[x] = acked[x] | 1 << nth
        :: else -> skip
        fi;
        nth++
    :: else -> break
    od;
    known_received[x] = (((rest)&7) > known_received[x] -> ((rest)&7) : known_received[x]);
#ifdef BUG_DELIVERED_WHEN_RECEIVED
    known_taken[x] = known_received[x];
#else
    known_taken[x] = (((rest) >> 3 & 7) > known_taken[x] -> ((rest) >> 3 & 7) : known_taken[x]);
#endif
    known_limit[x] = (((rest) >> 6 & 7) > known_limit[x] -> ((rest) >> 6 & 7) : known_limit[x]);
    nth = 0;
    do
    :: nth < next[x] && nth < known_taken[x] ->
        if
        :: OUT(x, nth) != 0 && IS_LAST(OUT(x, nth)) && OUTCOME(x, MESSAGE_OF(OUT(x, nth))) == SENT ->
            decide(x, MESSAGE_OF(OUT(x, nth)), DELIVERED)
        :: else -> skip
        fi;
        nth++
    :: else -> break
    od
}

/* ---- receiving ---- */

/* Sets low to the `taken` of end x. */
inline find_taken(x) {
    low = 0;
    do
    :: low < received[x] && HELD(x, low) == 0 -> low++
    :: else -> break
    od
}

inline send_ack(x, probe) {
    find_taken(x);
    tally = 0;
    nth = received[x];
    do
    :: nth < NUMBERS ->
        if
        :: HELD(x, nth) != 0 -> tally = tally | 1 << nth
        :: else -> skip
        fi;
        nth++
    :: else -> break
    od;
    put(OTHER(x), FRAME(ACK, a[x], b[x], received[x] | low << 3 | limit[x] << 6 | tally << 9 | (probe) << 15))
}

/* There is room for ROOM fragments; a limit that has been given is not taken back. */
inline raise_limit(x) {
    tally = 0;
    nth = 0;
    do
    :: nth < NUMBERS ->
        if
        :: HELD(x, nth) != 0 && nth < received[x] -> tally++
        :: else -> skip
        fi;
        nth++
    :: else -> break
    od;
    assert(tally <= ROOM);
    some = received[x] + ROOM - tally;
    some = (some < NUMBERS -> some : NUMBERS);
    assert(some >= limit[x]);
    limit[x] = some
}

#define IS_INCOMPLETE_BEFORE(x, number) \
    ((number) > 0 && HELD(x, (number)-1) != 0 && !IS_LAST(HELD(x, (number)-1)))

/* `received` of end x goes over what it holds, up to the first gap at or beyond `floor`. */
inline advance(x, floor) {
    do
    :: received[x] < NUMBERS && HELD(x, received[x]) != 0 ->
        if
        :: !IS_SECOND(HELD(x, received[x])) && IS_INCOMPLETE_BEFORE(x, received[x]) ->
            HELD(x, received[x] - 1) = 0
        :: IS_SECOND(HELD(x, received[x])) && !IS_INCOMPLETE_BEFORE(x, received[x]) ->
            HELD(x, received[x]) = 0
        :: else -> skip
        fi;
        received[x]++;
#ifdef BUG_FLOOR_DROPS_INCOMPLETE
        if
        :: received[x] == floor && IS_INCOMPLETE_BEFORE(x, floor) -> HELD(x, floor - 1) = 0
        :: else -> skip
        fi
#endif
    :: received[x] < floor && HELD(x, received[x]) == 0 ->
        if
        :: IS_INCOMPLETE_BEFORE(x, received[x]) -> HELD(x, received[x] - 1) = 0
        :: else -> skip
        fi;
        received[x]++
    :: else -> break
    od;
    raise_limit(x)
}

inline use_data(x, number, what) {
    if
    :: (number) >= received[x] && (number) < limit[x] && HELD(x, number) == 0 ->
        HELD(x, number) = what;
        advance(x, 0)
#ifdef BUG_DUPLICATE_USED
    :: (number) < received[x] && HELD(x, number) == 0 -> HELD(x, number) = what
#endif
    :: else -> skip /* a duplicate, or beyond the limit */
    fi
}

inline use_floor(x, floor) {
    if
    :: (floor) > received[x] && (floor) <= limit[x] + 1 -> advance(x, floor)
    :: else -> skip
    fi
}

/* Sets low to the first number of the oldest complete message, well to whether there is one. */
inline find_complete(x) {
    find_taken(x);
    well = low < received[x];
    if
    :: well && !IS_LAST(HELD(x, low)) -> well = low + 1 < received[x] && HELD(x, low + 1) != 0
    :: else -> skip
    fi
}

/* The application at x takes the message that begins with number low. */
inline take(x) {
    which = MESSAGE_OF(HELD(x, low));
    assert(HELD(x, low) == FRAGMENT(which, 0));                           /* whole, unaltered */
    assert(!IS_LONG(which) || HELD(x, low + 1) == FRAGMENT(which, 1));
    assert(taken_from[OTHER(x)] >> which == 0);                           /* once, in order */
    assert(OUTCOME(OTHER(x), which) != NOT_DELIVERED && OUTCOME(OTHER(x), which) != WAITING);
    taken_from[OTHER(x)] = taken_from[OTHER(x)] | 1 << which;
    if
    :: IS_LONG(which) -> HELD(x, low + 1) = 0
    :: else -> skip
    fi;
    HELD(x, low) = 0;
    raise_limit(x)
}

inline take_all(x) {
    do
    :: find_complete(x);
        if
        :: well -> take(x)
        :: else -> break
        fi
    od
}

/* ---- conversations ---- */

/* Nothing is left of the conversation of x; `what` becomes of what was transmitted in it. */
inline end(x, what) {
    which = 0;
    do
    :: which < MESSAGES(x) ->
        if
#ifdef BUG_TRANSMITTED_CARRIES_OVER
        :: OUTCOME(x, which) == SENT -> OUTCOME(x, which) = (what == UNKNOWN -> WAITING : what)
#else
        :: OUTCOME(x, which) == SENT && what == UNKNOWN -> decide(x, which, UNKNOWN)
        :: OUTCOME(x, which) == SENT && what != UNKNOWN -> OUTCOME(x, which) = what
#endif
        :: else -> skip
        fi;
        which++
    :: else -> break
    od;
    nth = 0;
    do
    :: nth < NUMBERS -> OUT(x, nth) = 0; HELD(x, nth) = 0; nth++
    :: else -> break
    od;
    next[x] = 0; acked[x] = 0; given_up[x] = 0;
    known_received[x] = 0; known_taken[x] = 0; known_limit[x] = 0;
    received[x] = 0; limit[x] = 0;
    state[x] = CLOSED; a[x] = 0; b[x] = 0
#ifdef BUG_FLOOR_ONCE
    ; floor_sent[x] = 0
#endif
}

#define IS_ALIVE \
    (state[OPENER] == OPENED && state[ACCEPTER] == OPENED && a[OPENER] == a[ACCEPTER] && \
     b[OPENER] == b[ACCEPTER])

inline begin(x, nonce_a, nonce_b) {
    state[x] = OPENED;
    a[x] = nonce_a;
    b[x] = nonce_b;
    limit[x] = (ROOM < NUMBERS -> ROOM : NUMBERS);
    known_limit[x] = limit[x]
}

inline send_open() {
    put(ACCEPTER, FRAME(OPEN, a[OPENER], 0, 0))
}

inline start_opening() {
#ifdef REPEATS_O
    drawn_o++;
    some = drawn_o;
#else
    draw(0, a[ACCEPTER], candidate_a, 0);
#endif
    a[OPENER] = some;
    state[OPENER] = OPENING;
    send_open()
}

inline promote() {
    assert(!IS_ALIVE); /* no OPEN ends a living conversation */
    end(ACCEPTER, UNKNOWN);
    begin(ACCEPTER, candidate_a, candidate_b);
    candidate_a = 0;
    candidate_b = 0
}

inline on_open() {
    if
    :: state[ACCEPTER] == OPENED && NONCE_A(arrived) == a[ACCEPTER] ->
        put(OPENER, FRAME(ACCEPT, a[ACCEPTER], b[ACCEPTER], 0))
    :: else ->
        if
        :: NONCE_A(arrived) == candidate_a -> skip
#ifdef REPEATS_A
        :: NONCE_A(arrived) != candidate_a && drawn_a == DRAWS -> skip
#endif
        :: else ->
#ifdef REPEATS_A
            drawn_a++;
            some = drawn_a;
#else
            draw(4, b[OPENER], b[ACCEPTER], candidate_b);
#endif
            candidate_a = NONCE_A(arrived);
            candidate_b = some
        fi;
        put(OPENER, FRAME(ACCEPT, candidate_a, candidate_b, 0));
#ifdef BUG_CANDIDATE_NEEDS_NO_PROOF
        promote()
#endif
    fi
}

#ifdef BUG_ACCEPT_OF_ANY_NONCE
#define IS_MY_ACCEPT (state[OPENER] == OPENING)
#else
#define IS_MY_ACCEPT (state[OPENER] == OPENING && NONCE_A(arrived) == a[OPENER])
#endif

inline on_accept() {
    if
    :: IS_MY_ACCEPT ->
        begin(OPENER, a[OPENER], NONCE_B(arrived));
        send_ack(OPENER, calm)
    :: else -> skip
    fi
}

#ifdef BUG_RESET_OF_ANY_ID
#define IS_MY_RESET(x) (state[x] == OPENED)
#else
#define IS_MY_RESET(x) \
    (state[x] == OPENED && ((x) == OPENER -> NONCE_B(arrived) == b[OPENER] : NONCE_A(arrived) == a[ACCEPTER]))
#endif

inline on_reset(x) {
    if
    :: IS_MY_RESET(x) ->
        assert(!IS_ALIVE);
#ifdef STRICT
        assert(x == ACCEPTER);
#endif
        end(x, UNKNOWN)
    :: else -> skip
    fi
}

#define ID(x) ((x) == OPENER -> NONCE_A(arrived) : NONCE_B(arrived))
#define MY_ID(x) ((x) == OPENER -> a[OPENER] : b[ACCEPTER])
#define PASSES(x) (NONCE_A(arrived) == a[x] && NONCE_B(arrived) == b[x])

/* Sets known to whether frame f concerns the conversation of x; answers if its id is strange. */
inline find_conversation(x) {
    concerns = 0;
    if
#ifndef BUG_CANDIDATE_IS_STRANGE
    :: x == ACCEPTER && candidate_b != 0 && ID(x) == candidate_b ->
        if
        :: NONCE_A(arrived) == candidate_a -> promote(); concerns = 1
        :: else -> skip
        fi
#endif
#ifdef BUG_ACK_OF_ANY_INCARNATION
    :: (x == OPENER || ID(x) != candidate_b) && state[x] == OPENED && TYPE(arrived) == ACK -> concerns = 1
#endif
    :: else ->
        if
        :: state[x] != CLOSED && ID(x) == MY_ID(x) -> concerns = state[x] == OPENED && PASSES(x)
        :: else ->
#ifndef BUG_NO_RESET
            put(OTHER(x), FRAME(RESET, NONCE_A(arrived) * (1 - x), NONCE_B(arrived) * x, 0))
#else
            skip
#endif
        fi
    fi
}

/* In calm the answer comes at once, and the application takes. */
inline on_frame(x) {
    find_conversation(x);
    due = 0;
    if
    :: concerns && TYPE(arrived) == ACK -> use_ack(x, REST(arrived)); due = REST(arrived) >> 15 & 1
    :: concerns && TYPE(arrived) == DATA -> use_data(x, (REST(arrived) & 7), (REST(arrived) >> 3)); due = 1
    :: concerns && TYPE(arrived) == FLOOR -> use_floor(x, REST(arrived)); due = 1
    :: else -> skip
    fi;
    if
    :: calm && concerns -> take_all(x)
    :: else -> skip
    fi;
    if
    :: calm && due -> send_ack(x, 0)
    :: else -> skip
    fi
}

inline receive(x, slot) {
    arrived = WAY(x, slot);
    if
    :: calm -> forget(x, slot)
    :: else -> skip
    fi;
    if
    :: TYPE(arrived) == OPEN -> on_open()
    :: TYPE(arrived) == ACCEPT -> on_accept()
    :: TYPE(arrived) == RESET -> on_reset(x)
    :: else -> on_frame(x)
    fi
}

inline restart_opener() {
    end(OPENER, GONE)
#ifdef REPEATS_O
    ; drawn_o = 0
#endif
}

inline restart_accepter() {
    end(ACCEPTER, GONE);
    candidate_a = 0;
    candidate_b = 0
#ifdef REPEATS_A
    ; drawn_a = 0
#endif
#ifdef NO_LATE_OPEN
    ; some = 0;
    do
    :: some < N && WAY(ACCEPTER, some) != 0 ->
        if
        :: TYPE(WAY(ACCEPTER, some)) == OPEN -> forget(ACCEPTER, some)
        :: else -> some++
        fi
    :: else -> break
    od
#endif
}

/* ---- calm ---- */

inline become_calm() {
    calm = 1;
#if !CALM_KEEPS
    at = 0;
    do
    :: at < 2 * N -> way[at] = 0; at++
    :: else -> break
    od;
#endif
    take_all(OPENER);
    take_all(ACCEPTER)
}

/* Sets well to whether end x has nothing left to do. */
inline find_well(x) {
    find_floor(x);
    well = IS_ALIVE && known_received[x] >= low;
    which = 0;
    do
    :: which < MESSAGES(x) -> well = well && OUTCOME(x, which) >= DELIVERED; which++
    :: else -> break
    od
}

/* The timers of x: 7.1, 11.2 and 11.3. */
inline fire(x) {
    find_floor(x);
    nth = 0;
    do
    :: nth < NUMBERS && !IS_REPEATABLE(x, nth) -> nth++
    :: else -> break
    od;
    tally = nth;
    find_fresh(x);
    if
    :: x == OPENER && state[x] == CLOSED -> start_opening()
    :: state[x] == OPENING -> send_open()
    :: state[x] == OPENED && tally < NUMBERS -> send_again(x, tally)
    :: state[x] == OPENED && tally >= NUMBERS && FLOOR_DUE(x) -> send_floor(x)
    :: state[x] == OPENED && tally >= NUMBERS && !FLOOR_DUE(x) && piece != 0 -> send_fresh(x)
    :: state[x] == OPENED && tally >= NUMBERS && !FLOOR_DUE(x) && piece == 0 -> send_ack(x, 1)
    :: else -> skip
    fi
}

/* ---- nonces are as good as each other ---- */

/* After each event they are numbered anew, in the order in which they occur; for two states that
 * differ in nothing but the numbers of their nonces are one. */

inline name_a(nonce) {
    if
    :: (nonce) != 0 && names_a[nonce] == 0 -> some++; names_a[nonce] = some
    :: else -> skip
    fi
}

inline name_b(nonce) {
    if
    :: (nonce) != 0 && names_b[nonce] == 0 -> tally++; names_b[nonce] = tally
    :: else -> skip
    fi
}

inline sort(to) {
    at = 1;
    do
    :: at < N ->
        back = at;
        do
        :: back > 0 && WAY(to, back - 1) < WAY(to, back) ->
            sending = WAY(to, back);
            WAY(to, back) = WAY(to, back - 1);
            WAY(to, back - 1) = sending;
            back--
        :: else -> break
        od;
        at++
    :: else -> break
    od
}

inline tidy() {
    at = 0;
    do
    :: at < 16 -> names_a[at] = 0; names_b[at] = 0; at++
    :: else -> break
    od;
    some = 0;
    tally = 0;
#if !defined(REPEATS_O) && !defined(REPEATS_A)
    name_a(a[0]); name_a(a[1]); name_a(candidate_a);
    name_b(b[0]); name_b(b[1]); name_b(candidate_b);
    at = 0;
    do
    :: at < 2 * N -> name_a(NONCE_A(way[at])); name_b(NONCE_B(way[at])); at++
    :: else -> break
    od;
    a[0] = names_a[a[0]]; a[1] = names_a[a[1]]; candidate_a = names_a[candidate_a];
    b[0] = names_b[b[0]]; b[1] = names_b[b[1]]; candidate_b = names_b[candidate_b];
    at = 0;
    do
    :: at < 2 * N ->
        way[at] = FRAME(TYPE(way[at]), names_a[NONCE_A(way[at])], names_b[NONCE_B(way[at])], REST(way[at]));
        at++
    :: else -> break
    od;
#endif
    sort(OPENER);
    sort(ACCEPTER)
}

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
