/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libedit asks for one character at a time (EL_GETCFN), also in the middle of an escape sequence;
 * that is where the program's loop turns. What libedit believes to be on the terminal is right as
 * long as EL_REFRESH follows whatever else is written.
 */
#include "editor.h"

#include "columns.h"
#include "output.h"

#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define HISTORY 500

static struct editor_config config;
static EditLine *edit;
static History *past;
static bool is_reading;
static bool is_open;
static struct termios found; /* the terminal's mode, when this one was opened */

static char *give_prompt(EditLine *e)
{
    static char prompt[100];

    (void)e;
    (void)snprintf(prompt, sizeof prompt, "%s", config.prompt());
    return prompt;
}

static int give_character(EditLine *e, wchar_t *character)
{
    uint32_t code;

    (void)e;
    if (!config.next(&code)) {
        return 0;
    }
    *character = (wchar_t)code;
    return 1;
}

/* Between two lines the terminal is not libedit's: what is typed then would be shown where it is
 * typed, and again in the line that it is for. */
static void echo(bool is_wanted)
{
    struct termios mode = found;

    if (!is_wanted) {
        mode.c_lflag &= ~(tcflag_t)ECHO;
    }
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

static bool has_terminal(void)
{
    const char *term = getenv("TERM");

    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term != NULL && *term != '\0' &&
           strcmp(term, "dumb") != 0;
}

bool editor_open(const struct editor_config *wanted)
{
    HistEvent event;

    if (!has_terminal() || tcgetattr(STDIN_FILENO, &found) != 0) {
        return false;
    }
    config = *wanted;
    is_open = true;
    echo(false); /* first: to libedit that is how it was */
    edit = el_init("msgr", stdin, stdout, stderr);
    past = history_init();
    if (edit == NULL || past == NULL) {
        editor_close();
        return false;
    }
    (void)history(past, &event, H_SETSIZE, HISTORY);
    (void)history(past, &event, H_SETUNIQUE, 1);
    (void)el_set(edit, EL_EDITOR, "emacs");
    (void)el_set(edit, EL_SIGNAL, 0);
    (void)el_set(edit, EL_HIST, history, past);
    (void)el_set(edit, EL_PROMPT, give_prompt);
    (void)el_set(edit, EL_GETCFN, give_character);
    (void)el_source(edit, NULL); /* ~/.editrc, where there is one */
    return true;
}

void editor_close(void)
{
    if (is_reading) {
        editor_hide();
    }
    is_reading = false;
    if (edit != NULL) {
        el_end(edit);
    }
    if (past != NULL) {
        history_end(past);
    }
    if (is_open) {
        echo(true);
    }
    is_open = false;
    edit = NULL;
    past = NULL;
}

static void move(size_t rows)
{
    char text[32];
    int size = rows > 0 ? snprintf(text, sizeof text, "\r\033[%zuA\033[J", rows)
                        : snprintf(text, sizeof text, "\r\033[J");

    (void)output_write(STDOUT_FILENO, text, (size_t)size);
}

/* Where the cursor is behind so many characters of what is being typed. */
static struct columns place_of(const wchar_t *text, const wchar_t *end)
{
    struct columns at = {.width = editor_width()};
    const char *prompt = config.prompt();

    columns_add_text(&at, prompt, strlen(prompt));
    for (; text < end; text++) {
        columns_add(&at, (uint32_t)*text);
    }
    return at;
}

const char *editor_read(size_t *size)
{
    HistEvent event;
    int count = 0;
    const char *line;
    const LineInfoW *typed;

    is_reading = true;
    /* Before the prompt, not behind it as el_gets() does: who sees it may type at once. */
    (void)el_set(edit, EL_PREP_TERM, 1);
    line = el_gets(edit, &count);
    if (line == NULL || count <= 0) {
        editor_hide();
        is_reading = false;
        return NULL;
    }
    is_reading = false;
    typed = el_wline(edit);
    move(place_of(typed->buffer, typed->lastchar - 1).row + 1); /* without the line's end */
    if (count > 1) {
        (void)history(past, &event, H_ENTER, line);
    }
    *size = (size_t)count - (line[count - 1] == '\n');
    return line;
}

size_t editor_rows(void)
{
    const LineInfoW *typed;

    if (!is_reading) {
        return 0;
    }
    typed = el_wline(edit);
    return place_of(typed->buffer, typed->cursor).row;
}

void editor_hide(void)
{
    if (is_reading) {
        (void)fflush(stdout);
        move(editor_rows());
    }
}

void editor_show(void)
{
    if (is_reading) {
        (void)el_set(edit, EL_REFRESH);
        (void)fflush(stdout);
    }
}

void editor_resize(void)
{
    editor_hide();
    el_resize(edit);
    editor_show();
}

void editor_stop(void)
{
    editor_hide();
    (void)el_set(edit, EL_PREP_TERM, 0);
    echo(true);
    (void)raise(SIGSTOP); /* the shell takes over; fg goes on here, and then with SIGCONT */
}

void editor_continue(void)
{
    echo(false);
    (void)el_set(edit, EL_PREP_TERM, 1);
    editor_hide();
    editor_show();
}

static struct winsize terminal_size(void)
{
    struct winsize size = {0};

    (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    return size;
}

size_t editor_width(void)
{
    struct winsize size = terminal_size();

    return size.ws_col > 0 ? size.ws_col : 80;
}

size_t editor_height(void)
{
    struct winsize size = terminal_size();

    return size.ws_row > 0 ? size.ws_row : 24;
}
