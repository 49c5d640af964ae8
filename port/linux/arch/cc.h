/* SPDX-License-Identifier: BSD-3-Clause */
/** lwIP's view of the compiler and the platform, under Linux with gcc or clang. */
#ifndef ARCH_CC_H
#define ARCH_CC_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

/* For lwIP's sockets: errno and struct timeval are the C library's. */
#define LWIP_ERRNO_STDINCLUDE 1
#define LWIP_TIMEVAL_PRIVATE  0

/* For contrib's sys_arch.c: what sys_arch_protect() returns, and whether threads have names. */
typedef unsigned int sys_prot_t;
#define LWIP_UNIX_LINUX

/** Random bits for ports and identifiers; from the port. */
uint32_t port_lwip_rand(void);

#define LWIP_PLATFORM_DIAG(x)                                                                      \
    do {                                                                                           \
        printf x;                                                                                  \
    } while (0)

/* An assertion of lwIP's is a bug of ours, or of lwIP's: stop where it is found. */
#define LWIP_PLATFORM_ASSERT(x)                                                                    \
    do {                                                                                           \
        fprintf(stderr, "lwIP assertion: %s (%s:%d)\n", x, __FILE__, __LINE__);                    \
        abort();                                                                                   \
    } while (0)

#endif
