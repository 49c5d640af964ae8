/* SPDX-License-Identifier: BSD-3-Clause */
#include "columns.h"

#include "msgr/utf8.h"

#include <string.h>
#include <wchar.h>

void columns_add(struct columns *at, uint32_t code)
{
    int width = wcwidth((wchar_t)code);
    size_t taken = width > 0 ? (size_t)width : 0;

    if (at->column + taken > at->width) {
        at->row++;
        at->column = 0;
    }
    at->column += taken;
    if (at->column == at->width) {
        at->row++;
        at->column = 0;
    }
}

void columns_add_text(struct columns *at, const char *text, size_t size)
{
    while (size > 0) {
        uint32_t code = 0;
        size_t taken = msgr_utf8_decode(text, size, &code);
        if (*text == '\033') {
            const char *end = memchr(text, 'm', size);
            taken = end != NULL ? (size_t)(end - text) + 1 : size;
        } else if (taken == 0) {
            taken = 1;
        } else {
            columns_add(at, code);
        }
        text += taken;
        size -= taken;
    }
}
