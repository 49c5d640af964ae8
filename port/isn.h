/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * TCP's initial sequence numbers as RFC 6528 wants them: each connection's own, not to be guessed
 * by anybody else, and always moving on. lwIP's own count up from a constant.
 */
#ifndef PORT_ISN_H
#define PORT_ISN_H

#include "lwip/ip_addr.h"

#define PORT_ISN_SECRET_SIZE 8

/** Once, before the first connection. @p secret: unpredictable, another one at each boot. */
void port_isn_start(const uint8_t secret[PORT_ISN_SECRET_SIZE]);

/** lwIP's hook (lwipopts.h). */
u32_t port_lwip_isn(const ip_addr_t *local, u16_t local_port, const ip_addr_t *remote,
                    u16_t remote_port);

#endif
