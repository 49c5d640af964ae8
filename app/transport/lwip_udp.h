/* SPDX-License-Identifier: BSD-3-Clause */
/** What the UDP server and client have in common. lwIP core context. */
#ifndef MSGR_TRANSPORT_LWIP_UDP_H
#define MSGR_TRANSPORT_LWIP_UDP_H

#include "lwip/pbuf.h"

#include <stdint.h>

/**
 * The first @p size bytes of a datagram in one piece: in the pbuf if they are there, else copied to
 * @p buffer, which has room for them. Never NULL, also for an empty datagram.
 */
const void *msgr_lwip_contiguous(const struct pbuf *p, void *buffer, uint16_t size);

#endif
