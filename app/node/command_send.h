/* SPDX-License-Identifier: BSD-3-Clause */
/** The console's command `send`: one message at a time, to an address or a name. */
#ifndef APP_NODE_COMMAND_SEND_H
#define APP_NODE_COMMAND_SEND_H

#include <stdbool.h>

#define COMMAND_SEND_ARGUMENTS "tcp|udp HOST [PORT] TEXT..."

/** struct command's run. */
bool command_send(int count, char **words);

#endif
