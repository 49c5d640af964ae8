/* SPDX-License-Identifier: BSD-3-Clause */
#include "commands.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 4

bool commands_read(struct commands *commands, int fd)
{
    size_t room = sizeof commands->text - commands->size;
    ssize_t got = read(fd, commands->text + commands->size, room);

    if (got > 0) {
        commands->size += (size_t)got;
    }
    return got > 0 || (got < 0 && errno == EINTR);
}

static void set_cut(struct direction *direction, bool is_cut)
{
    direction->weather.is_cut = is_cut;
}

static enum command wrong(const char *word)
{
    fprintf(stderr,
            "error: %s: give a setting and its value (loss 30%%), cut, mend or clear, for one "
            "direction with ab or ba before it; or counters, or quit\n",
            word);
    return COMMAND_WRONG;
}

/* One or two words for one direction. */
static enum command change(struct direction *direction, char **words, size_t count)
{
    struct weather changed = direction->weather;

    if (count == 2) {
        if (!weather_set(&changed, words[0], words[1]) || !weather_check(&changed)) {
            return COMMAND_WRONG;
        }
        direction->weather = changed;
    } else if (strcmp(words[0], "cut") == 0) {
        set_cut(direction, true);
    } else if (strcmp(words[0], "mend") == 0) {
        set_cut(direction, false);
    } else if (strcmp(words[0], "clear") == 0) {
        direction->weather = weather_clear;
    } else {
        return wrong(words[0]);
    }
    return COMMAND_DONE;
}

static enum command run(struct direction directions[2], char **words, size_t count)
{
    bool is_ab = strcmp(words[0], "ab") == 0;
    bool is_ba = strcmp(words[0], "ba") == 0;
    size_t skipped = is_ab || is_ba ? 1 : 0;
    enum command done = COMMAND_DONE;

    if (count == 1 && strcmp(words[0], "counters") == 0) {
        return COMMAND_COUNTERS;
    }
    if (count == 1 && strcmp(words[0], "quit") == 0) {
        return COMMAND_QUIT;
    }
    if (count == skipped || count > skipped + 2) {
        return wrong(words[0]);
    }
    if (!is_ba) {
        done = change(&directions[0], words + skipped, count - skipped);
    }
    if (!is_ab && done == COMMAND_DONE) {
        done = change(&directions[1], words + skipped, count - skipped);
    }
    return done;
}

static enum command run_line(struct direction directions[2], char *line)
{
    char *words[WORDS_MAX];
    size_t count = 0;
    char *rest;

    for (char *word = strtok_r(line, " \t\r", &rest); word != NULL && count < WORDS_MAX;
         word = strtok_r(NULL, " \t\r", &rest)) {
        words[count++] = word;
    }
    return count > 0 ? run(directions, words, count) : COMMAND_DONE;
}

enum command commands_next(struct commands *commands, struct direction directions[2])
{
    char line[COMMANDS_LINE_MAX];
    char *end = memchr(commands->text, '\n', commands->size);
    size_t size;

    if (end == NULL) {
        if (commands->size < sizeof commands->text) {
            return COMMAND_NONE;
        }
        commands->size = 0;
        return wrong("a line that is too long");
    }
    size = (size_t)(end - commands->text);
    memcpy(line, commands->text, size);
    line[size] = '\0';
    commands->size -= size + 1;
    memmove(commands->text, end + 1, commands->size);
    return run_line(directions, line);
}
