/* SPDX-License-Identifier: BSD-3-Clause */
/** lwIP's view of the compiler and the platform: gcc for Cortex-M, without an operating system. */
#ifndef ARCH_CC_H
#define ARCH_CC_H

#include <stdint.h>

/** Random bits for ports and identifiers; from the port. */
uint32_t port_lwip_rand(void);

#define LWIP_PLATFORM_DIAG(x)                                                                      \
    do {                                                                                           \
    } while (0)

/*
 * An instruction that is none, and behind it where it stands: fault.c prints both. All registers
 * are as they were, and the 600 assertions cost 5 KB of flash less than with a call and their
 * texts.
 */
#define LWIP_PLATFORM_ASSERT(x)                                                                    \
    do {                                                                                           \
        __asm__ volatile("udf #0x4D\n .hword %c1\n .word %c0"                                      \
                         :                                                                         \
                         : "i"(__FILE_NAME__), "i"(__LINE__));                                     \
        __builtin_unreachable();                                                                   \
    } while (0)

#endif
