/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * newlib's functions of string.h take 2 KB, to be fast with what is long. Texts are short here:
 * words of a command, and one message. Frames are long enough to be copied and cleared by words, at
 * any address: these processors need no alignment of single words.
 */
#include <stdint.h>
#include <string.h>

typedef uint32_t __attribute__((aligned(1), may_alias)) any_word;

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    unsigned char *out = to;
    const unsigned char *in = from;

    for (; size >= 16; size -= 16, out += 16, in += 16) {
        ((any_word *)out)[0] = ((const any_word *)in)[0];
        ((any_word *)out)[1] = ((const any_word *)in)[1];
        ((any_word *)out)[2] = ((const any_word *)in)[2];
        ((any_word *)out)[3] = ((const any_word *)in)[3];
    }
    for (; size > 0; size--) {
        *out++ = *in++;
    }
    return to;
}

/* lwIP moves the headers before an IPv6 fragment's. */
void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *out = to;
    const unsigned char *in = from;

    if (out <= in || out >= in + size) {
        for (; size > 0; size--) {
            *out++ = *in++;
        }
    } else {
        while (size > 0) {
            size--;
            out[size] = in[size];
        }
    }
    return to;
}

void *memset(void *data, int byte, size_t size)
{
    unsigned char *out = data;
    uint32_t word = (unsigned char)byte * 0x01010101u;

    for (; size >= 4; size -= 4, out += 4) {
        *(any_word *)out = word;
    }
    for (; size > 0; size--) {
        *out++ = (unsigned char)byte;
    }
    return data;
}

int memcmp(const void *data, const void *other, size_t size)
{
    const unsigned char *a = data;
    const unsigned char *b = other;

    for (; size > 0; size--, a++, b++) {
        if (*a != *b) {
            return *a - *b;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    const char *end = text;

    while (*end != '\0') {
        end++;
    }
    return (size_t)(end - text);
}

int strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

char *strchr(const char *text, int character)
{
    for (; *text != (char)character; text++) {
        if (*text == '\0') {
            return NULL;
        }
    }
    return (char *)(uintptr_t)text; /* the standard's signature takes const away */
}

int strncmp(const char *a, const char *b, size_t size)
{
    for (; size > 0; size--, a++, b++) {
        if (*a == '\0' || *a != *b) {
            return (unsigned char)*a - (unsigned char)*b;
        }
    }
    return 0;
}

void *memchr(const void *data, int byte, size_t size)
{
    const unsigned char *bytes = data;

    for (; size > 0; size--, bytes++) {
        if (*bytes == (unsigned char)byte) {
            return (void *)(uintptr_t)bytes;
        }
    }
    return NULL;
}
