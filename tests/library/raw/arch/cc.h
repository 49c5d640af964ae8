/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARCH_CC_H
#define ARCH_CC_H

#include <stdio.h>
#include <stdlib.h>

#define LWIP_RAND()             ((u32_t)rand())
#define LWIP_PLATFORM_ASSERT(x) abort()

#endif
