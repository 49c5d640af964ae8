/* SPDX-License-Identifier: BSD-3-Clause */
/** Addresses on the console. */
#ifndef APP_NODE_ADDRESS_H
#define APP_NODE_ADDRESS_H

#include "lwip/ip_addr.h"

#include <stdint.h>

/** Append the address alone: dotted quad, or RFC 5952's form without its scope. */
void address_print(const ip_addr_t *address);

/**
 * Append the address and port as Python prints a socket's address: ('10.77.0.1', 37958), or
 * ('fd77::1', 37958, 0, SCOPE).
 */
void address_print_python(const ip_addr_t *address, uint16_t port);

#endif
