/* SPDX-License-Identifier: BSD-3-Clause */
/** Lines that change the weather while it rains. */
#ifndef SIM_IMPAIRER_COMMANDS_H
#define SIM_IMPAIRER_COMMANDS_H

#include "direction.h"

#define COMMANDS_LINE_MAX 256

/** What a person or a program has typed, up to the end of the line. */
struct commands {
    char text[COMMANDS_LINE_MAX];
    size_t size;
};

enum command {
    COMMAND_NONE,
    COMMAND_DONE,
    COMMAND_WRONG, /* what is wrong has been written to standard error */
    COMMAND_COUNTERS,
    COMMAND_QUIT,
};

/** Read what there is; once after poll() said so. @return false: there will be no more */
bool commands_read(struct commands *commands, int fd);

/** Do the next whole line's command, if there is one. */
enum command commands_next(struct commands *commands, struct direction directions[2]);

#endif
