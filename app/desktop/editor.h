/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The line that is being typed on a terminal, with history: libedit. It waits for characters by
 * calling back, so that whoever brings them may do other things meanwhile, and print lines
 * (between editor_hide() and editor_show()).
 */
#ifndef DESKTOP_EDITOR_H
#define DESKTOP_EDITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct editor_config {
    const char *(*prompt)(void);
    /** Wait for the next character. @return false: there will be none */
    bool (*next)(uint32_t *code);
};

/** @return false: there is no terminal that can do it, or the program was built without libedit */
bool editor_open(const struct editor_config *config);

/** The terminal is as it was before. Idempotent. */
void editor_close(void);

/**
 * Wait for a line. The rows that it was typed in have been removed from the terminal, also where it
 * was not ended.
 * @return the line, without its end; lent until the next call. NULL: there will be none
 */
const char *editor_read(size_t *size);

/** Rows between the first one of what is being typed, and the cursor's. */
size_t editor_rows(void);

/** Remove what is being typed from the terminal, and show it again. */
void editor_hide(void);
void editor_show(void);

/** The terminal has another size. */
void editor_resize(void);

/** Ctrl-Z: the terminal is as it was before, and the program stops here. */
void editor_stop(void);

/** It goes on (SIGCONT), whoever stopped it. */
void editor_continue(void);

/** Columns and rows of the terminal. */
size_t editor_width(void);
size_t editor_height(void);

#endif
