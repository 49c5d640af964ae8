/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Printing lines, piece by piece, without printf. One console, one context. A line goes out whole
 * at console_end(), or in pieces where it is longer than the buffer.
 */
#ifndef APP_CONSOLE_H
#define APP_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Where the bytes go. @p is_error: to where errors go, if that is another place. */
typedef void (*console_writer)(bool is_error, const char *text, size_t size);

/** First of all. Until then everything is thrown away. */
void console_open(console_writer writer);

/**
 * From now on console_echo() shows what is typed: for a console that is a bare terminal, which
 * shows nothing by itself.
 */
void console_open_echo(void);

/**
 * Whether each line is to be a JSON object, for programs: {"line":"..."} or {"error":"..."}, or
 * what json.h makes. Both go to the same place, then, and what is typed is not shown.
 */
void console_set_json(bool is_json);

/** Where the build sets this to 0 there is no JSON, and what only JSON needs costs no memory. */
#ifndef CONSOLE_HAS_JSON
#define CONSOLE_HAS_JSON 1
#endif

#if CONSOLE_HAS_JSON
bool console_is_json(void);
#else
static inline bool console_is_json(void)
{
    return false;
}
#endif

/**
 * Show what somebody types, at once and as it is. The next line that is printed begins on a line of
 * its own, whatever has been typed.
 */
void console_echo(const char *text, size_t size);

/** Has a line been printed since, so that what has been typed should be shown again? Asks once. */
bool console_was_interrupted(void);

/** The line that begins here goes to where errors go, and begins with "error: ". */
void console_error(void);

/** Append what is JSON already: for json.h. */
void console_raw(const char *text, size_t size);
void console_raw_number(uint32_t number);

/** Whether what the functions below append is inside a JSON string that is open: for json.h. */
void console_set_in_string(bool is_inside);

/** Append text that we trust: our own. */
void console_text(const char *text);

/** Append a number in decimal. */
void console_number(uint32_t number);

/** Append a number in decimal, and what there are so many of: console_count(3, " lost, "). */
void console_count(uint32_t number, const char *what);

/** Append a number in hexadecimal, lower case, without leading zeros. */
void console_hex(uint32_t number);

/** Append a byte as two hexadecimal digits. */
void console_hex_byte(uint8_t byte);

/** Append bytes that we do not trust, made safe (msgr/printable.h). */
void console_bytes(const void *data, size_t size);

/** End the line. */
void console_end(void);

/** A whole line of our own text. */
void console_line(const char *text);

#endif
