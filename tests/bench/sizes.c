/* SPDX-License-Identifier: BSD-3-Clause */
/* What MSGR_SIZE() comes to on the target, for 4 peers with what they are guaranteed, to be read
 * from the object file: nothing of it is run. */
#include "msgr/msgr.h"

#define FRAGMENTS ((MSGR_MESSAGE_MAX + MSGR_FRAGMENT - 1) / MSGR_FRAGMENT)

extern const char ram_4_peers[MSGR_SIZE(4, 2 * 4 * FRAGMENTS * MSGR_FRAGMENT)];
const char ram_4_peers[MSGR_SIZE(4, 2 * 4 * FRAGMENTS * MSGR_FRAGMENT)] = {1};
