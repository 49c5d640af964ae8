/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What a board's drivers implement beside port.h's own functions: port_net_* is the Ethernet
 * driver's, port_watchdog_* the watchdog driver's. Each board has one driver of each kind.
 */
#ifndef PORT_CORTEX_M_DRIVERS_H
#define PORT_CORTEX_M_DRIVERS_H

#include <stdbool.h>
#include <stdint.h>

/* ---- UART ---------------------------------------------------------------------------------- */

/** 115,200 baud, 8N1; receive interrupt on. */
void uart_start(void);

/** Send a byte; waits for room. Any context: the fault handler uses it. */
void uart_put(uint8_t byte);

/** Wait until the last byte is on the wire: a reset would cut it off. */
void uart_flush(void);

/** In the vector table; hands each byte to console_received(). */
void uart_interrupt(void);

/* ---- Ethernet ------------------------------------------------------------------------------ */

/** In the vector table; masks itself and calls cortex_m_wake(). */
void net_interrupt(void);

/**
 * Let the next frame interrupt. Called with interrupts off.
 * @return whether one is waiting already
 */
bool net_arm(void);

/* ---- watchdog ------------------------------------------------------------------------------ */

/** Did the watchdog reset the chip by itself? false where a chip cannot tell. */
bool watchdog_has_reset(void);

/* ---- true random generator: boards that define BOARD_HAS_TRNG -------------------------------- */

/** Take 64 random bits. @return false: it does not work, or says that they are not random */
bool trng_read(uint64_t *value);

#endif
