/* SPDX-License-Identifier: BSD-3-Clause */
/** Names of nodes (SPEC.md, 5). */
#ifndef MSGR_CORE_NAME_H
#define MSGR_CORE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/** Whether it is 1 to 31 bytes of UTF-8 without control characters. Any context; no state. */
bool msgr_name_is_valid(const void *bytes, size_t size);

#endif
