/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The watchdog of Stellaris chips. Sections: LM3S6965 data sheet, DS-LM3S6965-12746.
 *
 * When its time is over it interrupts, above all other interrupts: the fault handler says where the
 * program hangs, and resets. If it hangs with interrupts off, the watchdog resets by itself after
 * the same time again, and RESC tells (but under QEMU, where the reason is then POWER).
 */
#include BOARD_H

#include "port/cortex-m/cortex_m.h"
#include "port/cortex-m/drivers.h"
#include "port/port.h"

/* 11.4 */
#define WDOGLOAD    REGISTER(BOARD_WATCHDOG_BASE, 0x000)
#define WDOGCONTROL REGISTER(BOARD_WATCHDOG_BASE, 0x008)
#define WDOGINTCLR  REGISTER(BOARD_WATCHDOG_BASE, 0x00C)
#define WDOGLOCK    REGISTER(BOARD_WATCHDOG_BASE, 0xC00)

#define CONTROL_RUNNING 3u /* interrupt, and reset if it is ignored */
#define LOCK_OPEN       0x1ACCE551u
#define LOCK_SHUT       0u

/* 5.4 */
#define RESC      REGISTER(0x400FE000, 0x05C)
#define RCGC0     REGISTER(0x400FE000, 0x100)
#define RESC_WDT  0x08u
#define RCGC0_WDT 0x08u

void port_watchdog_start(uint32_t ms)
{
    RCGC0 |= RCGC0_WDT;
    (void)RCGC0; /* three cycles before the first access */
    WDOGLOCK = LOCK_OPEN;
    WDOGLOAD = BOARD_CLOCK_HZ / 1000 * ms;
    WDOGCONTROL = CONTROL_RUNNING;
    WDOGLOCK = LOCK_SHUT;
    interrupt_enable(BOARD_WATCHDOG_IRQ);
    NVIC_IPR(BOARD_WATCHDOG_IRQ) = 0;
}

void port_watchdog_feed(void)
{
    WDOGLOCK = LOCK_OPEN;
    WDOGINTCLR = 1; /* and begin again at WDOGLOAD */
    WDOGLOCK = LOCK_SHUT;
}

bool watchdog_has_reset(void)
{
    bool has_reset = (RESC & RESC_WDT) != 0;

    RESC = 0; /* its bits stay until they are cleared */
    return has_reset;
}
