/* SPDX-License-Identifier: BSD-3-Clause */
/* FILL IN: which UART, and which document the sections below are of. */
#include BOARD_H

#include "port/cortex-m/cortex_m.h"
#include "port/cortex-m/drivers.h"

/* FILL IN: the registers. For example:
 * #define UART_DATA REGISTER(BOARD_UART_BASE, 0x00) */

/*
 * FILL IN. The first of all drivers to be called, so what the chip needs at first is done here:
 * oscillator and PLL until the processor runs with BOARD_CLOCK_HZ, clock gates, pins. Then 115,200
 * baud, 8N1, transmitter, receiver, and the receiver's interrupt, before this last line.
 */
void uart_start(void)
{
    interrupt_enable(BOARD_UART_IRQ);
}

/* FILL IN: wait, by polling, until there is room for a byte, and hand it over. The fault handler
 * calls this with interrupts off: never wait for an interrupt. */
void uart_put(uint8_t byte)
{
    (void)byte;
}

/* FILL IN: wait, by polling, until the last byte is on the wire; a reset would cut it off. */
void uart_flush(void)
{
}

/* FILL IN: acknowledge the interrupt; then, while the receiver has a byte, hand it to
 * console_received(). Acknowledging first loses nothing: a byte that comes later interrupts anew.
 */
void uart_interrupt(void)
{
}
