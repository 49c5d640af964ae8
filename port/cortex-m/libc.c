/* SPDX-License-Identifier: BSD-3-Clause */
/* What newlib has, but too large. */
#include "cortex_m.h"

#include <assert.h>
#include <stdlib.h>

/* newlib's assert() would bring printf() and the heap. */
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): newlib's own name
_Noreturn void __assert_func(const char *file, int line, const char *function,
                             const char *expression)
{
    (void)function;
    (void)expression;
    fault_assertion(file, line);
}

/* newlib's is strtol(), with errno and the locale: 1 KB. lwIP reads an interface's number with it.
 */
int atoi(const char *text)
{
    int number = 0;

    for (; *text >= '0' && *text <= '9'; text++) {
        number = number * 10 + (*text - '0');
    }
    return number;
}
