/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The transport's side of the engine: bytes in, bytes out, and time. A transport owns connections,
 * sockets, addresses and timers; the engine says when, and what.
 *
 * A loop, for each engine:
 *
 *     first of all                 msgr_tick(): from then what the application does counts
 *     bytes came on a link         msgr_link_input()
 *     a datagram from a stranger   msgr_link_stranger()
 *     a connection is over         msgr_link_down()
 *     the application pulls its events
 *     for each link of msgr_link_pending(): msgr_link_output() until it gives nothing
 *     sleep                        msgr_deadline_ms() at most, or until `wake`
 *
 * A number that is no link's does no harm: bytes for it are taken and forgotten, and it has nothing
 * to say.
 *
 * `now_ms` is any monotonic clock in milliseconds. It may start anywhere and wrap; between two
 * calls no more than MSGR_DEADLINE_MAX_MS may pass.
 */
#ifndef MSGR_LINK_H
#define MSGR_LINK_H

#include "msgr/msgr.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Largest datagram with all frames, and largest piece of a stream, in bytes. */
#define MSGR_DATAGRAM_MAX 1200

/** Room for an answer to a stranger, in bytes. */
#define MSGR_ANSWER_MAX 32

enum msgr_link_kind {
    MSGR_LINK_DATAGRAM,
    MSGR_LINK_STREAM,
};

/**
 * As initiator: a connection has been established, or an address is to be talked to.
 *
 * @return the link, 0 or more; or MSGR_ERROR_FULL
 */
int msgr_link_connect(struct msgr *m, uint32_t now_ms, enum msgr_link_kind kind);

/**
 * As responder: a connection has been accepted. Those on which HELLO has not come yet may have half
 * of the links.
 * @return as msgr_link_connect()
 */
int msgr_link_accept(struct msgr *m, uint32_t now_ms);

/**
 * A framed datagram (frame_mark.h) from an address that has no link.
 *
 * It is not to be given to msgr_link_input(), too.
 *
 * @param address      what tells it from others: address and port, in any form; up to 48 bytes
 * @param answer       MSGR_ANSWER_MAX bytes to send back there, never more than came
 * @param answer_size  set; 0: nothing is to be sent
 * @return a new link for that address, or MSGR_ERROR_LINK: none, forget it
 */
int msgr_link_stranger(struct msgr *m, uint32_t now_ms, const void *address, size_t address_size,
                       const void *data, size_t size, void *answer, size_t *answer_size);

/**
 * Bytes that came: one whole datagram, or what a stream has. Not kept. On a stream whole frames are
 * used; the rest is to be presented again with what follows it, and a frame is at most
 * MSGR_DATAGRAM_MAX bytes.
 *
 * @return how many bytes were used; for a datagram, and for a link that is over, all
 */
size_t msgr_link_input(struct msgr *m, int link, uint32_t now_ms, const void *data, size_t size);

/**
 * Bytes to be sent: one datagram, or a piece of a stream. They count as sent.
 *
 * @param room  of `data`; on a datagram link MSGR_DATAGRAM_MAX, on a stream at least that much for
 *              progress to be certain
 * @return how many; 0: nothing, or nothing that fits
 */
size_t msgr_link_output(struct msgr *m, int link, uint32_t now_ms, void *data, size_t room);

/**
 * What msgr_link_output() gave last, on this link, could not be sent; nothing of it left. It will
 * be given again. To be called before any other call; a transport may as well send late, or, on a
 * datagram link, let it be lost.
 */
void msgr_link_unsent(struct msgr *m, int link);

/** The next link after `link` with something to send or to close; -1 begins; -1 is none. */
int msgr_link_pending(const struct msgr *m, int link);

/**
 * Whether the transport is to close the link, after it has sent what msgr_link_output() still
 * gives, and call msgr_link_down(). True also for what is no link.
 */
bool msgr_link_is_over(const struct msgr *m, int link);

/** Why it is over, or was refused last; MSGR_REASON_NONE if neither. */
enum msgr_reason msgr_link_reason(const struct msgr *m, int link);

/** The peer at its other end, or MSGR_ERROR_PEER while it is not proved. */
int msgr_link_peer(const struct msgr *m, int link);

/** The link is gone; its number may be used again. Conversations stay. */
void msgr_link_down(struct msgr *m, int link, uint32_t now_ms);

/** Do what is due. Early and late calls do no harm; late ones make outcomes late. */
void msgr_tick(struct msgr *m, uint32_t now_ms);

#define MSGR_NEVER UINT32_MAX

/** Milliseconds from now until msgr_tick() is needed; 0: at once; MSGR_NEVER: not by itself. */
uint32_t msgr_deadline_ms(const struct msgr *m, uint32_t now_ms);

#ifdef __cplusplus
}
#endif
#endif
