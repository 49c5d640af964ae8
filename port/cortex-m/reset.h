/* SPDX-License-Identifier: BSD-3-Clause */
/** What is remembered across a reset, in RAM that nobody clears. */
#ifndef PORT_CORTEX_M_RESET_H
#define PORT_CORTEX_M_RESET_H

#include "port/port.h"

/** Once, at start-up: take what the last run has left. */
void reset_start(void);

/** Resets since power-on. */
uint32_t reset_count(void);

/** Remember why, and reset. Any context. */
_Noreturn void reset_because(enum port_reset reason);

#endif
