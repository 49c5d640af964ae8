/* SPDX-License-Identifier: BSD-3-Clause */
/** msgr-impair's command line. */
#ifndef SIM_IMPAIRER_OPTIONS_H
#define SIM_IMPAIRER_OPTIONS_H

#include "weather.h"

struct options {
    const char *ends[2];       /* a and b */
    struct weather weather[2]; /* from a to b, and back */
    uint64_t seed;
    uint64_t interval_ns; /* of the counters; 0: only at the end */
    bool spares_arp, is_json;
};

/**
 * Read the command line; the texts in @p options point into @p argv.
 * @return -1: go on; else the exit status: help has been printed, or an error
 */
int options_read(struct options *options, int argc, char **argv);

#endif
