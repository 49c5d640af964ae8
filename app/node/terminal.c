/* SPDX-License-Identifier: BSD-3-Clause */
#include "terminal.h"

#include "command.h"
#include "console.h"
#include "line.h"

#include "port/port.h"

static struct line line;

static void write_out(bool is_error, const char *text, size_t size)
{
    port_console_write(is_error ? PORT_CONSOLE_ERROR : PORT_CONSOLE_OUT, text, size);
}

void terminal_open(void)
{
    console_open(write_out);
}

bool terminal_poll(void)
{
    char typed[32];
    size_t size = port_console_read(typed, sizeof typed);

    for (size_t i = 0; i < size; i++) {
        char *ended = line_take(&line, (uint8_t)typed[i]);
        if (ended != NULL) {
            command_run(ended);
        }
    }
    return size > 0;
}
