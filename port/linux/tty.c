/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Standard input stays a blocking descriptor, for others may share it (the shell, its terminal): it
 * is read only after somebody has found something there, and then once.
 */
#include "tty.h"
#include "linux.h"

#include "port/port.h"

#include <errno.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static bool is_open;
static struct termios terminal_before;

int linux_tty_fd(void)
{
    return is_open ? STDIN_FILENO : -1;
}

static void restore_terminal(void)
{
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
}

bool port_linux_open_console(void)
{
    struct termios terminal;

    is_open = true;
    if (tcgetattr(STDIN_FILENO, &terminal) != 0) {
        return false;
    }
    terminal_before = terminal;
    if (atexit(restore_terminal) != 0) {
        return false;
    }
    terminal.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    terminal.c_cc[VMIN] = 1;
    terminal.c_cc[VTIME] = 0;
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
    return true;
}

size_t linux_tty_take(char *text, size_t size)
{
    ssize_t got = read(STDIN_FILENO, text, size);

    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
        is_open = false; /* nobody types any more */
    }
    return got > 0 ? (size_t)got : 0;
}

void port_console_write(enum port_console to, const char *text, size_t size)
{
    int fd = to == PORT_CONSOLE_ERROR ? STDERR_FILENO : STDOUT_FILENO;

    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && errno != EINTR) {
            return; /* nobody reads any more */
        }
        if (written > 0) {
            text += written;
            size -= (size_t)written;
        }
    }
}
