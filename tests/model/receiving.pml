/* SPDX-License-Identifier: BSD-3-Clause */
/* What fragments and the floor do to who receives them (SPEC.md, 9 and 12). Part of conversation.pml. */

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
