/* SPDX-License-Identifier: BSD-3-Clause */
/** How much of a terminal's row a text takes. Needs a locale of UTF-8. */
#ifndef DESKTOP_COLUMNS_H
#define DESKTOP_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

/** Where in the rows of a terminal that is so wide the next character goes. */
struct columns {
    size_t width;
    size_t row, column;
};

/** A character. One that is two columns wide is never split. */
void columns_add(struct columns *at, uint32_t code);

/** A text; colours (ESC [ ... m) take nothing. */
void columns_add_text(struct columns *at, const char *text, size_t size);

#endif
