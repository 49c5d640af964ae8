/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame_mark.h"

#include <stdint.h>
#include <string.h>

static const uint8_t mark[] = {0xF9, 0x4D, 0x47};

enum msgr_frame_mark msgr_frame_mark(const void *data, size_t size)
{
    size_t known = size < sizeof mark ? size : sizeof mark;

    if (known == 0 || memcmp(data, mark, known) != 0) {
        return MSGR_FRAME_MARK_ABSENT;
    }
    return known == sizeof mark ? MSGR_FRAME_MARK_PRESENT : MSGR_FRAME_MARK_PARTIAL;
}
