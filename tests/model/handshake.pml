/* SPDX-License-Identifier: BSD-3-Clause */
/* OPEN, ACCEPT, the candidate, RESET, restarts (SPEC.md, 8). Part of conversation.pml. */

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
