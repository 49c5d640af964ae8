/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Commands: a line is words, the first one names a command of a registered table. Words are apart
 * by spaces; '...' takes what is between as it is, "..." too, but for \" and \\. `help` is always
 * there, and lists them all.
 */
#ifndef APP_CONSOLE_COMMAND_H
#define APP_CONSOLE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/** Words of a line, the command's name included. More are an error on the console. */
#define COMMAND_WORDS_MAX 64

struct command {
    const char *name;
    const char *arguments; /* "tcp|udp HOST [PORT] TEXT..."; "" if there are none */
    const char *help;      /* one line, without a full stop */

    /**
     * Do it, and return soon. @p words has @p count of them, the name first; they stand one behind
     * the other in the same memory, are lent until this returns, and may be changed.
     * @return false: they are not what @p arguments says; the console tells it
     */
    bool (*run)(int count, char **words);
};

/** A table of commands; lent for ever. */
struct command_table {
    const struct command *commands;
    size_t count;
    struct command_table *next; /* ours */
};

/** Register @p table. A name that is in two tables is the later one's. Not twice. */
void command_register(struct command_table *table);

/** Do what @p line says, or say what is wrong with it. It is changed. */
void command_run(char *line);

#endif
