/* SPDX-License-Identifier: BSD-3-Clause */
/** What others cannot guess, and what never comes twice. */
#ifndef MSGR_CORE_SECRET_H
#define MSGR_CORE_SECRET_H

#include "engine.h"

uint32_t msgr_secret_random32(struct msgr *m);

/** Unique to this engine among all starts; its low 32 bits are random (SPEC.md, 8). */
uint64_t msgr_secret_nonce(struct msgr *m);

/** A random token (SPEC.md, 7.1). */
uint64_t msgr_secret_token(struct msgr *m);

/** The id of frames from that peer: it tells who it is. Neither his current nor his next. */
uint32_t msgr_secret_id(struct msgr *m, const struct msgr_peer *peer);

/** Make the hash of an address, in any form. */
void msgr_secret_address(const struct msgr *m, const void *address, size_t size, uint32_t hash[2]);

/** Make the cookie for a HELLO from there (SPEC.md, 7.1). */
void msgr_secret_cookie(const struct msgr *m, const uint32_t address[2],
                        const struct msgr_hello *hello, uint8_t cookie[MSGR_COOKIE_SIZE]);

/** Whether its cookie is one that we made for it not long ago. */
bool msgr_secret_cookie_is_valid(const struct msgr *m, const uint32_t address[2],
                                 const struct msgr_hello *hello);

#endif
