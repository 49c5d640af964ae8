/* SPDX-License-Identifier: BSD-3-Clause */
/** What --help says. */
#ifndef DESKTOP_USAGE_H
#define DESKTOP_USAGE_H

#include "options.h"

/** COMMANDS: of the program as a whole. Static. */
const char *usage_text(enum command command);

#endif
