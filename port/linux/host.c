/* SPDX-License-Identifier: BSD-3-Clause */
/* The host's clock, signals, sleep and entropy behind port.h. */
#define _GNU_SOURCE
#include "net.h"
#include "tty.h"

#include "port/port.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static volatile sig_atomic_t is_stopping;
static sigset_t awake_mask; /* the signals that are blocked while asleep: none of ours */

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
        {.fd = linux_tty_fd(), .events = POLLIN},
    };
    struct timespec timeout = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    if (ppoll(wanted, 2, &timeout, &awake_mask) > 0 && wanted[1].revents != 0) {
        linux_tty_is_ready();
    }
}

static void on_signal(int number)
{
    (void)number;
    is_stopping = 1;
}

void port_start(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t ours;

    /* Blocked except while asleep: none can come between the look at the flag and the sleep. */
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigprocmask(SIG_BLOCK, &ours, &awake_mask);
    sigdelset(&awake_mask, SIGINT);
    sigdelset(&awake_mask, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool port_is_stopping(void)
{
    return is_stopping != 0;
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
