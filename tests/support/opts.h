/* SPDX-License-Identifier: BSD-3-Clause */
/* The engine's options in the tests' builds: its own mistakes end the test that shows them. */
#include <assert.h>
#include <stdio.h>

#define MSGR_ASSERT(condition) assert(condition)

/* Says nothing, but the compiler looks at formats and arguments. */
#define MSGR_LOG(level, ...)                                                                       \
    do {                                                                                           \
        if (0) {                                                                                   \
            printf(__VA_ARGS__);                                                                   \
        }                                                                                          \
    } while (0)
