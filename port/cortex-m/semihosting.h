/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_CORTEX_M_SEMIHOSTING_H
#define PORT_CORTEX_M_SEMIHOSTING_H

/**
 * Fetch the emulator's command line, once, at start-up. Only in builds for an emulator
 * (MSGR_SEMIHOSTING): elsewhere the breakpoint that asks for it is a fault.
 */
void semihosting_start(void);

#endif
