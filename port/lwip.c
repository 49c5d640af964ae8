/* SPDX-License-Identifier: BSD-3-Clause */
/* What lwIP asks of its platform without an operating system: the time, and unpredictable bits. */
#include "port/port.h"

#include "lwip/arch.h"
#include "lwip/sys.h"

u32_t sys_now(void)
{
    return port_now_ms();
}

uint32_t port_lwip_rand(void)
{
    uint32_t bits;

    port_random(&bits, sizeof bits);
    return bits;
}
