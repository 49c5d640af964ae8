/* SPDX-License-Identifier: BSD-3-Clause */
#include "lwip_udp.h"

const void *msgr_lwip_contiguous(const struct pbuf *p, void *buffer, uint16_t size)
{
    /* lwIP has no first byte of an empty datagram. */
    return size > 0 ? pbuf_get_contiguous(p, buffer, size, size, 0) : buffer;
}
