/* SPDX-License-Identifier: BSD-3-Clause */
/** Between the host's signals and who waits for them. */
#ifndef PORT_LINUX_HOST_H
#define PORT_LINUX_HOST_H

/** The descriptor to wait for: a signal asks us to end. */
int linux_signal_fd(void);

/** It has something to be read: take it, and make port_is_stopping() true. */
void linux_take_signal(void);

/** The program cannot go on: say why, with errno's words, and make port_is_stopping() true. Any
 * thread. */
void linux_fail(const char *what);

#endif
