/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What the applications of the world say: from 4 bytes on a message carries who sent it, in which
 * of its lives, and its number there; what follows depends on these and on the size. So a receiver
 * knows every byte that is right. Shorter ones carry a few bits of the number.
 */
#ifndef TESTS_SIM_PAYLOAD_H
#define TESTS_SIM_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAYLOAD_TAGGED 4 /* bytes, from which on a message says which it is */

struct payload_tag {
    int sender;      /* 0 or 1 */
    unsigned life;   /* 0 to 127 */
    uint32_t number; /* below 2^24 */
};

void payload_fill(uint8_t *data, size_t size, const struct payload_tag *tag);

/** @return false if it is shorter than PAYLOAD_TAGGED */
bool payload_read(const uint8_t *data, size_t size, struct payload_tag *tag);

bool payload_is_right(const uint8_t *data, size_t size, const struct payload_tag *tag);

#endif
