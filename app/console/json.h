/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * One JSON object (RFC 8259), on a line of its own, member by member:
 *
 *     json_begin("message");
 *     json_text("peer", "bob");
 *     json_number("size", 5);
 *     json_end();
 *
 * prints {"event":"message","peer":"bob","size":5}. Member names are our own: they are not escaped.
 */
#ifndef APP_CONSOLE_JSON_H
#define APP_CONSOLE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Begin an object whose first member, "event", says what it is about. */
void json_begin(const char *event);

/** A string member: zero-terminated UTF-8. */
void json_text(const char *name, const char *text);

/**
 * Bytes: a string where they are UTF-8; else, under the name with "_hex" behind it, a string of two
 * hexadecimal digits for each.
 */
void json_bytes(const char *name, const void *data, size_t size);

/** Bytes, as a string of two hexadecimal digits for each. */
void json_hex(const char *name, const void *data, size_t size);

/** A string member that the console's functions print: between these two. */
void json_open_string(const char *name);
void json_close_string(void);

void json_number(const char *name, uint32_t number);

/** 2704 is 2.704: microseconds as milliseconds. Below 2^32 thousand. */
void json_thousandths(const char *name, uint64_t number);

void json_bool(const char *name, bool value);

/** End the object and the line. */
void json_end(void);

#endif
