/* SPDX-License-Identifier: BSD-3-Clause */
/** Messages under way: when each was sent, and which it is. */
#ifndef DESKTOP_FLIGHT_H
#define DESKTOP_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLIGHT_MAX 1024

struct flight {
    int32_t message; /* its handle; 0: none */
    uint32_t number; /* the caller's */
    uint64_t since_us;
};

bool flight_is_full(void);
size_t flight_count(void);

/** One has been sent now. There is room for it. @return it; lent until it ends */
struct flight *flight_begin(int32_t message, uint32_t number);

/** One has its outcome. @param flight  a copy. @return false: it is none of ours */
bool flight_end(int32_t message, struct flight *flight);

/** Give all of them up; their outcomes are still to come. */
void flight_cancel(void);

#endif
