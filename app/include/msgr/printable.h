/* SPDX-License-Identifier: BSD-3-Clause */
/** Bytes from the wire, made safe to show on a terminal. */
#ifndef MSGR_PRINTABLE_H
#define MSGR_PRINTABLE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of output that one byte of input can become at most. */
#define MSGR_PRINTABLE_GROWTH 4

/**
 * Write @p size bytes of @p data as printable text into @p out.
 *
 * Valid UTF-8 (RFC 3629) stays as it is. Everything that could change what a terminal shows
 * besides adding characters is written as `\xNN`, byte by byte: C0 and C1 controls and DEL, line
 * and paragraph separators, bidirectional controls (Unicode UAX #9), other invisible format
 * characters, noncharacters, and all bytes that are not valid UTF-8. A backslash stays a backslash:
 * the text is for people, and what was escaped cannot always be told from what was sent.
 *
 * @param out       receives the text, without a NUL; may not overlap @p data
 * @param out_size  room in bytes; MSGR_PRINTABLE_GROWTH * size is always enough. Where it is not
 *                  enough the text ends before the first character that does not fit whole
 * @return bytes written
 *
 * Any context; no state.
 */
size_t msgr_printable(char *out, size_t out_size, const void *data, size_t size);

#ifdef __cplusplus
}
#endif
#endif
