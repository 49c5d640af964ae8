/* SPDX-License-Identifier: BSD-3-Clause */
/** The nodes that a chat calls, and what there is to be said while they do not answer. */
#ifndef DESKTOP_CHAT_CALLS_H
#define DESKTOP_CHAT_CALLS_H

#include "options.h"

#include <stdbool.h>

/** @return false: it has been said why not */
bool calls_open(const struct options *options);

/** After each turn: tell of trouble, once until the node is there. */
void calls_watch(void);

#endif
