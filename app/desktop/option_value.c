/* SPDX-License-Identifier: BSD-3-Clause */
#include "option_value.h"

#include <stdlib.h>
#include <string.h>

#define wrong(...) (options_wrong(__VA_ARGS__), false)

static bool read_number(const char *name, const char *text, uint32_t low, uint32_t high,
                        uint32_t *number)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long value = strtoul(text, NULL, 10);

    if (digits < 1 || digits > 9 || text[digits] != '\0' || value < low || value > high) {
        return wrong("--%s %s: give a number from %u to %u", name, text, low, high);
    }
    *number = (uint32_t)value;
    return true;
}

static bool read_identity(struct options *options, const char *text)
{
    const char *digits = strncmp(text, "0x", 2) == 0 ? text + 2 : text;
    size_t size = strlen(digits);

    options->identity = strtoull(digits, NULL, 16);
    return (size >= 1 && size <= 16 && strspn(digits, "0123456789abcdefABCDEF") == size &&
            options->identity != 0) ||
           wrong("--identity %s: give 1 to 16 hexadecimal digits, not 0", text);
}

static bool read_port(struct options *options, const char *text)
{
    uint32_t port = 0;
    bool is_good = read_number("port", text, 1, 65535, &port);

    options->port = (uint16_t)port;
    options->listen = true;
    return is_good;
}

/* "0.25" */
static bool read_interval(struct options *options, const char *text)
{
    char *end;
    double seconds = strtod(text, &end);
    bool is_plain = text[0] != '\0' && strspn(text, "0123456789.") == strlen(text);

    if (!is_plain || *end != '\0' || seconds > 3600) {
        return wrong("--interval %s: give seconds, from 0 to 3600", text);
    }
    options->interval_ms = (uint32_t)(seconds * 1000 + 0.5);
    return true;
}

static bool read_path(struct options *options, const char *text)
{
    options->path = text;
    options->listen = true;
    return (text[0] != '\0' && strlen(text) <= URL_HOST_MAX) ||
           wrong("--unix %s: a path has 1 to %d bytes", text, URL_HOST_MAX);
}

bool option_value_read(struct options *options, enum option_kind option, const char *text)
{
    switch (option) {
    case OPT_NAME:
        options->name = text;
        return url_is_name(text) ||
               wrong("--name %s: a name has 1 to 31 bytes of UTF-8, and no control characters",
                     text);
    case OPT_IDENTITY:
        return read_identity(options, text);
    case OPT_FILE:
        options->file = text;
        return true;
    case OPT_DEADLINE:
        return read_number("deadline", text, 1, MSGR_DEADLINE_MAX_MS, &options->deadline_ms);
    case OPT_PORT:
        return read_port(options, text);
    case OPT_UNIX:
        return read_path(options, text);
    case OPT_COUNT:
        return read_number("count", text, 1,
                           options->command == COMMAND_BENCH ? 1000000 : 999999999,
                           &options->count);
    case OPT_INTERVAL:
        return read_interval(options, text);
    case OPT_SIZE:
        return read_number("size", text, 0, MSGR_MESSAGE_MAX, &options->size);
    case OPT_IN_FLIGHT:
    default:
        return read_number("in-flight", text, 1, 256, &options->in_flight);
    }
}
