/* SPDX-License-Identifier: BSD-3-Clause */
/** As an SDK for a Cortex-M with newlib has it. */
#ifndef ARCH_CC_H
#define ARCH_CC_H

#include <stdint.h>
#include <sys/time.h>

#define LWIP_TIMEVAL_PRIVATE 0 /* newlib has struct timeval */

uint32_t board_rand(void);
#define LWIP_RAND() board_rand()

#endif
