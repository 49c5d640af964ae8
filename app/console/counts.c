/* SPDX-License-Identifier: BSD-3-Clause */
#include "counts.h"

#include "console.h"
#include "json.h"

static void show_json(const struct count *counts, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        json_number(counts[i].name, counts[i].value);
    }
    json_end();
}

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

void counts_show(const char *event, const char *title, const struct count *counts, size_t size)
{
    if (console_is_json()) {
        json_begin(event);
        show_json(counts, size);
    } else {
        show_text(title, counts, size);
    }
}

void counts_show_named(const char *event, const char *name, const struct count *counts, size_t size)
{
    if (console_is_json()) {
        json_begin(event);
        json_text("name", name);
        show_json(counts, size);
    } else {
        show_text(name, counts, size);
    }
}
