/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Registers that every Cortex-M3, M4 and M7 has, and what start-up, faults, clock and drivers
 * share. Section numbers are those of the ARMv7-M Architecture Reference Manual (DDI 0403E).
 */
#ifndef PORT_CORTEX_M_H
#define PORT_CORTEX_M_H

#include <stdbool.h>
#include <stdint.h>

#define REGISTER(base, offset) (*(volatile uint32_t *)((uintptr_t)(base) + (offset)))

/* B3.2.2, System Control Block */
#define SCB_ICSR       REGISTER(0xE000ED00, 0x04)
#define SCB_AIRCR      REGISTER(0xE000ED00, 0x0C)
#define SCB_CCR        REGISTER(0xE000ED00, 0x14)
#define SCB_SHPR3      REGISTER(0xE000ED00, 0x20)
#define SCB_CFSR       REGISTER(0xE000ED00, 0x28)
#define SCB_HFSR       REGISTER(0xE000ED00, 0x2C)
#define SCB_MMFAR      REGISTER(0xE000ED00, 0x34)
#define SCB_BFAR       REGISTER(0xE000ED00, 0x38)
#define AIRCR_RESET    0x05FA0004u /* the key, SYSRESETREQ */
#define CCR_DIV_0_TRP  0x00000010u /* a division by zero is a fault */
#define CFSR_MMARVALID 0x00000080u
#define CFSR_BFARVALID 0x00008000u

/* B3.3, SysTick */
#define SYST_CSR         REGISTER(0xE000E010, 0x0)
#define SYST_RVR         REGISTER(0xE000E010, 0x4)
#define SYST_CVR         REGISTER(0xE000E010, 0x8)
#define SHPR3_SYSTICK    24 /* its priority is the highest byte */
#define PRIORITY_COMMON  0x80u
#define SYST_CSR_RUNNING 7u /* enabled, with its interrupt, on the processor's clock */

/* B3.4, Nested Vectored Interrupt Controller */
#define NVIC_ISER(number) REGISTER(0xE000E100, (number) / 32 * 4)
#define NVIC_IPR(number)  (*(volatile uint8_t *)(uintptr_t)(0xE000E400u + (number)))

/* B1.5.2: exception numbers */
#define EXCEPTION_NMI        2
#define EXCEPTION_HARD_FAULT 3
#define EXCEPTION_SYSTICK    15
#define EXCEPTION_IRQ0       16

static inline void interrupts_off(void)
{
    __asm__ volatile("cpsid i" ::: "memory");
}

static inline void interrupts_on(void)
{
    __asm__ volatile("cpsie i\n isb" ::: "memory");
}

static inline void wait_for_interrupt(void)
{
    __asm__ volatile("dsb\n wfi" ::: "memory");
}

/** Let interrupt @p number through. All have the same priority but the watchdog's, which is 0. */
static inline void interrupt_enable(unsigned number)
{
    NVIC_IPR(number) = PRIORITY_COMMON;
    NVIC_ISER(number) = 1u << (number % 32);
}

/* ---- interrupt handlers call these --------------------------------------------------------- */

/** End port_sleep(), or the next one. */
void cortex_m_wake(void);

/** A byte has come on the console. */
void console_received(uint8_t byte);

/* ---- start-up calls these ------------------------------------------------------------------ */

void clock_start(void);
void console_start(void);

/* ---- handlers in the vector table ---------------------------------------------------------- */

void clock_interrupt(void);

/** Prints the registers and resets; with the reason WATCHDOG if that is whose interrupt it is. */
void fault_entry(void);

/** The end of a broken promise: print where, and reset as after a fault. Any context. */
_Noreturn void fault_assertion(const char *file, int line);

/** Has the console something that nobody has read? */
bool console_has_input(void);

#endif
