/* SPDX-License-Identifier: BSD-3-Clause */
/** Characters in UTF-8 (RFC 3629). Any context; no state. */
#ifndef MSGR_UTF8_H
#define MSGR_UTF8_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of the longest character. */
#define MSGR_UTF8_MAX 4

/** How many bytes a character has that begins with @p first. @return 1 to 4; 0: none does */
size_t msgr_utf8_length(uint8_t first);

/**
 * Decode the character that @p data begins with.
 * @param size  of data, in bytes, at least 1; the character may be shorter
 * @param code  receives the code point
 * @return the character's bytes, 1 to 4; 0: there is none, or not the whole of one
 */
size_t msgr_utf8_decode(const void *data, size_t size, uint32_t *code);

#ifdef __cplusplus
}
#endif
#endif
