/* SPDX-License-Identifier: BSD-3-Clause */
/** What options there are, and the values of those that have one. */
#ifndef DESKTOP_OPTION_VALUE_H
#define DESKTOP_OPTION_VALUE_H

#include "options.h"

/* In the order of options.c's table. */
enum option_kind {
    OPT_NAME,
    OPT_IDENTITY,
    OPT_JSON,
    OPT_HELP,
    OPT_VERSION,
    OPT_PLAIN,
    OPT_FILE,
    OPT_LINES,
    OPT_DEADLINE,
    OPT_PORT,
    OPT_UNIX,
    OPT_ONCE,
    OPT_COUNT,
    OPT_OFF_LINK,
    OPT_LISTEN,
    OPT_INTERVAL,
    OPT_SIZE,
    OPT_IN_FLIGHT,
};

/** Read an option's value. @return false: it is wrong, which has been said */
bool option_value_read(struct options *options, enum option_kind option, const char *text);

#endif
