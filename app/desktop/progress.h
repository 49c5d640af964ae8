/* SPDX-License-Identifier: BSD-3-Clause */
/** How far a long task is: on a terminal's last line, by standard error, from its second second. */
#ifndef DESKTOP_PROGRESS_H
#define DESKTOP_PROGRESS_H

#include <stdint.h>

void progress_begin(void);

/** @param total  0: not known */
void progress_show(uint32_t done, uint32_t total);

/** Remove it, before anything else is printed. Idempotent. */
void progress_end(void);

/** Milliseconds after which it should be shown again; MSGR_LOOP_FOREVER where it is not shown. */
uint32_t progress_ms(void);

#endif
