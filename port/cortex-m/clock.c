/* SPDX-License-Identifier: BSD-3-Clause */
/* Milliseconds from SysTick's interrupt, and sleep until something comes. */
#include BOARD_H

#include "cortex_m.h"
#include "drivers.h"

#include "port/port.h"

static volatile uint32_t now_ms;
static volatile bool is_awake;

void clock_start(void)
{
    SYST_RVR = BOARD_CLOCK_HZ / 1000 - 1;
    SYST_CVR = 0;
    /* Or the watchdog's last words could not interrupt a handler of this that hangs. */
    SCB_SHPR3 |= PRIORITY_COMMON << SHPR3_SYSTICK;
    SYST_CSR = SYST_CSR_RUNNING;
}

void clock_interrupt(void)
{
    now_ms++;
}

uint32_t port_now_ms(void)
{
    return now_ms;
}

void cortex_m_wake(void)
{
    is_awake = true;
}

/*
 * With interrupts off a pending one still ends WFI (B1.5.19), so nothing is lost between the look
 * and the sleep; its handler runs in the moment in which they are on.
 */
void port_sleep(uint32_t ms)
{
    uint32_t since_ms = port_now_ms();
    bool is_waiting;

    interrupts_off();
    is_waiting = net_arm() || console_has_input();
    while (!is_waiting && !is_awake && port_now_ms() - since_ms < ms) {
        wait_for_interrupt();
        interrupts_on();
        interrupts_off();
    }
    is_awake = false;
    interrupts_on();
}

bool port_is_stopping(void)
{
    return false;
}
