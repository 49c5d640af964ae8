/* SPDX-License-Identifier: BSD-3-Clause */
/* Settings are words NAME=VALUE on the emulator's command line, behind the program's name. */
#include "semihosting.h"

#include "port/port.h"

#include <string.h>

#ifdef MSGR_SEMIHOSTING

#define SYS_GET_CMDLINE 0x15

static char words[256]; /* each ended by a NUL, in place of the space */
static size_t words_size;

static int call(int operation, void *parameters)
{
    register int r0 __asm__("r0") = operation;
    register void *r1 __asm__("r1") = parameters;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void semihosting_start(void)
{
    struct {
        char *text;
        size_t size;
    } line = {words, sizeof words};

    if (call(SYS_GET_CMDLINE, &line) != 0 || line.size >= sizeof words) {
        return;
    }
    words_size = line.size;
    words[words_size] = '\0';
    for (size_t i = 0; i < words_size; i++) {
        if (words[i] == ' ') {
            words[i] = '\0';
        }
    }
}

const char *port_setting(const char *name)
{
    size_t length = strlen(name);

    for (size_t at = 0; at < words_size; at += strlen(words + at) + 1) {
        if (strncmp(words + at, name, length) == 0 && words[at + length] == '=') {
            return words + at + length + 1;
        }
    }
    return NULL;
}

#else

void semihosting_start(void)
{
}

const char *port_setting(const char *name)
{
    (void)name;
    return NULL;
}

#endif
