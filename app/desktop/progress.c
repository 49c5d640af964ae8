/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress.h"

#include "node.h"
#include "output.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_US 1000000
#define EVERY_US 200000

static uint64_t next_us;
static bool is_wanted, is_shown;

static void write_text(const char *text, int size)
{
    (void)output_write(STDERR_FILENO, text, (size_t)size);
}

void progress_begin(void)
{
    is_wanted = isatty(STDERR_FILENO) && !console_is_json();
    next_us = node_now_us() + FIRST_US;
}

void progress_show(uint32_t done, uint32_t total)
{
    char text[64];
    int size;

    if (!is_wanted || node_now_us() < next_us) {
        return;
    }
    size = total != 0 ? snprintf(text, sizeof text, "\r%u of %u messages", done, total)
                      : snprintf(text, sizeof text, "\r%u messages", done);
    write_text(text, size);
    is_shown = true;
    next_us = node_now_us() + EVERY_US;
}

void progress_end(void)
{
    if (is_shown) {
        write_text("\r                                        \r", 42);
    }
    is_shown = false;
}

uint32_t progress_ms(void)
{
    return is_wanted ? EVERY_US / 1000 : MSGR_LOOP_FOREVER;
}
