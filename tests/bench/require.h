/* SPDX-License-Identifier: BSD-3-Clause */
/** A figure of something that went wrong is no figure. */
#ifndef TESTS_BENCH_REQUIRE_H
#define TESTS_BENCH_REQUIRE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static inline void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "error: %s\n", what);
        exit(1);
    }
}

#endif
