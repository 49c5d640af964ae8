/* SPDX-License-Identifier: BSD-3-Clause */
/** Where messages come from: the command line, a file, standard input. */
#ifndef DESKTOP_INPUT_H
#define DESKTOP_INPUT_H

#include "msgr/loop.h"
#include "msgr/msgr.h"

#include <stdbool.h>
#include <stddef.h>

/** Longest text of a plain exchange: what fits in a datagram, and a bit less. */
#define INPUT_MAX 65000

/**
 * Make sure that descriptors 0 to 2 are taken, so that no socket ever is one of them. First of all.
 * What was closed is remembered.
 */
void input_open_standard_files(void);

/** Words, joined by spaces. @return false: more than @p most bytes; that has been said */
bool input_join(char **words, size_t count, size_t most, const char **text, size_t *size);

/** All of a file, or of standard input ("-"). @return as above, or it cannot be read */
bool input_read(const char *file, size_t most, const char **text, size_t *size);

/* ---- line by line, in the loop -------------------------------------------------------------- */

enum input_line {
    INPUT_LINE,     /* there is one */
    INPUT_TOO_LONG, /* there is one of more than MSGR_MESSAGE_MAX bytes, which has been skipped */
    INPUT_NONE,     /* not yet */
    INPUT_END,      /* never again */
    INPUT_FAILED,   /* neither, because of an error that has been told */
};

/** Begin with a file, or standard input ("-"). @return false: it has been said why not */
bool input_open_lines(struct msgr_loop *loop, const char *file);
void input_close_lines(void);

/**
 * The next line, without its end. While this says INPUT_NONE the loop reads on, and turns when
 * something has come.
 * @param line  lent until the next call
 */
enum input_line input_next_line(const char **line, size_t *size);

/** The next bytes, as they are: at least one, or @p size is 0. For who makes lines himself. */
enum input_line input_next_bytes(const char **bytes, size_t *size);

/** ... of which so many have been used. */
void input_used(size_t size);

/** They are not enough: the loop reads on. @return false: there will be no more */
bool input_wait_for_more(void);

#endif
