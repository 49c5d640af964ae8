/* SPDX-License-Identifier: BSD-3-Clause */
/** The commands: each runs until it is done, and returns the exit status. */
#ifndef DESKTOP_COMMANDS_H
#define DESKTOP_COMMANDS_H

#include "options.h"

int send_run(const struct options *options);
int serve_run(const struct options *options);
int chat_run(const struct options *options);
int ping_run(const struct options *options);
int bench_run(const struct options *options);

/* Parts of send. */
int send_plain(const struct options *options, const char *text, size_t size);
int send_lines(const struct options *options);

#define COMMANDS_DEADLINE_MS 5000 /* of all but chat */

#endif
