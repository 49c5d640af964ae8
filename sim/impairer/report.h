/* SPDX-License-Identifier: BSD-3-Clause */
/** What goes to standard output: a line for a person, or a JSON object for a program. */
#ifndef SIM_IMPAIRER_REPORT_H
#define SIM_IMPAIRER_REPORT_H

#include "direction.h"
#include "options.h"

/* Each returns whether somebody still reads. */

/** Both ends are open. */
bool report_ready(const struct options *options);

/** A command has been done, or not. */
bool report_answer(const struct options *options, bool is_done);

/** After so much time; the last ones @p is_last. */
bool report_counters(const struct options *options, const struct direction directions[2],
                     uint64_t passed_ns, bool is_last);

#endif
