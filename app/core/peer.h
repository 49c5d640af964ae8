/* SPDX-License-Identifier: BSD-3-Clause */
/** The table of peers: who is known by which name, and over which link he is reached. */
#ifndef MSGR_CORE_PEER_H
#define MSGR_CORE_PEER_H

#include "engine.h"

/** The peer of a handle, or NULL. */
struct msgr_peer *msgr_peer_of(const struct msgr *m, int handle);

int msgr_peer_handle(const struct msgr *m, const struct msgr_peer *peer);

/** A place for that name, which nobody has: a free one, or one that is of no use any more. */
struct msgr_peer *msgr_peer_create(struct msgr *m, const void *name, size_t size);

/** The peer of that name, or NULL. */
struct msgr_peer *msgr_peer_named(const struct msgr *m, const void *name, size_t size);

/**
 * Somebody claims to be so (SPEC.md, 7.3).
 *
 * @return 0 and the peer, or why he is refused (enum msgr_refusal)
 */
int msgr_peer_claim(struct msgr *m, const struct msgr_name *name, uint64_t identity,
                    struct msgr_peer **peer);

/** A link to it has been proved, or proved anew. */
void msgr_peer_link_up(struct msgr *m, struct msgr_peer *peer, int link);

/** Frames are sent on the link that something was heard on last, if that is not this one. */
void msgr_peer_try_another_link(struct msgr *m, struct msgr_peer *peer);

/** A link to it is not to be used any more. */
void msgr_peer_link_down(struct msgr *m, struct msgr_peer *peer, int link, enum msgr_reason reason);

/** Another proved link to it, or MSGR_NO_LINK. */
int msgr_peer_another_link(const struct msgr *m, const struct msgr_peer *peer, int link);

/** It is open and has a link. */
static inline bool msgr_peer_is_up(const struct msgr_peer *peer)
{
    return peer->is_open && peer->link != MSGR_NO_LINK;
}

/** It was up, and is not, or not in the same conversation: the application is told. */
void msgr_peer_went_down(struct msgr *m, struct msgr_peer *peer, enum msgr_reason reason);

/** Whether lost fragments must be repeated by us: the link is of datagrams. */
bool msgr_peer_is_on_datagrams(const struct msgr *m, const struct msgr_peer *peer);

#endif
