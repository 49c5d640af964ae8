/* SPDX-License-Identifier: BSD-3-Clause */
/** The console's commands for framed messages. */
#ifndef APP_NODE_COMMAND_FRAMED_H
#define APP_NODE_COMMAND_FRAMED_H

/** Register them: framed messages have been started. `send` goes on to know plain ones, too. */
void command_framed_register(void);

#endif
