/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <inttypes.h>

static bool end_line(void)
{
    putchar('\n');
    return fflush(stdout) == 0;
}

bool report_ready(const struct options *options)
{
    if (options->is_json) {
        printf("{\"ready\": true, \"seed\": %" PRIu64 "}", options->seed);
    } else {
        printf("Ready: A is %s, B is %s; seed %" PRIu64 ".", options->ends[0], options->ends[1],
               options->seed);
    }
    return end_line();
}

bool report_answer(const struct options *options, bool is_done)
{
    if (options->is_json) {
        fputs(is_done ? "{\"ok\": true}" : "{\"ok\": false}", stdout);
        return end_line();
    }
    if (is_done) {
        fputs("ok", stdout);
        return end_line();
    }
    return true; /* the error says it */
}

bool report_counters(const struct options *options, const struct direction directions[2],
                     uint64_t passed_ns, bool is_last)
{
    struct counters ab = direction_counters(&directions[0]);
    struct counters ba = direction_counters(&directions[1]);
    double seconds = (double)passed_ns / 1e9;

    if (options->is_json) {
        printf("{\"%s\": {\"seconds\": %.3f, \"ab\": ", is_last ? "final" : "counters", seconds);
        counters_print_json(stdout, &ab);
        fputs(", \"ba\": ", stdout);
        counters_print_json(stdout, &ba);
        fputs("}}", stdout);
    } else {
        printf("%.1f s | ab: ", seconds);
        counters_print(stdout, &ab);
        fputs(" | ba: ", stdout);
        counters_print(stdout, &ba);
    }
    return end_line();
}
