/* SPDX-License-Identifier: BSD-3-Clause */
/** What has become of the frames of one direction. */
#ifndef SIM_IMPAIRER_COUNTERS_H
#define SIM_IMPAIRER_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** in + duplicated = passed + lost + cut + dropped + absent + waiting. */
struct counters {
    uint64_t in;
    uint64_t duplicated; /* copies made */
    uint64_t passed;     /* given to the other side, copies too */
    uint64_t lost;       /* by chance */
    uint64_t cut;        /* because the cable was out */
    uint64_t dropped;    /* for want of room in the queue for the line */
    uint64_t absent;     /* because nobody was at the other end, or took a frame so long */
    uint64_t waiting;    /* still under way */
    uint64_t reordered;  /* held back, so that others could overtake it */
    uint64_t flipped;    /* with one bit changed */
};

/** For people: those that are not zero. */
void counters_print(FILE *file, const struct counters *counters);

/** For programs: a JSON object with all of them. */
void counters_print_json(FILE *file, const struct counters *counters);

#endif
