/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What is said, as text or (--json) as one object a line. Lines are made with console.h and json.h,
 * which go to standard output, and errors to standard error unless there are objects.
 */
#ifndef DESKTOP_OUTPUT_H
#define DESKTOP_OUTPUT_H

#include "console.h"

#include "msgr/msgr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** First of all. Colours are for a terminal only, and not where NO_COLOR is set. */
void output_open(bool is_json);

/** From now on lines go there: what draws a terminal's lines itself. */
void output_divert(console_writer writer);

/** Write to a descriptor, all of it. @return false: whoever read it is gone, or the disk full */
bool output_write(int fd, const char *text, size_t size);

/** Whether a write to standard output has failed: nobody is there to be told anything. */
bool output_is_broken(void);

enum colour {
    COLOUR_NONE,
    COLOUR_GOOD,
    COLOUR_BAD,
    COLOUR_DOUBT,
    COLOUR_NAME,
    COLOUR_QUIET,
};

/** From here on; COLOUR_NONE ends it. Nothing where there are no colours. */
void output_colour(enum colour colour);

/** A text with its colour around it, where there are colours. Static until the next call. */
const char *output_marked(enum colour colour, const char *text);

/** Like printf(), for our own texts; cut after 500 bytes. */
__attribute__((format(printf, 1, 2))) void output_text(const char *format, ...);

/** A name, or whatever else we do not trust; zero-terminated. */
void output_name(const char *name);

/** A whole line of our own to where errors go, "error: " before it. */
__attribute__((format(printf, 1, 2))) void output_error(const char *format, ...);

/** "2.7 ms" */
void output_ms(uint64_t time_us);

/* ---- what happens, in one form for all commands -------------------------------------------- */

void output_listening(const char *name, uint16_t port);
void output_up(const char *name);
void output_down(const char *name, enum msgr_reason reason);
void output_message(const char *name, const void *data, size_t size);

/** @param why  in words; NULL: none */
void output_outcome(const char *name, enum msgr_outcome outcome, const char *why, uint64_t time_us);

/** The words for a reason; NULL for none. */
const char *output_why(enum msgr_reason reason);

#endif
