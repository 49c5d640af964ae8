/* SPDX-License-Identifier: BSD-3-Clause */
/** The console's commands for framed messages. */
#ifndef APP_NODE_COMMAND_FRAMED_H
#define APP_NODE_COMMAND_FRAMED_H

#include <stdbool.h>

/** Register them: only where framed messages have been started. */
void command_framed_register(void);

/** `send NAME TEXT...`: struct command's run. */
bool command_message(int count, char **words);

#endif
