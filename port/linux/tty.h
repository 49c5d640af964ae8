/* SPDX-License-Identifier: BSD-3-Clause */
/** Between the console's input and who waits for it. */
#ifndef PORT_LINUX_TTY_H
#define PORT_LINUX_TTY_H

#include <stddef.h>

/** The descriptor to wait for, or -1. */
int linux_tty_fd(void);

/** It has something to be read, or has ended: read it, once. @return bytes, or 0: nothing */
size_t linux_tty_take(char *text, size_t size);

#endif
