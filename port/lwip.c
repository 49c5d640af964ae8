/* SPDX-License-Identifier: BSD-3-Clause */
/* What lwIP asks of every board, from what port.h has. */
#include "port/port.h"

#include "lwip/sys.h"

#if NO_SYS /* else it is the operating system's (sys_arch) */
u32_t sys_now(void)
{
    return port_now_ms();
}
#endif

/* Behind LWIP_RAND() in lwipopts.h; each board's arch/cc.h declares it. */
uint32_t port_lwip_rand(void)
{
    uint32_t bits;

    port_random(&bits, sizeof bits);
    return bits;
}
