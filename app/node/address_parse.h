/* SPDX-License-Identifier: BSD-3-Clause */
/** Addresses from text: command lines, settings, constants. */
#ifndef APP_NODE_ADDRESS_PARSE_H
#define APP_NODE_ADDRESS_PARSE_H

#include "lwip/ip_addr.h"

#include <stdbool.h>
#include <stdint.h>

enum address_parse {
    ADDRESS_PARSE_OK,
    ADDRESS_PARSE_SYNTAX,   /* not an address of a host, or no prefix length behind it */
    ADDRESS_PARSE_PREFIX,   /* not a prefix length from 1 to 30; IPv6: not 64 */
    ADDRESS_PARSE_NOT_HOST, /* the network's own address, or its broadcast address */
};

#if LWIP_IPV4
/** "10.77.0.2/24". */
enum address_parse address_parse4(const char *text, ip4_addr_t *address, ip4_addr_t *netmask);
#endif

#if LWIP_IPV6
/** "fd77::2/64", the only prefix length that lwIP knows. */
enum address_parse address_parse6(const char *text, ip6_addr_t *address);
#endif

/**
 * Any address, of one host or of a group: "10.0.2.2", "fd77::1", "fe80::1%1", where 1 is this
 * node's one interface. lwIP alone would take any other scope for none.
 */
bool address_parse(const char *text, ip_addr_t *address);

/** A number in decimal from @p low to @p high, and nothing behind it. */
bool address_parse_number(const char *text, uint32_t low, uint32_t high, uint32_t *number);

#endif
