/* SPDX-License-Identifier: BSD-3-Clause */
/* Places are rows, counted since the program's start. */
#include "screen.h"

#include "columns.h"
#include "editor.h"
#include "output.h"

#include "msgr/msgr.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Each byte of a message and of its sender's name may become four; and colours, and the end. */
static char line[4 * (MSGR_MESSAGE_MAX + MSGR_NAME_MAX) + 256];
static size_t used;
static uint64_t rows = 1; /* the next line's place */
static uint64_t lost;     /* places before this one are not known any more */

static void put_line(bool is_error)
{
    struct columns at = {.width = editor_width()};

    editor_hide();
    (void)output_write(is_error ? STDERR_FILENO : STDOUT_FILENO, line, used);
    columns_add_text(&at, line, used - 1);
    rows += at.row + (at.column > 0 || at.row == 0);
    used = 0;
    editor_show();
}

/* What is longer than any line of ours is shown in pieces, rather than kept or lost. */
static void take(bool is_error, const char *text, size_t size)
{
    while (size > 0) {
        size_t piece = size < sizeof line - used ? size : sizeof line - used;

        memcpy(line + used, text, piece);
        used += piece;
        text += piece;
        size -= piece;
        if (line[used - 1] == '\n' || used == sizeof line) {
            put_line(is_error);
        }
    }
}

void screen_open(void)
{
    output_divert(take);
}

uint64_t screen_place(void)
{
    return rows;
}

bool screen_mark(uint64_t place, const char *mark)
{
    uint64_t up = rows - place + editor_rows();
    char text[64];
    int size;

    if (place <= lost || up >= editor_height()) {
        return false;
    }
    size = snprintf(text, sizeof text, "\0337\033[%uA\r%s\0338", (unsigned)up, mark);
    return output_write(STDOUT_FILENO, text, (size_t)size);
}

void screen_resize(void)
{
    lost = rows;
}
