/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_CORTEX_M_MEMORY_H
#define PORT_CORTEX_M_MEMORY_H

/** Paint the stack that is free now, so that port_memory() can tell later how deep it went. */
void memory_paint_stack(void);

#endif
