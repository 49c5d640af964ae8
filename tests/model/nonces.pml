/* SPDX-License-Identifier: BSD-3-Clause */
/* Nonces are as good as each other: the states are finite. Part of conversation.pml. */

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
