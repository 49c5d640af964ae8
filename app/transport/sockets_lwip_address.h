/* SPDX-License-Identifier: BSD-3-Clause */
/** Addresses between lwIP's sockets and lwIP itself. Any context. */
#ifndef MSGR_TRANSPORT_SOCKETS_LWIP_ADDRESS_H
#define MSGR_TRANSPORT_SOCKETS_LWIP_ADDRESS_H

#include "msgr/sockets_address.h"

#include "lwip/ip_addr.h"

void msgr_sockets_to_lwip(ip_addr_t *address, const struct msgr_sockets_address *from);

struct msgr_sockets_address msgr_sockets_from_lwip(const ip_addr_t *address, uint16_t port);

#endif
