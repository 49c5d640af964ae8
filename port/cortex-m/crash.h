/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_CORTEX_M_CRASH_H
#define PORT_CORTEX_M_CRASH_H

/**
 * In a test build: fail in the way that the setting "crash" says (fault, assert, overflow, hang,
 * reset), if it is there and this is the first boot.
 */
void crash_if_told(void);

#endif
