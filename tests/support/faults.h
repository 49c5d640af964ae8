/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Make one call of lwIP's fail: the linker sends each call that can fail through here (--wrap; the
 * list is in faults.txt). A test runs its scenario again and again, with the first, the second, ...
 * of these calls failing, until the scenario has no more of them.
 *
 *     for (unsigned k = 1; faults_arm(k); k++) { scenario(); }
 *
 * On sockets it is those calls of the socket API's that the transport makes (faults_sockets.txt),
 * and lwIP's below them, which fail within the socket API.
 *
 * sys_timeout() is not among them: without memory it asserts instead of failing; its pool is sized
 * so that it cannot happen (lwipopts.h).
 */
#ifndef TESTS_SUPPORT_FAULTS_H
#define TESTS_SUPPORT_FAULTS_H

#include <stdbool.h>

/**
 * The @p k -th call from now on fails, once.
 * @return false when @p k is more than one and the scenario before made fewer calls than k - 1:
 *         all have been tried
 */
bool faults_arm(unsigned k);

/** From call @p k on, all fail, until faults_off(). */
bool faults_arm_all_from(unsigned k);

/** No call fails. */
void faults_off(void);

/** Did the call fail that was meant to? And which one was it? */
bool faults_has_struck(void);
const char *faults_name(void);

/** For what stands in place of a call, by its name: does it fail now? */
bool faults_strike(const char *name);

/** The same; but where all fail, this one does not: nothing tells when to try it again. */
bool faults_strike_once(const char *name);

/** Calls by the bench itself do not count. */
void faults_pause(void);
void faults_resume(void);

#endif
