/* SPDX-License-Identifier: BSD-3-Clause */
/** Where the other end is: an address of IPv4 or IPv6 with its port, or a Unix socket's path. */
#ifndef MSGR_SOCKETS_ADDRESS_H
#define MSGR_SOCKETS_ADDRESS_H

#include "msgr/socket_stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An IPv4 address is always AF_INET: one that a stack maps into IPv6 (::ffff:a.b.c.d) is not. */
struct msgr_sockets_address {
    union {
        struct sockaddr any;
#if MSGR_SOCKETS_IPV4
        struct sockaddr_in in4;
#endif
#if MSGR_SOCKETS_IPV6
        struct sockaddr_in6 in6;
#endif
#if MSGR_SOCKETS_UNIX
        struct sockaddr_un un;
#endif
    } as;
    socklen_t size; /* of what is in `as`; 0: there is no address */
};

/** Room for msgr_sockets_address_text(), with its zero. */
#define MSGR_SOCKETS_ADDRESS_TEXT 128

/**
 * "10.0.0.1:9999", "[fd77::1]:9999", "[fe80::1%2]:9999", "unix:/run/msgr", "unix:" for an end
 * without a name, or "?" for none. Zero-terminated.
 * @return text
 */
const char *msgr_sockets_address_text(const struct msgr_sockets_address *address,
                                      char text[MSGR_SOCKETS_ADDRESS_TEXT]);

/**
 * An IPv4 or IPv6 address in digits; IPv6 without brackets, and with %ZONE or without.
 * @return false: it is none, or this build lacks its family
 */
bool msgr_sockets_address_parse(struct msgr_sockets_address *address, const char *text,
                                uint16_t port);

bool msgr_sockets_address_equal(const struct msgr_sockets_address *a,
                                const struct msgr_sockets_address *b);

/** The port, or 0 where there is none. */
uint16_t msgr_sockets_address_port(const struct msgr_sockets_address *address);

#ifdef __cplusplus
}
#endif
#endif
