/* SPDX-License-Identifier: BSD-3-Clause */
#include "msgr/utf8.h"

/* Table 3-7 of the Unicode Standard: the range of the second byte depends on the first. */
struct lead {
    uint8_t first, last;
    uint8_t length;
    uint8_t second_low, second_high;
};

static const struct lead leads[] = {
    {0x00, 0x7F, 1, 0, 0},       {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

static const struct lead *lead_of(uint8_t byte)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        if (byte >= leads[i].first && byte <= leads[i].last) {
            return &leads[i];
        }
    }
    return NULL;
}

size_t msgr_utf8_length(uint8_t first)
{
    const struct lead *lead = lead_of(first);

    return lead != NULL ? lead->length : 0;
}

size_t msgr_utf8_decode(const void *data, size_t size, uint32_t *code)
{
    const uint8_t *in = data;
    const struct lead *lead = lead_of(in[0]);

    if (lead == NULL || lead->length > size) {
        return 0;
    }
    *code = lead->length == 1 ? in[0] : in[0] & (0x7Fu >> lead->length);
    for (size_t i = 1; i < lead->length; i++) {
        uint8_t low = i == 1 ? lead->second_low : 0x80;
        uint8_t high = i == 1 ? lead->second_high : 0xBF;
        if (in[i] < low || in[i] > high) {
            return 0;
        }
        *code = *code << 6 | (in[i] & 0x3Fu);
    }
    return lead->length;
}
