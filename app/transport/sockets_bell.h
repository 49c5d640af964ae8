/* SPDX-License-Identifier: BSD-3-Clause */
/** What is noted of a loop's bell (sockets_loop.c). Any thread, and interrupts. */
#ifndef MSGR_TRANSPORT_SOCKETS_BELL_H
#define MSGR_TRANSPORT_SOCKETS_BELL_H

#include "msgr/loop.h"

#include <stdatomic.h>

#define MSGR_BELL_RUNG 1u

/** A change that changes nothing: so whoever hears the bell later sees all that was done before. */
static inline uint32_t msgr_bell_look(struct msgr_loop *loop)
{
    return atomic_fetch_or(&loop->bell, 0);
}

/** It has been rung, since it was looked at; unless it has been heard since. */
static inline void msgr_bell_note(struct msgr_loop *loop, uint32_t looked)
{
    (void)atomic_compare_exchange_strong(&loop->bell, &looked, looked | MSGR_BELL_RUNG);
}

#endif
