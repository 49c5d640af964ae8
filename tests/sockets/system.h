/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The system calls of the transport on sockets, between it and the kernel (the linker's --wrap):
 * counted, made to fail, made to do a part, and their clock, which is the test's.
 */
#ifndef TESTS_SOCKETS_SYSTEM_H
#define TESTS_SOCKETS_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum call {
    CALL_ACCEPT,
    CALL_BIND,
    CALL_CONNECT,
    CALL_FCNTL,
    CALL_GETSOCKOPT,
    CALL_LISTEN,
    CALL_PIPE,
    CALL_POLL,
    CALL_RECV,
    CALL_RECVMSG,
    CALL_SEND,
    CALL_SENDMSG,
    CALL_SETSOCKOPT,
    CALL_SOCKET,
    CALL_SOCKETPAIR,
    CALL_THREAD,
    CALLS,
};

/** For each test: nothing fails, the clock stands at some time. */
void system_reset(void);

/** The @p nth call of that kind from now on, 1 the next, fails so; and those behind it, if it
 * lasts. */
void system_fail(enum call call, unsigned nth, int error, bool lasts);

/** All calls are made again. @return how many have failed since system_fail() */
unsigned system_mend(void);

/** How many calls of that kind there were since system_reset(). */
unsigned system_calls(enum call call);

/** send() takes so many bytes at most from now on; 0: all. */
void system_send_most(size_t bytes);

/** Half of the calls that may be are interrupted, or no more. */
void system_interrupt(bool is_on);

/** The calls that follow are the test's own: they are not counted, and do not fail; or no more. */
void system_pause(bool is_on);

/** Wait until there is something to be read, as nothing else here does: 5 s at most, or fail. */
void system_wait_readable(int fd);

/** The next connect() is to a host that says nothing: it is under way for ever. */
void system_connect_to_nobody(void);

/** Descriptors that this process has; and wait until there are so many, for a thread that looks up
 * a name has one, too: 5 s at most, or fail. */
unsigned system_descriptors(void);
void system_wait_descriptors(unsigned count);

/** What getaddrinfo() finds for any name: addresses, with spaces between them; NULL: nothing. */
void system_names(const char *addresses);

uint32_t system_now(void);
void system_pass(uint32_t ms);

#endif
