/* SPDX-License-Identifier: BSD-3-Clause */
#include "bytes_repr.h"

#include <stdint.h>
#include <string.h>

#define ESCAPE_MAX 4 /* \xNN */

static char quote_of(const void *data, size_t size)
{
    if (size > 0 && memchr(data, '\'', size) != NULL && memchr(data, '"', size) == NULL) {
        return '"';
    }
    return '\'';
}

/* The letter behind the backslash, or 0 for a byte that has no short escape. */
static char short_escape(uint8_t byte, char quote)
{
    switch (byte) {
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\\':
        return '\\';
    default:
        return byte == (uint8_t)quote ? quote : 0;
    }
}

/* @return bytes written: 1, 2, or ESCAPE_MAX */
static size_t put_byte(char *out, uint8_t byte, char quote)
{
    static const char digits[] = "0123456789abcdef";
    char letter = short_escape(byte, quote);

    if (letter == 0 && byte >= 0x20 && byte <= 0x7E) {
        out[0] = (char)byte;
        return 1;
    }
    out[0] = '\\';
    if (letter != 0) {
        out[1] = letter;
        return 2;
    }
    out[1] = 'x';
    out[2] = digits[byte >> 4];
    out[3] = digits[byte & 0x0F];
    return ESCAPE_MAX;
}

size_t msgr_bytes_repr(char *out, const void *data, size_t size)
{
    const uint8_t *in = data;
    char quote = quote_of(data, size);
    char nowhere[ESCAPE_MAX];
    size_t used = 2;

    for (size_t i = 0; i < size; i++) {
        used += put_byte(out != NULL ? out + used : nowhere, in[i], quote);
    }
    if (out != NULL) {
        out[0] = 'b';
        out[1] = quote;
        out[used] = quote;
    }
    return used + 1;
}
