/* SPDX-License-Identifier: BSD-3-Clause */
/** Times until messages were delivered: what is to be said of many of them. */
#ifndef DESKTOP_SAMPLES_H
#define DESKTOP_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

/** How many are kept for samples_percentile(); of further ones all else is known. */
#define SAMPLES_KEPT 1000000

void samples_add(uint32_t time_us);
uint32_t samples_count(void);

/* Of one sample or more; in microseconds. */
uint32_t samples_min(void);
uint32_t samples_max(void);
uint32_t samples_mean(void);

/** The standard deviation, ping's mdev. */
uint32_t samples_deviation(void);

/** The mean difference between one and the next (RFC 3550's is smoothed; this is not). */
uint32_t samples_jitter(void);

/** Sorts what is kept: the last thing to ask for. @param percent  1 to 100 */
uint32_t samples_percentile(unsigned percent);

#endif
