/* SPDX-License-Identifier: BSD-3-Clause */
#include "counts.h"

#include "console.h"
#include "json.h"

static void show_text(const char *title, const struct count *counts, size_t size)
{
    console_text(title);
    for (size_t i = 0; i < size; i++) {
        console_text(i > 0 ? ", " : ": ");
        console_count(counts[i].value, " ");
        for (const char *c = counts[i].name; *c != '\0'; c++) {
            char one[2] = {*c == '_' ? ' ' : *c, '\0'};
            console_text(one);
        }
    }
    console_line(".");
}

static void show(const char *event, const char *title, bool is_named, const struct count *counts,
                 size_t size)
{
    if (!console_is_json()) {
        show_text(title, counts, size);
        return;
    }
    json_begin(event);
    if (is_named) {
        json_text("name", title);
    }
    for (size_t i = 0; i < size; i++) {
        json_number(counts[i].name, counts[i].value);
    }
    json_end();
}

void counts_show(const char *event, const char *title, const struct count *counts, size_t size)
{
    show(event, title, false, counts, size);
}

void counts_show_named(const char *event, const char *name, const struct count *counts, size_t size)
{
    show(event, name, true, counts, size);
}
