/* SPDX-License-Identifier: BSD-3-Clause */
/* What MSGR_SIZE() comes to on the target, for 4 peers with so many bytes of payload as PAYLOAD
 * says, to be read from the object file: nothing of it is run. */
#include "msgr/msgr.h"

extern const char ram_4_peers[MSGR_SIZE(4, PAYLOAD(4))];
const char ram_4_peers[MSGR_SIZE(4, PAYLOAD(4))] = {1};
