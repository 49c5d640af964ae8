/* SPDX-License-Identifier: BSD-3-Clause */
/* What an end does to send: outcomes, fragments, ACK, the floor (SPEC.md, 9, 10 and 12). Part of conversation.pml. */

/* Sets low to the floor of end x: one beyond the last given up of those that are. */
inline find_floor(x) {
    low = 0;
    walk = 0;
    do
    :: walk < next[x] && ((acked[x] | given_up[x]) >> walk & 1) ->
        walk++;
        if
#ifdef BUG_FLOOR_DROPS_INCOMPLETE
        :: true -> low = walk
#else
        :: given_up[x] >> (walk - 1) & 1 -> low = walk
        :: else -> skip
#endif
        fi
    :: else -> break
    od;
    walk = 0
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
