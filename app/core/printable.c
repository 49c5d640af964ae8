/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One code point at a time: decode it, and either copy its bytes or escape the first of them. After
 * an invalid byte decoding starts again at the next one, so nothing valid behind it is lost.
 */
#include "msgr/printable.h"

#include "msgr/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Code points that are valid but not shown: each range is closed, and they are in order. */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x0000, 0x001F},   /* C0 */
    {0x007F, 0x009F},   /* DEL, C1 */
    {0x00AD, 0x00AD},   /* soft hyphen */
    {0x061C, 0x061C},   /* Arabic letter mark */
    {0x180E, 0x180E},   /* Mongolian vowel separator */
    {0x200B, 0x200F},   /* zero width, left-to-right and right-to-left marks */
    {0x2028, 0x202E},   /* line and paragraph separators, embeddings and overrides */
    {0x2060, 0x206F},   /* invisible operators, isolates */
    {0xFDD0, 0xFDEF},   /* noncharacters */
    {0xFEFF, 0xFEFF},   /* zero width no-break space */
    {0xFFF9, 0xFFFB},   /* interlinear annotation */
    {0xE0000, 0xE0FFF}, /* tags and other default ignorables */
};

static bool is_hidden(uint32_t code)
{
    if ((code & 0xFFFEu) == 0xFFFEu) { /* the last two of each plane are noncharacters */
        return true;
    }
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        if (code <= hidden[i].last) {
            return code >= hidden[i].first;
        }
    }
    return false;
}

static void escape(char *out, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";

    out[0] = '\\';
    out[1] = 'x';
    out[2] = digits[byte >> 4];
    out[3] = digits[byte & 0x0F];
}

size_t msgr_printable(char *out, size_t out_size, const void *data, size_t size)
{
    const uint8_t *in = data;
    size_t used = 0;

    while (size > 0) {
        uint32_t code = 0;
        size_t length = msgr_utf8_decode(in, size, &code);
        bool shown = length > 0 && !is_hidden(code);
        size_t take = shown ? length : 1;
        size_t give = shown ? length : MSGR_PRINTABLE_GROWTH;

        if (give > out_size - used) {
            break;
        }
        if (shown) {
            memcpy(out + used, in, length);
        } else {
            escape(out + used, in[0]);
        }
        used += give;
        in += take;
        size -= take;
    }
    return used;
}
