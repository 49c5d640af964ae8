/* SPDX-License-Identifier: BSD-3-Clause */
/** Bytes as Python 3 writes them (SPEC.md, 4.1). Any context; no state. */
#ifndef MSGR_CORE_BYTES_REPR_H
#define MSGR_CORE_BYTES_REPR_H

#include <stddef.h>

/** The size of the repr of @p size bytes of @p data: 3 to 3 + 4 * size bytes. */
size_t msgr_bytes_repr_size(const void *data, size_t size);

/**
 * Write that repr into @p out, which has room for msgr_bytes_repr_size() bytes and does not overlap
 * @p data. No NUL is added.
 * @return bytes written
 */
size_t msgr_bytes_repr(char *out, const void *data, size_t size);

#endif
