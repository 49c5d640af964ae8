/* SPDX-License-Identifier: BSD-3-Clause */
/** Lines of a chat that begin with a slash. */
#ifndef DESKTOP_CHAT_COMMAND_H
#define DESKTOP_CHAT_COMMAND_H

#include "msgr/msgr.h"

#include <stdbool.h>

/** @param to  who gets the next lines; may be changed. @return false: the chat is to end */
bool chat_obey(const char *text, char to[MSGR_NAME_MAX + 1]);

#endif
