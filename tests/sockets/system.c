/* SPDX-License-Identifier: BSD-3-Clause */
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
    unsigned count;
    unsigned fail_at; /* 0: never */
    int error;
    bool lasts;
    unsigned failed;
} calls[CALLS];

static bool is_interrupting;
static bool is_paused;
static uint32_t random_bits;
static size_t send_most;
static const char *_Atomic names;  /* a thread looks them up */
static _Thread_local bool is_ours; /* the test's thread; what others call is let through */
static uint32_t now_ms;

void system_reset(void)
{
    is_ours = true;
    memset(calls, 0, sizeof calls);
    is_interrupting = false;
    is_paused = false;
    random_bits = 0;
    send_most = 0;
    names = NULL;
    now_ms = 0xFFFFF000; /* it wraps before long */
}

void system_fail(enum call call, unsigned nth, int error, bool lasts)
{
    calls[call].fail_at = calls[call].count + nth;
    calls[call].error = error;
    calls[call].lasts = lasts;
    calls[call].failed = 0;
}

unsigned system_mend(void)
{
    unsigned failed = 0;

    for (int call = 0; call < CALLS; call++) {
        failed += calls[call].failed;
        calls[call].fail_at = 0;
    }
    return failed;
}

unsigned system_calls(enum call call)
{
    return calls[call].count;
}

void system_send_most(size_t bytes)
{
    send_most = bytes;
}

void system_interrupt(bool is_on)
{
    is_interrupting = is_on;
}

void system_pause(bool is_on)
{
    is_paused = is_on;
}

void system_names(const char *addresses)
{
    names = addresses;
}

uint32_t system_now(void)
{
    return now_ms;
}

void system_pass(uint32_t ms)
{
    now_ms += ms;
}

unsigned system_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

void system_wait_descriptors(unsigned count)
{
    time_t end = time(NULL) + 5;

    while (system_descriptors() != count && time(NULL) < end) {
        (void)sched_yield();
    }
    assert_int_equal(system_descriptors(), count);
}

static bool may_be_interrupted(enum call call)
{
    return call == CALL_ACCEPT || call == CALL_POLL || call == CALL_RECV || call == CALL_RECVMSG ||
           call == CALL_SEND || call == CALL_SENDMSG;
}

static bool strikes(enum call call)
{
    return calls[call].fail_at != 0 &&
           (calls[call].lasts ? calls[call].count >= calls[call].fail_at
                              : calls[call].count == calls[call].fail_at);
}

/* @return whether the call is to fail now; errno is set then */
static bool fails(enum call call)
{
    if (!is_ours || is_paused) {
        return false;
    }
    if (is_interrupting && may_be_interrupted(call)) {
        random_bits = random_bits * 1664525u + 1013904223u;
        if (random_bits >> 31 != 0) {
            errno = EINTR;
            return true;
        }
    }
    calls[call].count++;
    if (!strikes(call)) {
        return false;
    }
    calls[call].failed++;
    errno = calls[call].error;
    return true;
}

/* ---- between the transport and the kernel -------------------------------------------------- */

#define WRAP(type, name, call, parameters, arguments)                                              \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(call) ? -1 : __real_##name arguments;                                         \
    }

WRAP(int, accept, CALL_ACCEPT, (int fd, struct sockaddr *address, socklen_t *size),
     (fd, address, size))
WRAP(int, bind, CALL_BIND, (int fd, const struct sockaddr *address, socklen_t size),
     (fd, address, size))
WRAP(int, getsockopt, CALL_GETSOCKOPT, (int fd, int level, int name, void *value, socklen_t *size),
     (fd, level, name, value, size))
WRAP(int, listen, CALL_LISTEN, (int fd, int backlog), (fd, backlog))
WRAP(int, pipe, CALL_PIPE, (int ends[2]), (ends))
WRAP(ssize_t, recv, CALL_RECV, (int fd, void *data, size_t room, int flags),
     (fd, data, room, flags))
WRAP(ssize_t, recvmsg, CALL_RECVMSG, (int fd, struct msghdr *message, int flags),
     (fd, message, flags))
WRAP(ssize_t, sendmsg, CALL_SENDMSG, (int fd, const struct msghdr *message, int flags),
     (fd, message, flags))
WRAP(int, setsockopt, CALL_SETSOCKOPT,
     (int fd, int level, int name, const void *value, socklen_t size),
     (fd, level, name, value, size))
WRAP(int, socket, CALL_SOCKET, (int family, int type, int protocol), (family, type, protocol))
WRAP(int, socketpair, CALL_SOCKETPAIR, (int family, int type, int protocol, int ends[2]),
     (family, type, protocol, ends))

static bool is_next_silent;
static int silent_fd = -1;

void system_connect_to_nobody(void)
{
    is_next_silent = true;
}

int __real_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    if (is_next_silent) {
        is_next_silent = false;
        silent_fd = fd;
        errno = EINPROGRESS;
        return -1;
    }
    silent_fd = silent_fd == fd ? -1 : silent_fd;
    return fails(CALL_CONNECT) ? -1 : __real_connect(fd, address, size);
}

/* The clock is the test's, so nobody sleeps; what has come is there at once on this machine. */
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    int ready = fails(CALL_POLL) ? -1 : __real_poll(fds, count, 0);

    (void)timeout;
    for (nfds_t i = 0; i < count; i++) {
        fds[i].revents = fds[i].fd == silent_fd ? 0 : fds[i].revents;
    }
    return ready;
}

void system_wait_readable(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLIN};

    assert_int_equal(__real_poll(&wanted, 1, 5000), 1);
}

ssize_t __real_send(int fd, const void *data, size_t size, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t size, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t size, int flags)
{
    if (is_ours && send_most != 0 && size > send_most) {
        size = send_most;
    }
    return fails(CALL_SEND) ? -1 : __real_send(fd, data, size, flags);
}

int __real_fcntl(int fd, int command, long argument);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
    va_list values;
    long argument;

    va_start(values, command);
    argument = command == F_GETFL ? 0 : va_arg(values, int);
    va_end(values);
    return fails(CALL_FCNTL) ? -1 : __real_fcntl(fd, command, argument);
}

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *arg)
{
    return fails(CALL_THREAD) ? EAGAIN : __real_pthread_create(thread, attributes, run, arg);
}

/* ---- the clock, and names ------------------------------------------------------------------ */

uint32_t __wrap_msgr_loop_now_ms(void);
uint32_t __wrap_msgr_loop_now_ms(void)
{
    return now_ms;
}

/* One address each, as it is in digits; getaddrinfo() itself reads them, and makes the list. */
int __real_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                       struct addrinfo **list);
int __wrap_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                       struct addrinfo **list);
int __wrap_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                       struct addrinfo **list)
{
    struct addrinfo digits = *hints;
    const char *next = names;

    (void)name;
    *list = NULL;
    digits.ai_flags = AI_NUMERICHOST;
    while (next != NULL && *next != '\0') {
        char word[64] = "";
        size_t size = strcspn(next, " ");

        memcpy(word, next, size);
        while (*list != NULL) {
            list = &(*list)->ai_next;
        }
        if (__real_getaddrinfo(word, service, &digits, list) != 0) {
            return EAI_NONAME;
        }
        next += size;
        next += strspn(next, " ");
    }
    return names == NULL ? EAI_NONAME : 0;
}
