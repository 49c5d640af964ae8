/* SPDX-License-Identifier: BSD-3-Clause */
/** The address of a host by its name (DNS), if lwIP has LWIP_DNS. One at a time. */
#ifndef APP_NODE_LOOKUP_H
#define APP_NODE_LOOKUP_H

#include "lwip/ip_addr.h"

/** @p address is lent until it returns; NULL: there is none, and @p why says the reason. */
typedef void (*lookup_handler)(const ip_addr_t *address, const char *why);

/**
 * Find @p name's address and hand it to @p done, which is called exactly once: at once or later.
 * @param name  an address in text is one, too; not used after the return
 */
void lookup(const char *name, lookup_handler done);

/** In each turn of the main loop: call the handler if there is an answer. */
void lookup_poll(void);

#endif
