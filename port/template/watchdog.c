/* SPDX-License-Identifier: BSD-3-Clause */
/* FILL IN: which watchdog, and which document the sections below are of. */
#include BOARD_H

#include "port/cortex-m/cortex_m.h"
#include "port/cortex-m/drivers.h"
#include "port/port.h"

/*
 * FILL IN: from now on the chip is reset unless port_watchdog_feed() is called each @p ms. If it
 * can interrupt before (BOARD_WATCHDOG_EXCEPTION), let it: the fault handler then prints where the
 * program hangs. Left empty, the board works, but nothing helps it when it hangs.
 */
void port_watchdog_start(uint32_t ms)
{
    (void)ms;
}

/* FILL IN: begin again. Called once in each turn of the main loop, and nowhere else. */
void port_watchdog_feed(void)
{
}

/* FILL IN: did the watchdog cause the reset that this run began with? Chips have a register for it,
 * which is to be cleared once it is read. Called once, before anything else is started. False where
 * a chip cannot tell. */
bool watchdog_has_reset(void)
{
    return false;
}
