/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What MSGR_LOCK() and MSGR_UNLOCK() may be mapped to (msgr/opts.h). Each function of
 * msgr/lwip_plain.h takes the lock once and gives it back once, in one block; inside it calls none
 * that does. LWIP_ASSERT_CORE_LOCKED() comes behind the lock: it fails where the hooks are missing.
 */
#ifndef MSGR_TRANSPORT_LWIP_LOCK_H
#define MSGR_TRANSPORT_LWIP_LOCK_H

#include "msgr/opts.h"

#include "lwip/tcpip.h" /* LOCK_TCPIP_CORE() */

#endif
