/* SPDX-License-Identifier: BSD-3-Clause */
#include "plain_boundary.h"

#include "frame_mark.h"

enum msgr_plain_boundary msgr_plain_boundary(const void *text, size_t size, size_t limit,
                                             enum msgr_plain_cue cue)
{
    enum msgr_frame_mark mark = msgr_frame_mark(text, size);

    if (mark == MSGR_FRAME_MARK_PRESENT) {
        return MSGR_PLAIN_BOUNDARY_FRAMED;
    }
    if (size > limit) {
        return MSGR_PLAIN_BOUNDARY_TOO_LONG;
    }
    if (cue == MSGR_PLAIN_CUE_DATA) {
        return MSGR_PLAIN_BOUNDARY_OPEN;
    }
    if (cue == MSGR_PLAIN_CUE_PUSH && mark == MSGR_FRAME_MARK_PARTIAL) {
        return MSGR_PLAIN_BOUNDARY_OPEN;
    }
    return MSGR_PLAIN_BOUNDARY_ENDED;
}
