/* SPDX-License-Identifier: BSD-3-Clause */
/** Run a test once for each IP version that this lwIP has. */
#ifndef TESTS_SUPPORT_FAMILIES_H
#define TESTS_SUPPORT_FAMILIES_H

#include "lwip/opt.h"

#if LWIP_IPV4 && LWIP_IPV6
#define FAMILY_FIRST 0
#define FAMILY_LAST  1
#elif LWIP_IPV4
#define FAMILY_FIRST 0
#define FAMILY_LAST  0
#else
#define FAMILY_FIRST 1
#define FAMILY_LAST  1
#endif

/** The body that follows runs with is_ipv6 false, true, or both. */
#define FOR_EACH_FAMILY(is_ipv6)                                                                   \
    for (int(is_ipv6) = FAMILY_FIRST; (is_ipv6) <= FAMILY_LAST; (is_ipv6)++)

/** One of them, where either will do. */
#define ANY_FAMILY FAMILY_FIRST

/** They take turns. */
#define NTH_FAMILY(n) (FAMILY_FIRST + (n) % (FAMILY_LAST - FAMILY_FIRST + 1))

#endif
