/* SPDX-License-Identifier: BSD-3-Clause */
/* The APB UART of Arm's Cortex-M System Design Kit. Sections: DDI 0479C. */
#include BOARD_H

#include "port/cortex-m/cortex_m.h"
#include "port/cortex-m/drivers.h"

/* 4.3, programmers model */
#define UART_DATA     REGISTER(BOARD_UART_BASE, 0x00)
#define UART_STATE    REGISTER(BOARD_UART_BASE, 0x04)
#define UART_CTRL     REGISTER(BOARD_UART_BASE, 0x08)
#define UART_INTCLEAR REGISTER(BOARD_UART_BASE, 0x0C)
#define UART_BAUDDIV  REGISTER(BOARD_UART_BASE, 0x10)

#define STATE_TX_FULL 1u
#define STATE_RX_FULL 2u
#define CTRL_RUNNING  0x0Bu /* transmit, receive, receive interrupt */
#define INT_RX        2u
#define BAUD          115200

void uart_start(void)
{
    UART_BAUDDIV = BOARD_CLOCK_HZ / BAUD; /* at least 16 */
    UART_CTRL = CTRL_RUNNING;
    interrupt_enable(BOARD_UART_IRQ);
}

void uart_put(uint8_t byte)
{
    uart_flush();
    UART_DATA = byte;
}

/* There is a buffer of one byte before the shift register, and nothing tells when that is empty. */
void uart_flush(void)
{
    while (UART_STATE & STATE_TX_FULL) {
    }
}

void uart_interrupt(void)
{
    UART_INTCLEAR = INT_RX;
    while (UART_STATE & STATE_RX_FULL) {
        console_received((uint8_t)UART_DATA);
    }
}
