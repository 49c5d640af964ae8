/* SPDX-License-Identifier: BSD-3-Clause */
/** lwIP's view of the compiler and the platform: gcc for Cortex-M, without an operating system. */
#ifndef ARCH_CC_H
#define ARCH_CC_H

#include <stdint.h>

/** Random bits for ports and identifiers; from the port. */
uint32_t port_lwip_rand(void);

_Noreturn void fault_assertion(const char *file, int line);

#define LWIP_PLATFORM_DIAG(x)                                                                      \
    do {                                                                                           \
    } while (0)

/* The place is enough to find the text: 8 KB of texts stay out of the flash. */
#define LWIP_PLATFORM_ASSERT(x) fault_assertion(__FILE_NAME__, __LINE__)

#endif
