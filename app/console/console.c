/* SPDX-License-Identifier: BSD-3-Clause */
#include "console.h"

#include "msgr/printable.h"

#include <string.h>

static console_writer write_out;
static char buffer[256];
static size_t used;
static bool is_error_line;
#if CONSOLE_HAS_JSON
static bool is_json;
#else
static const bool is_json = false;
#endif
static bool is_in_string; /* ... and of an object, one is open */
static bool is_echoing;
static bool is_typing; /* the terminal's line holds what has been typed */
static bool is_interrupted;

#if CONSOLE_HAS_JSON
void console_set_json(bool is_wanted)
{
    is_json = is_wanted;
}

bool console_is_json(void)
{
    return is_json;
}
#else
void console_set_json(bool is_wanted)
{
    (void)is_wanted;
}
#endif

static void flush(void)
{
    if (is_typing && used > 0) {
        write_out(false, "\n", 1);
        is_typing = false;
        is_interrupted = true;
    }
    if (write_out != NULL && used > 0) {
        write_out(is_error_line && !is_json, buffer, used);
    }
    used = 0;
}

static void append(const char *text, size_t size)
{
    while (size > 0) {
        size_t piece = sizeof buffer - used;
        if (piece == 0) {
            flush();
            continue;
        }
        if (piece > size) {
            piece = size;
        }
        memcpy(buffer + used, text, piece);
        used += piece;
        text += piece;
        size -= piece;
    }
}

/* Our own text, and printable text: of what JSON wants escaped there are but these two. */
static void append_text(const char *text, size_t size)
{
    if (!is_json) {
        append(text, size);
        return;
    }
    if (!is_in_string) {
        is_in_string = true;
        console_raw(is_error_line ? "{\"error\":\"" : "{\"line\":\"", is_error_line ? 10 : 9);
    }
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"' || text[i] == '\\') {
            append("\\", 1);
        }
        append(text + i, 1);
    }
}

void console_open(console_writer writer)
{
    write_out = writer;
    used = 0;
    is_error_line = false;
    console_set_json(false);
    is_in_string = false;
    is_echoing = false;
    is_typing = false;
    is_interrupted = false;
}

void console_open_echo(void)
{
    is_echoing = true;
}

void console_echo(const char *text, size_t size)
{
    if (is_echoing && !is_json && write_out != NULL && size > 0) {
        write_out(false, text, size);
        is_typing = text[size - 1] != '\n';
    }
}

bool console_was_interrupted(void)
{
    bool was_interrupted = is_interrupted;

    is_interrupted = false;
    return was_interrupted;
}

void console_error(void)
{
    is_error_line = true;
    if (!is_json) {
        console_text("error: ");
    }
}

void console_raw(const char *text, size_t size)
{
    append(text, size);
}

void console_set_in_string(bool is_inside)
{
    is_in_string = is_inside;
}

void console_text(const char *text)
{
    append_text(text, strlen(text));
}

#define DIGITS_MAX 10

/* @return where they begin; they end with the array */
static const char *to_digits(char digits[DIGITS_MAX], uint32_t number, uint32_t base)
{
    char *at = digits + DIGITS_MAX;

    do {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    return at;
}

static void append_number(uint32_t number, uint32_t base)
{
    char digits[DIGITS_MAX];
    const char *at = to_digits(digits, number, base);

    append_text(at, (size_t)(digits + DIGITS_MAX - at));
}

void console_raw_number(uint32_t number)
{
    char digits[DIGITS_MAX];
    const char *at = to_digits(digits, number, 10);

    append(at, (size_t)(digits + DIGITS_MAX - at));
}

void console_number(uint32_t number)
{
    append_number(number, 10);
}

void console_count(uint32_t number, const char *what)
{
    console_number(number);
    console_text(what);
}

void console_hex(uint32_t number)
{
    append_number(number, 16);
}

void console_hex_byte(uint8_t byte)
{
    append_number(byte >> 4, 16);
    append_number(byte & 0x0Fu, 16);
}

/* A character is at most four bytes long, so pieces end where msgr_printable() says, not before. */
static size_t whole_characters(const uint8_t *data, size_t size)
{
    size_t end = size;

    while (end > 0 && size - end < 3 && (data[end - 1] & 0xC0u) == 0x80u) {
        end--;
    }
    if (end > 0 && data[end - 1] >= 0xC0u) {
        end--;
    }
    return end > 0 ? end : size;
}

void console_bytes(const void *data, size_t size)
{
    const uint8_t *next = data;

    while (size > 0) {
        char text[32 * MSGR_PRINTABLE_GROWTH];
        size_t piece = size > 32 ? whole_characters(next, 32) : size;
        append_text(text, msgr_printable(text, sizeof text, next, piece));
        next += piece;
        size -= piece;
    }
}

void console_end(void)
{
    if (is_in_string) {
        append("\"}", 2);
    }
    append("\n", 1);
    flush();
    is_error_line = false;
    is_in_string = false;
}

void console_line(const char *text)
{
    console_text(text);
    console_end();
}
