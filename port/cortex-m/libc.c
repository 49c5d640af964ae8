/* SPDX-License-Identifier: BSD-3-Clause */
/* newlib's assert() would bring printf() and the heap. */
#include "cortex_m.h"

#include <assert.h>

// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): newlib's own name
_Noreturn void __assert_func(const char *file, int line, const char *function,
                             const char *expression)
{
    (void)function;
    (void)expression;
    fault_assertion(file, line);
}
