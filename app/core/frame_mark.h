/* SPDX-License-Identifier: BSD-3-Clause */
/** The bytes that tell the framed protocol from the plain one (SPEC.md, 2). */
#ifndef MSGR_CORE_FRAME_MARK_H
#define MSGR_CORE_FRAME_MARK_H

#include <stddef.h>

enum msgr_frame_mark {
    MSGR_FRAME_MARK_ABSENT,  /* plain */
    MSGR_FRAME_MARK_PARTIAL, /* one or two bytes of it, and nothing else yet (not for no bytes) */
    MSGR_FRAME_MARK_PRESENT, /* framed */
};

/** What the first bytes of a stream, or a datagram, say. Any context; no state. */
enum msgr_frame_mark msgr_frame_mark(const void *data, size_t size);

#endif
