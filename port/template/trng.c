/* SPDX-License-Identifier: BSD-3-Clause */
/* FILL IN, or delete this file: not every chip has a true random generator. */
#include BOARD_H

#include "port/cortex-m/drivers.h"

#ifdef BOARD_HAS_TRNG

/*
 * FILL IN: start the generator, wait for 64 bits, and put them into @p value; false if it reports
 * that it does not work. Called once, after uart_start() and before the network. port_random() is
 * seeded with it. A serial number, an uptime or a constant is not random: return false instead.
 */
bool trng_read(uint64_t *value)
{
    (void)value;
    return false;
}

#endif
