/* SPDX-License-Identifier: BSD-3-Clause */
/** Where a plain text on a stream ends (SPEC.md, 3.1). Any context; no state. */
#ifndef MSGR_CORE_PLAIN_BOUNDARY_H
#define MSGR_CORE_PLAIN_BOUNDARY_H

#include <stddef.h>

/** What has just happened on the stream. */
enum msgr_plain_cue {
    MSGR_PLAIN_CUE_DATA,  /* bytes came, without a push */
    MSGR_PLAIN_CUE_PUSH,  /* bytes came, and a push with them */
    MSGR_PLAIN_CUE_QUIET, /* bytes have come, and none for MSGR_PLAIN_QUIET_MS */
    MSGR_PLAIN_CUE_END,   /* the other side's FIN */
};

enum msgr_plain_boundary {
    MSGR_PLAIN_BOUNDARY_OPEN,     /* the text goes on */
    MSGR_PLAIN_BOUNDARY_ENDED,    /* these bytes are the text */
    MSGR_PLAIN_BOUNDARY_TOO_LONG, /* it is longer than the limit */
    MSGR_PLAIN_BOUNDARY_FRAMED,   /* it is not plain at all */
};

/**
 * @param text   the first bytes of the stream: all, or at least three
 * @param size   how many bytes the stream has brought; it may be more than @p text holds
 * @param limit  the longest text
 */
enum msgr_plain_boundary msgr_plain_boundary(const void *text, size_t size, size_t limit,
                                             enum msgr_plain_cue cue);

#endif
