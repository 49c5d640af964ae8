/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Lines above the one that is being typed. Each is known by its place, so that a mark at its
 * beginning can be changed later, as long as it is still to be seen.
 */
#ifndef DESKTOP_SCREEN_H
#define DESKTOP_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

/** From now on lines of the console go above the one that is being typed (editor.h). */
void screen_open(void);

/** Where the next line will begin: for screen_mark(). Never 0. */
uint64_t screen_place(void);

/**
 * Replace the first character of the line there: by one column's, and colours.
 * @param place  0: it is nowhere
 * @return false: it is not to be seen any more
 */
bool screen_mark(uint64_t place, const char *mark);

/** The terminal has another size: what is on it is elsewhere now. */
void screen_resize(void);

#endif
