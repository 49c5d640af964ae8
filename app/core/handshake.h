/* SPDX-License-Identifier: BSD-3-Clause */
/** Links and what proves them (SPEC.md, 7). */
#ifndef MSGR_CORE_HANDSHAKE_H
#define MSGR_CORE_HANDSHAKE_H

#include "engine.h"

void msgr_handshake_on_hello(struct msgr *m, struct msgr_link *link,
                             const struct msgr_hello *hello);
void msgr_handshake_on_cookie(struct msgr *m, struct msgr_link *link,
                              const struct msgr_cookie *cookie);
void msgr_handshake_on_welcome(struct msgr *m, struct msgr_link *link,
                               const struct msgr_welcome *welcome);
void msgr_handshake_on_refuse(struct msgr *m, struct msgr_link *link,
                              const struct msgr_refuse *refuse);
void msgr_handshake_on_unknown(struct msgr *m, struct msgr_link *link);
void msgr_handshake_on_timer(struct msgr *m, struct msgr_link *link);

/** As initiator: say HELLO, with a new token. */
void msgr_handshake_begin(struct msgr *m, struct msgr_link *link);

/**
 * As responder: its HELLO has proved the link, if what it claims is right; WELCOME is due.
 *
 * @return 0, or why it is refused (enum msgr_refusal); then nothing is due
 */
int msgr_handshake_welcome(struct msgr *m, struct msgr_link *link, const struct msgr_hello *hello);

/** A proved link is of no use any more: say HELLO again, or let the transport close it. */
void msgr_handshake_lost(struct msgr *m, struct msgr_link *link, enum msgr_reason reason);

/** The other end of a stream does not follow the rules. */
void msgr_handshake_break(struct msgr *m, struct msgr_link *link);

#endif
