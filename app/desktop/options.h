/* SPDX-License-Identifier: BSD-3-Clause */
/** msgr's command line. */
#ifndef DESKTOP_OPTIONS_H
#define DESKTOP_OPTIONS_H

#include "url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_URLS 8 /* MSGR_SOCKETS_TARGETS of the desktop */

enum command {
    COMMAND_SEND,
    COMMAND_SERVE,
    COMMAND_CHAT,
    COMMAND_PING,
    COMMAND_BENCH,
    COMMANDS,
};

/** Texts point into argv. */
struct options {
    enum command command;
    const char *name; /* NULL: not given */
    uint64_t identity;
    bool is_json, is_plain, has_lines, is_once, is_off_link, listen;
    const char *file; /* "-": standard input; NULL: neither */
    const char *path; /* of a Unix socket */
    uint16_t port;
    uint32_t deadline_ms; /* 0: not given */
    uint32_t count;       /* 0: not given */
    uint32_t interval_ms;
    uint32_t size;
    uint32_t in_flight;
    struct url urls[OPTIONS_URLS];
    size_t url_count;
    char **words; /* behind the URL */
    size_t word_count;
};

/** @return -1: go on; else the exit status: help has been printed, or what is wrong */
int options_read(struct options *options, int argc, char **argv);

/** Print what is wrong with the command line, or with the input. @return STATUS_USAGE */
__attribute__((format(printf, 1, 2))) int options_wrong(const char *format, ...);

#endif
