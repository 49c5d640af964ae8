/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arm PL011, as Stellaris chips have it. Sections: DDI 0183G for the UART, the LM3S6965 data sheet
 * (DS-LM3S6965-12746) for what is around it.
 */
#include BOARD_H

#include "port/cortex-m/cortex_m.h"
#include "port/cortex-m/drivers.h"

/* DDI 0183, 3.2 */
#define UART_DR   REGISTER(BOARD_UART_BASE, 0x00)
#define UART_FR   REGISTER(BOARD_UART_BASE, 0x18)
#define UART_IBRD REGISTER(BOARD_UART_BASE, 0x24)
#define UART_FBRD REGISTER(BOARD_UART_BASE, 0x28)
#define UART_LCRH REGISTER(BOARD_UART_BASE, 0x2C)
#define UART_CR   REGISTER(BOARD_UART_BASE, 0x30)
#define UART_IMSC REGISTER(BOARD_UART_BASE, 0x38)
#define UART_ICR  REGISTER(BOARD_UART_BASE, 0x44)

#define FR_BUSY    0x08u
#define FR_RX_NONE 0x10u
#define FR_TX_FULL 0x20u
#define LCRH_8N1   0x70u /* with FIFOs */
#define CR_RUNNING 0x0301u
#define INT_RX     0x50u /* so many bytes, or some and then a pause */

/* Data sheet, 5.4: clock gating; 8.5: pins 0 and 1 of port A are the UART's. */
#define RCGC1       REGISTER(0x400FE000, 0x104)
#define RCGC2       REGISTER(0x400FE000, 0x108)
#define GPIOA_AFSEL REGISTER(0x40004000, 0x420)
#define GPIOA_DEN   REGISTER(0x40004000, 0x51C)
#define RCGC1_UART0 0x01u
#define RCGC2_GPIOA 0x01u
#define PINS        0x03u

/* DDI 0183, 3.3.6: the divisor in 64ths, rounded. */
#define BAUD    115200
#define DIVISOR ((BOARD_CLOCK_HZ * 4 + BAUD / 2) / BAUD)

static void connect_pins(void)
{
    RCGC1 |= RCGC1_UART0;
    RCGC2 |= RCGC2_GPIOA;
    (void)RCGC2; /* three cycles before the first access */
    GPIOA_AFSEL |= PINS;
    GPIOA_DEN |= PINS;
}

void uart_start(void)
{
    connect_pins();
    UART_CR = 0;
    UART_IBRD = DIVISOR / 64;
    UART_FBRD = DIVISOR % 64;
    UART_LCRH = LCRH_8N1; /* takes the divisor over: after it */
    UART_CR = CR_RUNNING;
    UART_IMSC = INT_RX;
    interrupt_enable(BOARD_UART_IRQ);
}

void uart_put(uint8_t byte)
{
    while (UART_FR & FR_TX_FULL) {
    }
    UART_DR = byte;
}

void uart_flush(void)
{
    while (UART_FR & FR_BUSY) {
    }
}

void uart_interrupt(void)
{
    UART_ICR = INT_RX;
    while ((UART_FR & FR_RX_NONE) == 0) {
        console_received((uint8_t)UART_DR);
    }
}
