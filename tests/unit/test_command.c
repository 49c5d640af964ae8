/* SPDX-License-Identifier: BSD-3-Clause */
#include "command.h"
#include "console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static char out[4096];
static size_t out_size;
static char said[1024]; /* the words that the command got: [one][two] */
static bool is_right;

static void record(bool is_error, const char *text, size_t size)
{
    (void)is_error;
    if (size < sizeof out - out_size) {
        memcpy(out + out_size, text, size);
        out_size += size;
        out[out_size] = '\0';
    }
}

static bool say(int count, char **words)
{
    said[0] = '\0';
    for (int i = 0; i < count; i++) {
        size_t used = strlen(said);
        (void)snprintf(said + used, sizeof said - used, "[%s]", words[i]);
    }
    return is_right;
}

static const struct command first[] = {
    {.name = "say", .arguments = "WORD...", .help = "say it", .run = say},
    {.name = "quiet", .arguments = "", .help = "say nothing", .run = say},
};
static const struct command second[] = {
    {.name = "more", .arguments = "", .help = "of another table", .run = say},
};
static struct command_table tables[] = {{.commands = first, .count = 2},
                                        {.commands = second, .count = 1}};

static int setup(void **state)
{
    (void)state;
    out_size = 0;
    out[0] = '\0';
    said[0] = '\0';
    is_right = true;
    console_open(record);
    return 0;
}

static int register_tables(void **state)
{
    (void)state;
    command_register(&tables[0]);
    command_register(&tables[1]);
    return 0;
}

static void run(const char *text)
{
    char line[1024];

    (void)snprintf(line, sizeof line, "%s", text);
    command_run(line);
}

static void expect_words(const char *text, const char *words)
{
    run(text);
    assert_string_equal(said, words);
    assert_string_equal(out, "");
}

static void words_are_apart_by_spaces(void **state)
{
    (void)state;
    expect_words("say", "[say]");
    expect_words("  say  one   two ", "[say][one][two]");
}

static void quotes_keep_words_together(void **state)
{
    (void)state;
    expect_words("say 'one two' \"three  four\"", "[say][one two][three  four]");
    expect_words("say a'b c'd", "[say][ab cd]");
    expect_words("say '' \"\"", "[say][][]");
    expect_words("say \"it's\" 'a \"quote\"'", "[say][it's][a \"quote\"]");
    expect_words("say \"\\\" \\\\ \\n\" '\\' \\", "[say][\" \\ \\n][\\][\\]");
}

static void open_quote_is_an_error(void **state)
{
    static const char *const lines[] = {"say 'one", "say \"one", "'",
                                        "\"",       "say \"\\",  "say \"\\\""};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        setup(NULL);
        run(lines[i]);
        assert_string_equal(out, "error: a quote is not closed\n");
        assert_string_equal(said, "");
    }
}

static void empty_line_does_nothing(void **state)
{
    (void)state;
    expect_words("", "");
    expect_words("   ", "");
}

static void most_words_are_taken_and_more_are_an_error(void **state)
{
    char line[4 + 2 * COMMAND_WORDS_MAX] = "say";
    size_t size = 3;

    (void)state;
    for (int i = 1; i < COMMAND_WORDS_MAX; i++) {
        line[size++] = ' ';
        line[size++] = 'x';
    }
    run(line);
    assert_string_equal(out, "");
    assert_int_equal(strlen(said), 5 + 3 * (COMMAND_WORDS_MAX - 1));
    said[0] = '\0';
    line[size++] = ' ';
    line[size] = 'x';
    run(line);
    assert_string_equal(out, "error: too many words; quote a text that is long\n");
    assert_string_equal(said, "");
}

static void unknown_command_points_to_help(void **state)
{
    (void)state;
    run("sya\x1b hello");
    assert_string_equal(out, "error: there is no command sya\\x1b; help lists them\n");
}

static void help_lists_all_tables(void **state)
{
    (void)state;
    run("help");
    assert_string_equal(out, "help: this list\n"
                             "more: of another table\n"
                             "say WORD...: say it\n"
                             "quiet: say nothing\n");
}

static void wrong_arguments_are_told_the_right_ones(void **state)
{
    (void)state;
    is_right = false;
    run("say");
    assert_string_equal(out, "error: give it like this: say WORD...\n");
    setup(NULL);
    is_right = false;
    run("quiet x");
    assert_string_equal(out, "error: give it like this: quiet\n");
}

/* Each line in memory of exactly its size, so that the sanitizer sees one step too far. */
static void rubbish_does_no_harm(void **state)
{
    static const char bytes[] = "say '\"\\ x\xE3\x81\x82";
    const char *given = getenv("SEED");
    unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);

    (void)state;
    printf("SEED=%u\n", seed);
    for (int i = 0; i < 20000; i++) {
        size_t size = (size_t)i % 40;
        char *line = malloc(size + 1);
        assert_non_null(line);
        for (size_t at = 0; at < size; at++) {
            seed = seed * 1103515245u + 12345u;
            line[at] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        line[size] = '\0';
        out_size = 0;
        command_run(line);
        free(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(words_are_apart_by_spaces, setup),
        cmocka_unit_test_setup(quotes_keep_words_together, setup),
        cmocka_unit_test_setup(open_quote_is_an_error, setup),
        cmocka_unit_test_setup(empty_line_does_nothing, setup),
        cmocka_unit_test_setup(most_words_are_taken_and_more_are_an_error, setup),
        cmocka_unit_test_setup(unknown_command_points_to_help, setup),
        cmocka_unit_test_setup(help_lists_all_tables, setup),
        cmocka_unit_test_setup(wrong_arguments_are_told_the_right_ones, setup),
        cmocka_unit_test_setup(rubbish_does_no_harm, setup),
    };

    return cmocka_run_group_tests(tests, register_tables, NULL);
}
