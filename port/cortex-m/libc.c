/* SPDX-License-Identifier: BSD-3-Clause */
/* What newlib has, but too large. */
#include "cortex_m.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* newlib's assert() would bring printf() and the heap. */
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): newlib's own name
_Noreturn void __assert_func(const char *file, int line, const char *function,
                             const char *expression)
{
    (void)function;
    (void)expression;
    fault_assertion(file, line);
}

/* newlib's is strtol(), with errno and the locale: 1 KB. lwIP reads an interface's number with it.
 */
int atoi(const char *text)
{
    int number = 0;

    for (; *text >= '0' && *text <= '9'; text++) {
        number = number * 10 + (*text - '0');
    }
    return number;
}

/* newlib's strcmp(), strncmp(), strchr() and memchr() take 1 KB, to be fast with long texts. There
 * are none here: a command's words, and one message. */
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
