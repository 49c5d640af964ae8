/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's clock, signals and entropy behind port.h. */
#include "host.h"
#include "linux.h"

#include "port/port.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static int signal_fd = -1;      /* readable: a signal has asked us to end */
static atomic_bool is_stopping; /* any thread may find out */
static atomic_bool has_failed;

uint32_t port_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u);
}

void port_linux_open_standard_files(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        close(fd);
    }
}

void port_start(void)
{
    sigset_t ours;

    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigprocmask(SIG_BLOCK, &ours, NULL);
    signal_fd = signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signal_fd < 0) {
        linux_fail("signalfd");
    }
}

int linux_signal_fd(void)
{
    return signal_fd;
}

void linux_take_signal(void)
{
    struct signalfd_siginfo taken;

    if (read(signal_fd, &taken, sizeof taken) == (ssize_t)sizeof taken) {
        is_stopping = true;
    }
}

bool port_is_stopping(void)
{
    return is_stopping;
}

void linux_fail(const char *what)
{
    fprintf(stderr, "error: %s: %s\n", what, strerror(errno));
    has_failed = true;
    is_stopping = true;
}

bool port_linux_has_failed(void)
{
    return has_failed;
}

void port_random(void *data, size_t size)
{
    uint8_t *next = data;

    while (size > 0) {
        ssize_t got = getrandom(next, size, 0);
        if (got < 0 && errno != EINTR) {
            perror("error: getrandom");
            abort();
        }
        if (got > 0) {
            next += got;
            size -= (size_t)got;
        }
    }
}
