/* SPDX-License-Identifier: BSD-3-Clause */
/** What sections.ld.S defines. Only the addresses of these mean something. */
#ifndef PORT_CORTEX_M_LINKER_H
#define PORT_CORTEX_M_LINKER_H

#include <stdint.h>

extern uint32_t link_stack_start[], link_stack_end[];
extern uint32_t link_data_start[], link_data_end[];
extern const uint32_t link_data_load[];
extern uint32_t link_bss_start[], link_bss_end[];
extern uint32_t link_ram_start[], link_ram_used_end[];

#endif
