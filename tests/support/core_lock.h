/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * A lock that is not recursive, and lwIP's own question whether it is held. Included ahead of every
 * file of lwIP and of the transports, where CMakeLists.txt says so. The test implements it.
 */
#ifndef TESTS_SUPPORT_CORE_LOCK_H
#define TESTS_SUPPORT_CORE_LOCK_H

void core_lock(void);
void core_unlock(void);
void core_assert_locked(void);

#define MSGR_LOCK()               core_lock()
#define MSGR_UNLOCK()             core_unlock()
#define LWIP_ASSERT_CORE_LOCKED() core_assert_locked()

#endif
