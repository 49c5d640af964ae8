/* SPDX-License-Identifier: BSD-3-Clause */
/** How conversations begin and end (SPEC.md, 8). */
#ifndef MSGR_CORE_CONVERSATION_H
#define MSGR_CORE_CONVERSATION_H

#include "engine.h"

/** The peer has become reachable: open, if that is for us to do, or ask whether it still knows us.
 */
void msgr_conversation_reach(struct msgr *m, struct msgr_peer *peer);

/** Outcomes for all that was transmitted; nothing of the conversation stays. */
void msgr_conversation_end(struct msgr *m, struct msgr_peer *peer, enum msgr_reason reason);

/** @return whether it is from the peer at that link, and for us */
bool msgr_conversation_on_open(struct msgr *m, struct msgr_link *link,
                               const struct msgr_open_frame *open);
void msgr_conversation_on_accept(struct msgr *m, struct msgr_link *link,
                                 const struct msgr_accept *accept);
void msgr_conversation_on_reset(struct msgr *m, struct msgr_link *link, uint32_t id);
void msgr_conversation_on_refuse(struct msgr *m, struct msgr_peer *peer);

/**
 * Whose frame it is, by its id and its check. The candidate that it proves becomes the
 * conversation.
 *
 * @return NULL: nobody's; it has been counted, and answered if need be
 */
struct msgr_peer *msgr_conversation_of(struct msgr *m, struct msgr_link *link,
                                       const struct msgr_frame *frame);

/** OPEN's timer. */
void msgr_conversation_on_timer(struct msgr *m, struct msgr_peer *peer);

void msgr_conversation_open_frame(const struct msgr *m, const struct msgr_peer *peer,
                                  struct msgr_open_frame *open);
void msgr_conversation_accept_frame(const struct msgr *m, const struct msgr_peer *peer,
                                    struct msgr_accept *accept);

/** The longest message that the peer takes. */
uint32_t msgr_conversation_message_max(const struct msgr_peer *peer);

#endif
