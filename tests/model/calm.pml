/* SPDX-License-Identifier: BSD-3-Clause */
/* What must come of it when nothing is lost any more. Part of conversation.pml. */

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
