/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Arm MPS2 with FPGA image AN385: Cortex-M3. Sections: application note DAI 0385. The linker
 * script reads this file, too: plain numbers, no suffixes.
 */
#ifndef PORT_BOARD_H
#define PORT_BOARD_H

#define BOARD_NAME "mps2-an385"

/* 3, memory map */
#define BOARD_FLASH_START 0x00000000 /* really RAM, loaded by the board's own controller */
#define BOARD_FLASH_SIZE  0x00400000
#define BOARD_RAM_START   0x20000000
#define BOARD_RAM_SIZE    0x00400000

#define BOARD_UART_BASE     0x40004000
#define BOARD_WATCHDOG_BASE 0x40008000
#define BOARD_NET_BASE      0x40200000

/* 3, interrupts */
#define BOARD_INTERRUPTS 32
#define BOARD_UART_IRQ   0 /* UART 0, receive */
#define BOARD_NET_IRQ    13

#define BOARD_WATCHDOG_EXCEPTION 2 /* NMI */

#define BOARD_CLOCK_HZ 25000000

#endif
