/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * HalfSipHash-2-4 (Aumasson and Bernstein): who does not know the key can neither tell the result
 * for bytes that he has not seen it for, nor find the key from results. SipHash on 32-bit words: a
 * tenth of MD5's code on a Cortex-M, and of its time.
 */
#ifndef MSGR_CORE_HALF_SIP_HASH_H
#define MSGR_CORE_HALF_SIP_HASH_H

#include <stddef.h>
#include <stdint.h>

#define MSGR_HALF_SIP_HASH_KEY_SIZE 8

uint32_t msgr_half_sip_hash(const uint8_t key[MSGR_HALF_SIP_HASH_KEY_SIZE], const void *data,
                            size_t size);

#endif
