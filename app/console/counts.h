/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Numbers with names, on one line: for people "Frames: 12 received, 0 not sent." or, for programs,
 * {"event":"frames","received":12,"not_sent":0}.
 */
#ifndef APP_CONSOLE_COUNTS_H
#define APP_CONSOLE_COUNTS_H

#include <stddef.h>
#include <stdint.h>

struct count {
    const char *name; /* "not_sent" */
    uint32_t value;
};

/** @p title is for people; @p event, json_begin()'s, for programs. */
void counts_show(const char *event, const char *title, const struct count *counts, size_t size);

/** As counts_show() for one of several things with the same counts: programs get "name", too. */
void counts_show_named(const char *event, const char *name, const struct count *counts,
                       size_t size);

#endif
