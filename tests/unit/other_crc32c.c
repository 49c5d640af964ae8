/* SPDX-License-Identifier: BSD-3-Clause */
/* The CRC with the table that the build has not chosen, for test_crc32c.c. */
#include "msgr/opts.h"

#if MSGR_CRC_TABLE == 1024
#undef MSGR_CRC_TABLE
#define MSGR_CRC_TABLE 64
#else
#undef MSGR_CRC_TABLE
#define MSGR_CRC_TABLE 1024
#endif

#undef MSGR_CRC_INSTRUCTION
#define MSGR_CRC_INSTRUCTION 0

#define msgr_crc32c_add other_crc32c_add
#include "crc32c.c" /* NOLINT(bugprone-suspicious-include) */

extern const int other_crc_table;
const int other_crc_table = MSGR_CRC_TABLE;
