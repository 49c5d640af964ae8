/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include "option_value.h"
#include "output.h"
#include "status.h"
#include "usage.h"

#include "msgr/printable.h"
#include "msgr/version.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LONG_ONLY 256 /* above what a letter can be */

static const struct option known[] = {
    {"name", required_argument, NULL, LONG_ONLY + OPT_NAME},
    {"identity", required_argument, NULL, LONG_ONLY + OPT_IDENTITY},
    {"json", no_argument, NULL, LONG_ONLY + OPT_JSON},
    {"help", no_argument, NULL, LONG_ONLY + OPT_HELP},
    {"version", no_argument, NULL, LONG_ONLY + OPT_VERSION},
    {"plain", no_argument, NULL, LONG_ONLY + OPT_PLAIN},
    {"file", required_argument, NULL, LONG_ONLY + OPT_FILE},
    {"lines", no_argument, NULL, LONG_ONLY + OPT_LINES},
    {"deadline", required_argument, NULL, LONG_ONLY + OPT_DEADLINE},
    {"port", required_argument, NULL, LONG_ONLY + OPT_PORT},
    {"unix", required_argument, NULL, LONG_ONLY + OPT_UNIX},
    {"once", no_argument, NULL, LONG_ONLY + OPT_ONCE},
    {"count", required_argument, NULL, LONG_ONLY + OPT_COUNT},
    {"off-link", no_argument, NULL, LONG_ONLY + OPT_OFF_LINK},
    {"listen", no_argument, NULL, LONG_ONLY + OPT_LISTEN},
    {"interval", required_argument, NULL, LONG_ONLY + OPT_INTERVAL},
    {"size", required_argument, NULL, LONG_ONLY + OPT_SIZE},
    {"in-flight", required_argument, NULL, LONG_ONLY + OPT_IN_FLIGHT},
    {NULL, 0, NULL, 0},
};

#define BIT(option) (1u << (option))
#define OF_ALL      (BIT(OPT_NAME) | BIT(OPT_IDENTITY) | BIT(OPT_JSON) | BIT(OPT_HELP))

static const struct {
    const char *name;
    unsigned takes;
} commands[COMMANDS] = {
    [COMMAND_SEND] = {"send",
                      OF_ALL | BIT(OPT_PLAIN) | BIT(OPT_FILE) | BIT(OPT_LINES) | BIT(OPT_DEADLINE)},
    [COMMAND_SERVE] = {"serve", OF_ALL | BIT(OPT_PORT) | BIT(OPT_UNIX) | BIT(OPT_ONCE) |
                                    BIT(OPT_COUNT) | BIT(OPT_OFF_LINK)},
    [COMMAND_CHAT] = {"chat",
                      OF_ALL | BIT(OPT_LISTEN) | BIT(OPT_PORT) | BIT(OPT_UNIX) | BIT(OPT_DEADLINE)},
    [COMMAND_PING] = {"ping", OF_ALL | BIT(OPT_COUNT) | BIT(OPT_INTERVAL) | BIT(OPT_SIZE) |
                                  BIT(OPT_DEADLINE)},
    [COMMAND_BENCH] = {"bench", OF_ALL | BIT(OPT_COUNT) | BIT(OPT_SIZE) | BIT(OPT_IN_FLIGHT) |
                                    BIT(OPT_DEADLINE)},
};

int options_wrong(const char *format, ...)
{
    char text[1000];
    char shown[sizeof text * MSGR_PRINTABLE_GROWTH];
    va_list values;
    int size;

    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    size = (int)msgr_printable(shown, sizeof shown, text, strlen(text));
    fprintf(stderr, "error: %.*s\n", size, shown);
    return STATUS_USAGE;
}

#define wrong(...) (options_wrong(__VA_ARGS__), false)

static bool read_option(struct options *options, enum option_kind option, const char *text)
{
    switch (option) {
    case OPT_JSON:
        options->is_json = true;
        return true;
    case OPT_PLAIN:
        options->is_plain = true;
        return true;
    case OPT_LINES:
        options->has_lines = true;
        return true;
    case OPT_ONCE:
        options->count = 1;
        return true;
    case OPT_OFF_LINK:
        options->is_off_link = true;
        return true;
    case OPT_LISTEN:
        options->listen = true;
        return true;
    default:
        return option_value_read(options, option, text);
    }
}

static bool letter_option(int letter, enum option_kind *option)
{
    static const char letters[] = "hcisw";
    static const enum option_kind kinds[] = {OPT_HELP, OPT_COUNT, OPT_INTERVAL, OPT_SIZE,
                                             OPT_IN_FLIGHT};
    const char *found = letter != 0 ? strchr(letters, letter) : NULL;

    if (letter >= LONG_ONLY) {
        *option = (enum option_kind)(letter - LONG_ONLY);
    } else if (found != NULL) {
        *option = kinds[found - letters];
    } else {
        return false;
    }
    return true;
}

/* ---- what belongs together ------------------------------------------------------------------ */

static bool read_urls(struct options *options, size_t count, char **words, size_t most)
{
    for (size_t i = 0; i < count; i++) {
        const char *fault;
        if (i == most) {
            return wrong("%s: there is room for %zu URLs", words[i], most);
        }
        fault = url_read(&options->urls[i], words[i]);
        if (fault != NULL) {
            return wrong("%s: %s", words[i], fault);
        }
        options->url_count++;
    }
    return true;
}

static bool read_send(struct options *options)
{
    bool is_stdin = options->word_count == 1 && strcmp(options->words[0], "-") == 0;

    if (options->file != NULL && options->word_count > 0) {
        return wrong("send takes a text or --file, not both");
    }
    if (options->file == NULL && options->word_count == 0) {
        return wrong("send takes a URL and a text (- for standard input), or --file");
    }
    if (is_stdin) {
        options->file = "-";
    }
    if (options->has_lines && options->file == NULL) {
        return wrong("--lines is for standard input (-) or --file");
    }
    if (options->has_lines && options->is_plain) {
        return wrong("--lines and --plain do not go together: a plain exchange has one text");
    }
    return true;
}

static bool read_words(struct options *options, size_t count, char **words)
{
    bool has_many = options->command == COMMAND_CHAT;

    if (options->command == COMMAND_SERVE) {
        return count == 0 || wrong("serve takes options only, not %s", words[0]);
    }
    if (count == 0 && !(has_many && options->listen)) {
        return wrong(has_many ? "chat takes a URL or more, or --listen" : "%s takes a URL%s",
                     commands[options->command].name,
                     options->command == COMMAND_SEND ? " and a text" : "");
    }
    if (has_many) {
        return read_urls(options, count, words, OPTIONS_URLS);
    }
    if (!read_urls(options, 1, words, 1)) {
        return false;
    }
    options->words = words + 1;
    options->word_count = count - 1;
    if (options->command == COMMAND_SEND) {
        return read_send(options);
    }
    return count == 1 ||
           wrong("%s takes one URL; what is %s?", commands[options->command].name, words[1]);
}

static void set_defaults(struct options *options)
{
    memset(options, 0, sizeof *options);
    options->command = COMMANDS;
    options->interval_ms = 1000;
    options->size = 64;
    options->in_flight = 32;
}

static bool read_command(struct options *options, const char *word)
{
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(word, commands[i].name) == 0) {
            options->command = (enum command)i;
            return true;
        }
    }
    return wrong("there is no command %s; there are send, serve, chat, ping and bench", word);
}

static int print(const char *text)
{
    return output_write(STDOUT_FILENO, text, strlen(text)) ? STATUS_OK : STATUS_NOT_DELIVERED;
}

/* @return as options_read() */
static int take_option(struct options *options, int letter, const char *text)
{
    enum option_kind option;
    const char *command = options->command < COMMANDS ? commands[options->command].name : NULL;

    if (letter == ':') {
        return options_wrong("%s needs a value", text);
    }
    if (!letter_option(letter, &option)) {
        return options_wrong(
            "%s: there is no such option, or it takes no value; a text that begins "
            "with - goes behind --",
            text);
    }
    if (option == OPT_HELP) {
        return print(usage_text(options->command));
    }
    if (option == OPT_VERSION) {
        return print("msgr " MSGR_LIBRARY_VERSION "\n");
    }
    if (command != NULL && (commands[options->command].takes & BIT(option)) == 0) {
        return options_wrong("--%s is no option of %s", known[option].name, command);
    }
    return read_option(options, option, optarg) ? -1 : STATUS_USAGE;
}

int options_read(struct options *options, int argc, char **argv)
{
    int letter;

    set_defaults(options);
    if (argc < 2) {
        return options_wrong("give a command: send, serve, chat, ping or bench; msgr --help says "
                             "more");
    }
    if (argv[1][0] != '-') {
        if (!read_command(options, argv[1])) {
            return STATUS_USAGE;
        }
        argv++; /* what getopt takes for the program's name */
        argc--;
    }
    opterr = 0; /* the words are ours */
    while ((letter = getopt_long(argc, argv, ":hc:i:s:w:", known, NULL)) != -1) {
        char short_form[] = {'-', (char)optopt, '\0'};
        bool is_short = optopt > 0 && optopt < LONG_ONLY;
        int status = take_option(options, letter, is_short ? short_form : argv[optind - 1]);
        if (status >= 0) {
            return status;
        }
    }
    if (options->command == COMMANDS) {
        return options_wrong("the command comes first: send, serve, chat, ping or bench");
    }
    return read_words(options, (size_t)(argc - optind), argv + optind) ? -1 : STATUS_USAGE;
}
