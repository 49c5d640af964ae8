/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What several contexts share. C++ has no _Atomic, and does not look at these: all that it needs is
 * their size.
 */
#ifndef MSGR_ATOMIC_H
#define MSGR_ATOMIC_H

#ifdef __cplusplus
#define MSGR_ATOMIC(type) type
#else
#define MSGR_ATOMIC(type) _Atomic(type)
#endif

#endif
