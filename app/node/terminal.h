/* SPDX-License-Identifier: BSD-3-Clause */
/** The board's console and the application's: what is printed, and what is typed. */
#ifndef APP_NODE_TERMINAL_H
#define APP_NODE_TERMINAL_H

#include <stdbool.h>

/** From now on the board's console shows what is printed. After port_start(). */
void terminal_open(void);

/**
 * Do what has been typed, a few bytes of it.
 * @return whether more may be waiting
 */
bool terminal_poll(void);

#endif
