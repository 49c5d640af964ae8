/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * A line of text from the bytes that somebody types, with the little editing that a bare terminal
 * needs:
 *
 *     Backspace, Delete   take back a character (not a byte)
 *     Ctrl-U              take back the line
 *     Ctrl-C              begin anew, on a new line
 *     CR, LF, CR LF       end the line
 *
 * A tab counts as a space. What is not UTF-8, other control characters and the sequences that
 * cursor keys send are thrown away. There is no history.
 */
#ifndef APP_CONSOLE_LINE_H
#define APP_CONSOLE_LINE_H

#include "msgr/utf8.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest line, in bytes. A longer one is an error on the console, and nothing comes of it. */
#define LINE_SIZE_MAX 256

/** All zero at first. */
struct line {
    char text[LINE_SIZE_MAX + 1];
    uint16_t size;
    uint8_t character[MSGR_UTF8_MAX]; /* the beginning of one */
    uint8_t character_size;
    uint8_t escape; /* in a cursor key's sequence */
    bool is_too_long;
    bool was_cr;
};

/**
 * Take a byte, and show on the console what it does to the line (console_echo()).
 * @return NULL; or the line that it ends, with a NUL behind it, maybe empty: lent until the next
 *         call, and the caller may change it
 */
char *line_take(struct line *line, uint8_t byte);

#endif
