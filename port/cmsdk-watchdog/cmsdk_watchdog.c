/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The APB watchdog of Arm's Cortex-M System Design Kit. Sections: DDI 0479C.
 *
 * When its time is over it interrupts, on MPS2 as NMI: the fault handler says where the program
 * hangs, and resets. If that hangs too, it resets by itself after the same time again.
 */
#include BOARD_H

#include "port/cortex-m/cortex_m.h"
#include "port/cortex-m/drivers.h"
#include "port/port.h"

/* 4.5, programmers model */
#define WDOGLOAD    REGISTER(BOARD_WATCHDOG_BASE, 0x000)
#define WDOGCONTROL REGISTER(BOARD_WATCHDOG_BASE, 0x008)
#define WDOGINTCLR  REGISTER(BOARD_WATCHDOG_BASE, 0x00C)
#define WDOGLOCK    REGISTER(BOARD_WATCHDOG_BASE, 0xC00)

#define CONTROL_RUNNING 3u /* interrupt, and reset if it is ignored */
#define LOCK_OPEN       0x1ACCE551u
#define LOCK_SHUT       0u

void port_watchdog_start(uint32_t ms)
{
    WDOGLOCK = LOCK_OPEN;
    WDOGLOAD = BOARD_CLOCK_HZ / 1000 * ms;
    WDOGCONTROL = CONTROL_RUNNING;
    WDOGLOCK = LOCK_SHUT;
}

void port_watchdog_feed(void)
{
    WDOGLOCK = LOCK_OPEN;
    WDOGINTCLR = 1; /* and begin again at WDOGLOAD */
    WDOGLOCK = LOCK_SHUT;
}

/* MPS2 does not tell; the NMI has told before. */
bool watchdog_has_reset(void)
{
    return false;
}
