/* SPDX-License-Identifier: BSD-3-Clause */
/** What is typed, between the thread that waits for it and the main loop (port_console_read()). */
#ifndef PORT_LINUX_TYPED_H
#define PORT_LINUX_TYPED_H

#include <stdbool.h>

/** Before the thread starts. @return false, and errno: it cannot be */
bool linux_typed_open(void);

/** After it has ended. Idempotent. */
void linux_typed_close(void);

/** The thread: what to wait for now, or -1: for nothing any more. */
int linux_typed_fd(void);

/** The thread: that can be read. @return whether there is something new for the main loop */
bool linux_typed_turn(void);

#endif
