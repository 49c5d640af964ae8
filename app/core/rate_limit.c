/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bucket counts time, not tokens: spent_ms is how long it takes until the bucket is full, and one
 * token costs MS_PER_TOKEN of it. So a bucket refills without a timer and without rounding.
 */
#include "rate_limit.h"

#include <stddef.h>
#include <string.h>

#define MS_PER_TOKEN (1000u / MSGR_PLAIN_RATE_PER_S)
#define MS_FULL      (MSGR_PLAIN_RATE_BURST * MS_PER_TOKEN)

static bool is_same(const struct msgr_rate_source *a, const struct msgr_rate_source *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void refill(struct msgr_rate_bucket *bucket, uint32_t now_ms)
{
    uint32_t passed = now_ms - bucket->filled_ms;

    bucket->spent_ms = passed < bucket->spent_ms ? bucket->spent_ms - passed : 0;
    bucket->filled_ms = now_ms;
}

static struct msgr_rate_bucket *find(struct msgr_rate_limit *limit,
                                     const struct msgr_rate_source *source, uint32_t now_ms)
{
    struct msgr_rate_bucket *full = NULL;

    for (size_t i = 0; i < MSGR_PLAIN_RATE_SOURCES; i++) {
        struct msgr_rate_bucket *bucket = &limit->bucket[i];
        refill(bucket, now_ms);
        if (is_same(&bucket->source, source)) {
            return bucket;
        }
        if (bucket->spent_ms == 0) {
            full = bucket;
        }
    }
    if (full != NULL) {
        full->source = *source;
    }
    return full;
}

bool msgr_rate_limit_take(struct msgr_rate_limit *limit, const struct msgr_rate_source *source,
                          uint32_t now_ms)
{
    struct msgr_rate_bucket *bucket = find(limit, source, now_ms);

    if (bucket == NULL || bucket->spent_ms + MS_PER_TOKEN > MS_FULL) {
        return false;
    }
    bucket->spent_ms += MS_PER_TOKEN;
    return true;
}
