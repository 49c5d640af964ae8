/* SPDX-License-Identifier: BSD-3-Clause */
/* The CRC with the build's table, as processors without an instruction for it compute it. */
#include "msgr/opts.h"

#undef MSGR_CRC_INSTRUCTION
#define MSGR_CRC_INSTRUCTION 0

#define msgr_crc32c_add table_crc32c_add
#include "crc32c.c" /* NOLINT(bugprone-suspicious-include) */
