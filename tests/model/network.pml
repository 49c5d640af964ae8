/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames under way: a set, from which any can arrive, again and again. Part of conversation.pml. */

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
