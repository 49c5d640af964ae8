/* SPDX-License-Identifier: BSD-3-Clause */
/** An allowance for each of a few sources: a token bucket each (SPEC.md, 4.3, rule 6). */
#ifndef MSGR_CORE_RATE_LIMIT_H
#define MSGR_CORE_RATE_LIMIT_H

#include "msgr/plain.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * Take one from the source's allowance. A limit starts as all zero.
 *
 * A bucket that is full again is as good as none, so only such a bucket is given to a new source:
 * nobody gets a fresh allowance by pushing others, or himself, out of the table.
 *
 * @param now_ms  any monotonic clock; may wrap
 * @return whether there was one to take
 */
bool msgr_rate_limit_take(struct msgr_rate_limit *limit, const struct msgr_rate_source *source,
                          uint32_t now_ms);

#endif
