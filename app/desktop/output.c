/* SPDX-License-Identifier: BSD-3-Clause */
#include "output.h"

#include "json.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_colours;
static bool is_broken;
static enum colour colour_now;

/* Others may have made it non-blocking, for whom it is theirs as well. */
static bool wait_for_room(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLOUT};

    return poll(&one, 1, -1) > 0 || errno == EINTR;
}

bool output_write(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t taken = write(fd, text, size);
        if (taken >= 0) {
            text += taken;
            size -= (size_t)taken;
        } else if (errno != EINTR && !(errno == EAGAIN && wait_for_room(fd))) {
            return false;
        }
    }
    return true;
}

static void write_out(bool is_error, const char *text, size_t size)
{
    if (is_error) {
        (void)output_write(STDERR_FILENO, text, size);
    } else if (!is_broken && !output_write(STDOUT_FILENO, text, size)) {
        is_broken = true;
        if (errno != EPIPE) { /* who does not read to the end knows it */
            fprintf(stderr, "error: standard output: %s\n", strerror(errno));
        }
    }
}

static bool may_colour(void)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

void output_open(bool is_json)
{
    output_divert(write_out);
    console_set_json(is_json);
    has_colours = !is_json && may_colour();
}

void output_divert(console_writer writer)
{
    bool is_json = console_is_json();

    console_open(writer);
    console_set_json(is_json);
}

bool output_is_broken(void)
{
    return is_broken;
}

static const char *const codes[] = {
    [COLOUR_NONE] = "\033[0m",   [COLOUR_GOOD] = "\033[32m",   [COLOUR_BAD] = "\033[31m",
    [COLOUR_DOUBT] = "\033[33m", [COLOUR_NAME] = "\033[1;36m", [COLOUR_QUIET] = "\033[2m",
};

const char *output_marked(enum colour colour, const char *text)
{
    static char marked[32];

    if (!has_colours) {
        return text;
    }
    (void)snprintf(marked, sizeof marked, "%s%s%s", codes[colour], text, codes[COLOUR_NONE]);
    return marked;
}

void output_colour(enum colour colour)
{
    if (has_colours && colour != colour_now) {
        console_raw(codes[colour], strlen(codes[colour]));
        colour_now = colour;
    }
}

static void put_text(const char *format, va_list values)
{
    char text[500];

    (void)vsnprintf(text, sizeof text, format, values);
    console_text(text);
}

void output_text(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    put_text(format, values);
    va_end(values);
}

void output_name(const char *name)
{
    console_bytes(name, strlen(name));
}

void output_error(const char *format, ...)
{
    char text[1000];
    va_list values;

    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    console_error();
    output_name(text);
    console_end();
}

void output_ms(uint64_t time_us)
{
    output_text("%.1f ms", (double)time_us / 1000);
}

/* ---- what happens -------------------------------------------------------------------------- */

const char *output_why(enum msgr_reason reason)
{
    return reason != MSGR_REASON_NONE ? msgr_reason_text(reason) : NULL;
}

static void coloured_name(const char *name)
{
    output_colour(COLOUR_NAME);
    output_name(name);
    output_colour(COLOUR_NONE);
}

void output_listening(const char *name, uint16_t port)
{
    if (console_is_json()) {
        json_begin("listening");
        json_text("name", name);
        json_number("port", port);
        json_end();
        return;
    }
    console_text("Listening as ");
    output_name(name);
    output_text(" on port %u.", port);
    console_end();
}

void output_up(const char *name)
{
    if (console_is_json()) {
        json_begin("up");
        json_text("peer", name);
        json_end();
        return;
    }
    coloured_name(name);
    console_line(" is up.");
}

void output_down(const char *name, enum msgr_reason reason)
{
    if (console_is_json()) {
        json_begin("down");
        json_text("peer", name);
        json_text("reason", msgr_reason_text(reason));
        json_end();
        return;
    }
    coloured_name(name);
    output_text(" is down: %s.", msgr_reason_text(reason));
    console_end();
}

void output_message(const char *name, const void *data, size_t size)
{
    if (console_is_json()) {
        json_begin("message");
        json_text("peer", name);
        json_bytes("text", data, size);
        json_end();
        return;
    }
    console_text("Message from ");
    coloured_name(name);
    console_text(": ");
    console_bytes(data, size);
    console_end();
}

static enum colour colour_of(enum msgr_outcome outcome)
{
    switch (outcome) {
    case MSGR_OUTCOME_DELIVERED:
        return COLOUR_GOOD;
    case MSGR_OUTCOME_NOT_DELIVERED:
        return COLOUR_BAD;
    case MSGR_OUTCOME_UNKNOWN:
    default:
        return COLOUR_DOUBT;
    }
}

void output_outcome(const char *name, enum msgr_outcome outcome, const char *why, uint64_t time_us)
{
    if (console_is_json()) {
        json_begin("outcome");
        json_text("peer", name);
        json_text("outcome", msgr_outcome_text(outcome));
        json_text("reason", why != NULL ? why : "");
        json_thousandths("ms", time_us);
        json_end();
        return;
    }
    console_text("Message to ");
    output_name(name);
    console_text(": ");
    output_colour(colour_of(outcome));
    console_text(msgr_outcome_text(outcome));
    output_colour(COLOUR_NONE);
    if (why != NULL) {
        console_text(": ");
        output_name(why);
    }
    console_text(", ");
    output_ms(time_us);
    console_line(".");
}
