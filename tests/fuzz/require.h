/* SPDX-License-Identifier: BSD-3-Clause */
/** What must be so: else the fuzzer keeps the input. */
#ifndef FUZZ_REQUIRE_H
#define FUZZ_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

/** Say what happens, if the environment has FUZZ_SHOW: for one input, to be understood. */
#define show(...) ((void)(getenv("FUZZ_SHOW") != NULL && fprintf(stderr, __VA_ARGS__)))

#define require(condition)                                                                         \
    ((condition)                                                                                   \
         ? (void)0                                                                                 \
         : (fprintf(stderr, "%s:%d: required: %s\n", __FILE__, __LINE__, #condition), abort()))

#endif
