/* SPDX-License-Identifier: BSD-3-Clause */
/** Addresses as sockets want them: with IPv4 mapped into IPv6, and back. Any context. */
#ifndef MSGR_TRANSPORT_SOCKETS_ADDRESS_H
#define MSGR_TRANSPORT_SOCKETS_ADDRESS_H

#include "msgr/sockets_address.h"

/** What a stack has filled in, `size` included: an IPv4 address that is mapped becomes AF_INET. */
void msgr_sockets_address_unmap(struct msgr_sockets_address *address);

/** For a socket of IPv6 that carries both: an IPv4 address becomes a mapped one. */
struct msgr_sockets_address msgr_sockets_address_mapped(const struct msgr_sockets_address *address);

/** Neither the unspecified address, nor a multicast one, nor IPv4's broadcast to all. */
bool msgr_sockets_address_is_one_host(const struct msgr_sockets_address *address);

/** Nobody's address: all zero. */
bool msgr_sockets_address_is_any(const struct msgr_sockets_address *address);

void msgr_sockets_address_set_port(struct msgr_sockets_address *address, uint16_t port);

/** All addresses, of IPv6 (and IPv4, on a socket for both) or of IPv4 alone. */
struct msgr_sockets_address msgr_sockets_address_any(bool is_ipv6, uint16_t port);

#endif
