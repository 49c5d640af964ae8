/* SPDX-License-Identifier: BSD-3-Clause */
/* From reset to main(): the vector table, and memory as C expects it. */
#include BOARD_H

#include "cortex_m.h"
#include "drivers.h"
#include "linker.h"
#include "memory.h"

#include <stddef.h>

typedef void (*handler)(void);

struct vectors {
    uint32_t *stack;
    handler exceptions[EXCEPTION_IRQ0 - 1];
    handler interrupts[BOARD_INTERRUPTS];
};

int main(void);
_Noreturn void start_reset(void);

/* B1.5.3. Exceptions from 2 to 14 that are not reserved are all faults to us; other interrupts are
 * never enabled. */
static const struct vectors vectors __attribute__((section(".vectors"), used)) = {
    .stack = link_stack_end,
    .exceptions = {start_reset, fault_entry, fault_entry, fault_entry, fault_entry, fault_entry,
                   NULL, NULL, NULL, NULL, fault_entry, fault_entry, NULL, fault_entry,
                   clock_interrupt},
    .interrupts =
        {
            [BOARD_NET_IRQ] = net_interrupt,
            [BOARD_UART_IRQ] = uart_interrupt,
#ifdef BOARD_WATCHDOG_IRQ
            [BOARD_WATCHDOG_IRQ] = fault_entry,
#endif
        },
};

/* Not memcpy() and memset(): their code may not be fetched from where it is before this is done on
 * a board that runs from RAM, and their loops would be turned into calls of themselves. */
static void copy_data(void)
{
    const volatile uint32_t *from = link_data_load;

    for (volatile uint32_t *to = link_data_start; to < link_data_end; to++, from++) {
        *to = *from;
    }
}

static void clear_bss(void)
{
    for (volatile uint32_t *to = link_bss_start; to < link_bss_end; to++) {
        *to = 0;
    }
}

_Noreturn void start_reset(void)
{
    memory_paint_stack();
    copy_data();
    clear_bss();
    (void)main();
    fault_assertion(__FILE_NAME__, __LINE__); /* a board's main() does not return */
}
