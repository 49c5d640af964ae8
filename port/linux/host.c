/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's clock, signals, sleep and entropy behind port.h. */
#include "linux.h"
#include "net.h"
#include "tty.h"

#include "port/port.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static int signal_fd = -1; /* readable: a signal has asked us to end */
static bool is_stopping;
static bool has_failed;

uint32_t port_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u);
}

void port_sleep(uint32_t ms)
{
    struct pollfd wanted[] = {
        {.fd = linux_net_fd(), .events = POLLIN},
        {.fd = signal_fd, .events = POLLIN},
        {.fd = linux_tty_fd(), .events = POLLIN},
    };
    int timeout_ms = ms > INT_MAX ? INT_MAX : (int)ms;

    if (poll(wanted, 3, timeout_ms) <= 0) {
        return;
    }
    if (wanted[1].revents != 0) {
        is_stopping = true;
    }
    if (wanted[2].revents != 0) {
        linux_tty_is_ready();
    }
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
