/* SPDX-License-Identifier: BSD-3-Clause */
#include "name.h"

#include "msgr/msgr.h"
#include "msgr/utf8.h"

static bool is_control(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
}

bool msgr_name_is_valid(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    size_t left = size;

    while (left > 0) {
        uint32_t code_point;
        size_t length = msgr_utf8_decode(at, left, &code_point);

        if (length == 0 || is_control(code_point)) {
            return false;
        }
        at += length;
        left -= length;
    }
    return size >= 1 && size <= MSGR_NAME_MAX;
}
