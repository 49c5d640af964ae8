/* SPDX-License-Identifier: BSD-3-Clause */
/** Between the console's input and who waits for it. */
#ifndef PORT_LINUX_TTY_H
#define PORT_LINUX_TTY_H

/** The descriptor to wait for, or -1. */
int linux_tty_fd(void);

/** It has something to be read, or has ended. */
void linux_tty_is_ready(void);

#endif
