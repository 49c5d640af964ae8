/* SPDX-License-Identifier: BSD-3-Clause */
#include "samples.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static uint32_t kept[SAMPLES_KEPT];
static uint32_t count, least, most, last;
static double sum, squares, differences;
static bool is_sorted;

void samples_add(uint32_t time_us)
{
    if (count < SAMPLES_KEPT) {
        kept[count] = time_us;
    }
    least = count == 0 || time_us < least ? time_us : least;
    most = time_us > most ? time_us : most;
    differences += count > 0 ? fabs((double)time_us - (double)last) : 0;
    sum += time_us;
    squares += (double)time_us * time_us;
    last = time_us;
    count++;
}

uint32_t samples_count(void)
{
    return count;
}

uint32_t samples_min(void)
{
    return least;
}

uint32_t samples_max(void)
{
    return most;
}

uint32_t samples_mean(void)
{
    return (uint32_t)(sum / count);
}

uint32_t samples_deviation(void)
{
    double mean = sum / count;
    double variance = squares / count - mean * mean;

    return variance > 0 ? (uint32_t)sqrt(variance) : 0;
}

uint32_t samples_jitter(void)
{
    return count > 1 ? (uint32_t)(differences / (count - 1)) : 0;
}

static int compare(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;

    return (one > other) - (one < other);
}

uint32_t samples_percentile(unsigned percent)
{
    size_t size = count < SAMPLES_KEPT ? count : SAMPLES_KEPT;

    if (!is_sorted) {
        qsort(kept, size, sizeof kept[0], compare);
        is_sorted = true;
    }
    return kept[(size * percent + 99) / 100 - 1];
}
