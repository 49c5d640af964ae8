/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_CORTEX_M_RANDOM_H
#define PORT_CORTEX_M_RANDOM_H

/** Seed port_random(), after settings and resets are known. */
void random_start(void);

#endif
