/* SPDX-License-Identifier: BSD-3-Clause */
/** Which of lwIP's APIs this program is for, and the program for the other one. */
#ifndef SIM_OTHER_API_H
#define SIM_OTHER_API_H

#include <stdbool.h>

/** The two of them: "raw", "sockets". @return whether @p text is one */
bool api_is_known(const char *text);

/**
 * Become the program for @p api, which is beside this one; with these words.
 * @return whether this program is for it already, or @p api is NULL; false: it has been told that
 *         there is no such program
 */
bool api_become(const char *api, char **argv);

#endif
