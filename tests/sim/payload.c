/* SPDX-License-Identifier: BSD-3-Clause */
#include "payload.h"

#include "dice.h"

static uint32_t word_of(const struct payload_tag *tag)
{
    return (uint32_t)tag->sender << 31 | (uint32_t)(tag->life & 0x7F) << 24 |
           (tag->number & 0xFFFFFF);
}

/* Bytes 8 i to 8 i + 7. The number's lowest byte comes first, so that short ones differ by it. */
static uint64_t block_of(uint32_t word, size_t size, size_t i)
{
    struct dice dice = {(uint64_t)size << 40 ^ (uint64_t)i << 32 ^ word};
    uint64_t roll = dice_roll(&dice);

    return i > 0 ? roll : (roll & 0xFFFFFFFF00000000u) | word;
}

void payload_fill(uint8_t *data, size_t size, const struct payload_tag *tag)
{
    uint64_t block = 0;

    for (size_t i = 0; i < size; i++, block >>= 8) {
        if (i % 8 == 0) {
            block = block_of(word_of(tag), size, i / 8);
        }
        data[i] = (uint8_t)block;
    }
}

bool payload_read(const uint8_t *data, size_t size, struct payload_tag *tag)
{
    if (size < PAYLOAD_TAGGED) {
        return false;
    }
    tag->sender = data[3] >> 7;
    tag->life = data[3] & 0x7F;
    tag->number = (uint32_t)data[2] << 16 | (uint32_t)data[1] << 8 | data[0];
    return true;
}

bool payload_is_right(const uint8_t *data, size_t size, const struct payload_tag *tag)
{
    uint64_t block = 0;

    for (size_t i = 0; i < size; i++, block >>= 8) {
        if (i % 8 == 0) {
            block = block_of(word_of(tag), size, i / 8);
        }
        if (data[i] != (uint8_t)block) {
            return false;
        }
    }
    return true;
}
