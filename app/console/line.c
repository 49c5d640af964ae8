/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The line holds whole characters only: bytes wait in `character` until one is complete. So taking
 * one back never leaves half of it. The echo shows exactly what console_bytes() would show.
 */
#include "line.h"

#include "console.h"

#include "msgr/printable.h"

#include <string.h>

enum {
    BELL = 0x07,
    BACKSPACE = 0x08,
    CTRL_C = 0x03,
    CTRL_U = 0x15,
    ESCAPE = 0x1B,
    DELETE = 0x7F,
};

enum {
    NO_ESCAPE,
    AFTER_ESCAPE,
    IN_SEQUENCE, /* ECMA-48, 5.4: CSI, parameters, a final byte */
};

/* ---- what is shown ------------------------------------------------------------------------- */

/* Two columns on a terminal: the blocks of Unicode's EastAsianWidth.txt, roughly. */
static bool is_wide(uint32_t code)
{
    return (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
           (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
           (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x1F300 && code <= 0x1FAFF) ||
           (code >= 0x20000 && code <= 0x3FFFD);
}

/* Render the character. @return bytes in out; columns of the terminal in *columns */
static size_t render(char out[MSGR_UTF8_MAX * MSGR_PRINTABLE_GROWTH], const char *character,
                     size_t size, size_t *columns)
{
    uint32_t code = 0;
    size_t shown =
        msgr_printable(out, (size_t)MSGR_UTF8_MAX * MSGR_PRINTABLE_GROWTH, character, size);

    (void)msgr_utf8_decode(character, size, &code);
    *columns = shown > size ? shown : is_wide(code) ? 2 : 1;
    return shown;
}

static void echo_character(const char *character, size_t size)
{
    char out[MSGR_UTF8_MAX * MSGR_PRINTABLE_GROWTH];
    size_t columns;

    console_echo(out, render(out, character, size, &columns));
}

/* After somebody else's lines, which stand between what has been typed and what comes now. */
static void echo_again(const struct line *line)
{
    for (size_t at = 0; at < line->size;) {
        size_t size = msgr_utf8_length((uint8_t)line->text[at]);
        echo_character(line->text + at, size);
        at += size;
    }
}

/* ---- editing ------------------------------------------------------------------------------- */

static void append(struct line *line, const char *character, size_t size)
{
    if (line->is_too_long || line->size + size > LINE_SIZE_MAX) {
        line->is_too_long = true;
        console_echo((const char[]){BELL}, 1);
        return;
    }
    memcpy(line->text + line->size, character, size);
    line->size = (uint16_t)(line->size + size);
    echo_character(character, size);
}

static void take_back(struct line *line)
{
    char out[MSGR_UTF8_MAX * MSGR_PRINTABLE_GROWTH];
    size_t at = line->size;
    size_t columns;

    if (at == 0) {
        return;
    }
    do {
        at--;
    } while (((uint8_t)line->text[at] & 0xC0u) == 0x80u);
    (void)render(out, line->text + at, line->size - at, &columns);
    for (; columns > 0; columns--) {
        console_echo("\b \b", 3);
    }
    line->size = (uint16_t)at;
}

static void clear(struct line *line)
{
    line->size = 0;
    line->character_size = 0;
    line->is_too_long = false;
}

static char *end(struct line *line)
{
    bool is_too_long = line->is_too_long;

    line->text[line->size] = '\0';
    clear(line);
    console_echo("\n", 1);
    if (is_too_long) {
        console_error();
        console_text("a line has ");
        console_number(LINE_SIZE_MAX);
        console_line(" bytes at most; nothing was done");
        return NULL;
    }
    return line->text;
}

/* A control character; what is not one of ours is thrown away. */
static char *control(struct line *line, uint8_t byte)
{
    switch (byte) {
    case '\r':
    case '\n':
        return end(line);
    case '\t':
        append(line, " ", 1);
        break;
    case BACKSPACE:
    case DELETE:
        take_back(line);
        break;
    case CTRL_U:
        while (line->size > 0) {
            take_back(line);
        }
        clear(line);
        break;
    case CTRL_C:
        clear(line);
        console_echo("^C\n", 3);
        break;
    case ESCAPE:
        line->escape = AFTER_ESCAPE;
        break;
    default:
        break;
    }
    return NULL;
}

/* ---- bytes --------------------------------------------------------------------------------- */

/* Does the byte belong to a cursor key's sequence? */
static bool is_escaped(struct line *line, uint8_t byte)
{
    bool is_printing = byte >= 0x20 && byte < DELETE;

    switch (line->escape) {
    case AFTER_ESCAPE:
        line->escape = byte == '[' || byte == 'O' ? IN_SEQUENCE : NO_ESCAPE;
        return is_printing;
    case IN_SEQUENCE:
        if (!is_printing || byte >= 0x40) {
            line->escape = NO_ESCAPE;
        }
        return is_printing;
    default:
        return false;
    }
}

/* A byte of a character; the last one completes it. */
static void collect(struct line *line, uint8_t byte)
{
    uint32_t code;

    if ((byte & 0xC0u) != 0x80u) {
        line->character_size = 0; /* what there was of another one is lost */
    }
    if (line->character_size == 0 && msgr_utf8_length(byte) == 0) {
        return;
    }
    line->character[line->character_size++] = byte;
    if (line->character_size < msgr_utf8_length(line->character[0])) {
        return;
    }
    if (msgr_utf8_decode(line->character, line->character_size, &code) > 0 && code >= 0x20 &&
        (code < 0x7F || code > 0x9F)) {
        append(line, (const char *)line->character, line->character_size);
    }
    line->character_size = 0;
}

char *line_take(struct line *line, uint8_t byte)
{
    bool is_second_of_crlf = line->was_cr && byte == '\n';

    line->was_cr = byte == '\r';
    if (is_second_of_crlf || is_escaped(line, byte)) {
        return NULL;
    }
    if (console_was_interrupted()) {
        echo_again(line);
    }
    if (byte < 0x20 || byte == DELETE) {
        line->character_size = 0;
        return control(line, byte);
    }
    collect(line, byte);
    return NULL;
}
