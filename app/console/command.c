/* SPDX-License-Identifier: BSD-3-Clause */
/* The words are cut out of the line in place: without its quotes each is as long as before, or
 * shorter. */
#include "command.h"

#include "console.h"

#include <string.h>

static struct command_table *tables;

void command_register(struct command_table *table)
{
    table->next = tables;
    tables = table;
}

/* ---- words --------------------------------------------------------------------------------- */

/* Copy what is between quotes. @return behind the closing one, or NULL if there is none */
static char *copy_quoted(char *from, char **to)
{
    char quote = *from++;

    for (; *from != quote; from++) {
        if (quote == '"' && *from == '\\' && (from[1] == '"' || from[1] == '\\')) {
            from++;
        }
        if (*from == '\0') {
            return NULL;
        }
        *(*to)++ = *from;
    }
    return from + 1;
}

/* Cut the word that begins at @p from. @return behind it, or NULL if a quote is open */
static char *cut_word(char *from)
{
    char *to = from;

    while (*from != '\0' && *from != ' ') {
        if (*from == '\'' || *from == '"') {
            from = copy_quoted(from, &to);
            if (from == NULL) {
                return NULL;
            }
        } else {
            *to++ = *from++;
        }
    }
    if (*from == ' ') {
        from++;
    }
    *to = '\0'; /* not beyond the space or the NUL, which has been read */
    return from;
}

/* @return how many words; 0: none, or what is wrong has been printed */
static int split(char *line, char *words[COMMAND_WORDS_MAX])
{
    int count = 0;

    for (;;) {
        while (*line == ' ') {
            line++;
        }
        if (*line == '\0') {
            return count;
        }
        if (count == COMMAND_WORDS_MAX) {
            console_error();
            console_line("too many words; quote a text that is long");
            return 0;
        }
        words[count++] = line;
        line = cut_word(line);
        if (line == NULL) {
            console_error();
            console_line("a quote is not closed");
            return 0;
        }
    }
}

/* ---- commands ------------------------------------------------------------------------------ */

static const struct command *find(const char *name)
{
    for (const struct command_table *table = tables; table != NULL; table = table->next) {
        for (size_t i = 0; i < table->count; i++) {
            if (strcmp(table->commands[i].name, name) == 0) {
                return &table->commands[i];
            }
        }
    }
    return NULL;
}

static void print_usage(const struct command *command)
{
    console_text(command->name);
    if (command->arguments[0] != '\0') {
        console_text(" ");
        console_text(command->arguments);
    }
}

static void help(void)
{
    console_line("help: this list");
    for (const struct command_table *table = tables; table != NULL; table = table->next) {
        for (size_t i = 0; i < table->count; i++) {
            print_usage(&table->commands[i]);
            console_text(": ");
            console_line(table->commands[i].help);
        }
    }
}

static void say_unknown(const char *name)
{
    console_error();
    console_text("there is no command ");
    console_bytes(name, strlen(name));
    console_line("; help lists them");
}

void command_run(char *line)
{
    char *words[COMMAND_WORDS_MAX];
    int count = split(line, words);
    const struct command *command;

    if (count == 0) {
        return;
    }
    command = find(words[0]);
    if (command == NULL && strcmp(words[0], "help") == 0) {
        help();
    } else if (command == NULL) {
        say_unknown(words[0]);
    } else if (!command->run(count, words)) {
        console_error();
        console_text("give it like this: ");
        print_usage(command);
        console_end();
    }
}
