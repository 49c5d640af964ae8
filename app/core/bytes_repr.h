/* SPDX-License-Identifier: BSD-3-Clause */
/** Bytes as Python 3 writes them (SPEC.md, 4.1). Any context; no state. */
#ifndef MSGR_CORE_BYTES_REPR_H
#define MSGR_CORE_BYTES_REPR_H

#include <stddef.h>

/**
 * Write the repr of @p size bytes of @p data into @p out, which has room for it and does not
 * overlap @p data. No NUL is added.
 * @param out  NULL: write nothing, only count
 * @return bytes of the repr, 3 to 3 + 4 * size
 */
size_t msgr_bytes_repr(char *out, const void *data, size_t size);

#endif
