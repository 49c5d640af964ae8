/* SPDX-License-Identifier: BSD-3-Clause */
/** What DATA, ACK and FLOOR do to a conversation (SPEC.md, 9 to 12). */
#ifndef MSGR_CORE_EXCHANGE_H
#define MSGR_CORE_EXCHANGE_H

#include "engine.h"

/** Each returns whether the frame was of use. */
bool msgr_exchange_on_data(struct msgr *m, struct msgr_peer *peer, const struct msgr_frame *frame);
bool msgr_exchange_on_ack(struct msgr *m, struct msgr_peer *peer, const struct msgr_frame *frame);
bool msgr_exchange_on_floor(struct msgr *m, struct msgr_peer *peer, const struct msgr_frame *frame);

/** An ACK is to be sent at once; `due`: MSGR_DUE_ACK, perhaps with MSGR_DUE_PROBE. */
void msgr_exchange_ack_now(struct msgr *m, struct msgr_peer *peer, unsigned due);

/** The application has taken the oldest message. */
void msgr_exchange_taken(struct msgr *m, struct msgr_peer *peer);

/** Whether a fragment could be transmitted now, but for room in what is being written. */
bool msgr_exchange_has_data(const struct msgr *m, const struct msgr_peer *peer);

/** Something that is awaited has just been transmitted: the probe timer begins again. */
void msgr_exchange_await(struct msgr *m, struct msgr_peer *peer);

/** Ask for a sign of life on that link, which need not be the one that frames are sent on. */
void msgr_exchange_probe_link(struct msgr *m, struct msgr_peer *peer, int link);

/** The link that frames are sent on is another one: what is known of the path is void. */
void msgr_exchange_path_changed(struct msgr *m, struct msgr_peer *peer);

/** A message gets its outcome, which is counted and told. */
void msgr_exchange_finish(struct msgr *m, struct msgr_peer *peer, uint16_t message,
                          enum msgr_out_state state, enum msgr_reason reason);

/**
 * A message without an outcome gets one: it was cancelled, or its time is up. The cursor is to be
 * checked afterwards.
 */
void msgr_exchange_give_up(struct msgr *m, struct msgr_peer *peer, uint16_t message,
                           enum msgr_reason reason);

/** The first message that has not been transmitted is longer than the peer takes? Give it up. */
void msgr_exchange_check_cursor(struct msgr *m, struct msgr_peer *peer);

void msgr_exchange_on_timer(struct msgr *m, struct msgr_peer *peer, enum msgr_timer timer);

#endif
