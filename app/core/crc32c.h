/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * CRC-32C (Castagnoli; RFC 3720, 12.1), the check of frames (SPEC.md, 6). Its table has
 * MSGR_CRC_TABLE bytes, which lie in flash: 1024 for speed, 64 for size. PCs do without
 * (MSGR_CRC_INSTRUCTION).
 */
#ifndef MSGR_CORE_CRC32C_H
#define MSGR_CORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/** The state before the first byte. */
#define MSGR_CRC32C_START 0xFFFFFFFFu

/**
 * Go on with more bytes. A state may be kept and gone on from as often as wanted: so a prefix costs
 * once.
 *
 * @param data  may be NULL if size is 0; of any alignment
 */
uint32_t msgr_crc32c_add(uint32_t state, const void *data, size_t size);

/** The CRC of all bytes so far. */
static inline uint32_t msgr_crc32c_value(uint32_t state)
{
    return ~state;
}

#endif
