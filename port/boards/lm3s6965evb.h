/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Stellaris LM3S6965 evaluation board, as QEMU emulates it. Sections: LM3S6965 data sheet,
 * DS-LM3S6965-12746. The linker script reads this file, too: plain numbers, no suffixes.
 */
#ifndef PORT_BOARD_H
#define PORT_BOARD_H

#define BOARD_NAME "lm3s6965evb"

/* 3, memory map */
#define BOARD_FLASH_START 0x00000000
#define BOARD_FLASH_SIZE  0x00040000
#define BOARD_RAM_START   0x20000000
#define BOARD_RAM_SIZE    0x00010000

#define BOARD_WATCHDOG_BASE 0x40000000
#define BOARD_UART_BASE     0x4000C000
#define BOARD_NET_BASE      0x40048000

/* 2.5, table of interrupts */
#define BOARD_INTERRUPTS   44
#define BOARD_UART_IRQ     5
#define BOARD_WATCHDOG_IRQ 18
#define BOARD_NET_IRQ      42

#define BOARD_WATCHDOG_EXCEPTION (16 + BOARD_WATCHDOG_IRQ)

/* What QEMU makes of RCC's reset value (5.4); the chip itself starts on its 12 MHz oscillator. */
#define BOARD_CLOCK_HZ 12500000

#endif
