/* SPDX-License-Identifier: BSD-3-Clause */
/** Ctrl-C and its like, told to the loop. */
#ifndef DESKTOP_SIGNALS_H
#define DESKTOP_SIGNALS_H

#include "msgr/loop.h"

#include <stdbool.h>

/** From now on they wake the loop, and end nothing by themselves. The loop stays open until
 * signals_close(). Programs that read from us no longer are no signal, but an error of write(). */
void signals_open(struct msgr_loop *loop);
void signals_close(void);

/** How often the program has been asked to end. */
unsigned signals_count(void);

/** Since this was asked last: has the terminal another size? */
bool signals_resized(void);

/** The same: does Ctrl-Z ask to stop, or has the program been continued? */
bool signals_must_stop(void);
bool signals_continued(void);

/** From now on Ctrl-Z is told, too, for the terminal is to be put in order before it. */
void signals_take_stop(void);

#endif
