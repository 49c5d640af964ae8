/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * FILL IN: which board this is, and which document the sections below are of. The linker script
 * reads this file, too: plain numbers, no suffixes, no casts. PORTING.md goes through it.
 */
#ifndef PORT_BOARD_H
#define PORT_BOARD_H

#define BOARD_NAME "template" /* FILL IN: what the banner says; the folder's name */

/* FILL IN: the memory map. The vector table comes first in flash, at BOARD_FLASH_START, where the
 * processor looks for it after a reset (or through an alias of it at 0). One block of RAM: with
 * several, the one that the Ethernet controller reaches, if it reads memory by itself. */
#define BOARD_FLASH_START 0x00000000
#define BOARD_FLASH_SIZE  0x00040000
#define BOARD_RAM_START   0x20000000
#define BOARD_RAM_SIZE    0x00010000

/* FILL IN: what your drivers need. */
#define BOARD_UART_BASE     0x40000000
#define BOARD_WATCHDOG_BASE 0x40001000
#define BOARD_NET_BASE      0x40002000

/* FILL IN: interrupts, numbered as the NVIC does: from 0, not from 16. */
#define BOARD_INTERRUPTS 32 /* how many the vector table has */
#define BOARD_UART_IRQ   0
#define BOARD_NET_IRQ    1

/* FILL IN: the exception by which the watchdog warns before it resets: 2 if that is the NMI, or
 * 16 + BOARD_WATCHDOG_IRQ, which is to be defined then; 0 if it does not warn. */
#define BOARD_WATCHDOG_EXCEPTION 0

/* FILL IN: the processor's clock, once uart_start() has run: SysTick counts it. */
#define BOARD_CLOCK_HZ 16000000

/* FILL IN: with a true random generator, define this, and write trng_read() in trng.c. */
/* #define BOARD_HAS_TRNG */

#endif
