/* SPDX-License-Identifier: BSD-3-Clause */
#include "bytes_repr.h"

#include <stdint.h>
#include <string.h>

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

static size_t byte_size(uint8_t byte, char quote)
{
    if (short_escape(byte, quote) != 0) {
        return 2;
    }
    return byte < 0x20 || byte > 0x7E ? 4 : 1;
}

static char *put_byte(char *out, uint8_t byte, char quote)
{
    static const char digits[] = "0123456789abcdef";

    switch (byte_size(byte, quote)) {
    case 1:
        *out++ = (char)byte;
        break;
    case 2:
        *out++ = '\\';
        *out++ = short_escape(byte, quote);
        break;
    default:
        *out++ = '\\';
        *out++ = 'x';
        *out++ = digits[byte >> 4];
        *out++ = digits[byte & 0x0F];
        break;
    }
    return out;
}

size_t msgr_bytes_repr_size(const void *data, size_t size)
{
    const uint8_t *in = data;
    char quote = quote_of(data, size);
    size_t total = 3;

    for (size_t i = 0; i < size; i++) {
        total += byte_size(in[i], quote);
    }
    return total;
}

size_t msgr_bytes_repr(char *out, const void *data, size_t size)
{
    const uint8_t *in = data;
    char quote = quote_of(data, size);
    char *end = out;

    *end++ = 'b';
    *end++ = quote;
    for (size_t i = 0; i < size; i++) {
        end = put_byte(end, in[i], quote);
    }
    *end++ = quote;
    return (size_t)(end - out);
}
