/* SPDX-License-Identifier: BSD-3-Clause */
/** What has been said in a chat, and the mark before it: what became of it. */
#ifndef DESKTOP_CHAT_SAID_H
#define DESKTOP_CHAT_SAID_H

#include "msgr/msgr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** @param has_marks  lines stay on a terminal, where their marks can be changed (screen.h) */
void said_open(bool has_marks);

/** Whether there is room for another message without an outcome. */
bool said_has_room(void);
size_t said_count(void);

/** One has been accepted. */
void said_begin(int32_t message, const char *name, const void *text, size_t size);

/** One was not accepted, for a reason in words. */
void said_in_vain(const char *name, const void *text, size_t size, const char *why);

void said_end(const struct msgr_event *event);

/** Give all up that have no outcome; the outcomes are still to come. */
void said_cancel(void);

/** The exit status: the worst outcome's. */
int said_status(void);

#endif
