/* SPDX-License-Identifier: BSD-3-Clause */
/* Each thread sleeps in poll() until there is something for it, or `done` can be read. */
#include "port/threads.h"

#include "host.h"
#include "linux.h"
#include "net.h"
#include "typed.h"

#include "port/netif.h"
#include "port/port.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Frames before the thread looks whether it is to end. */
#define BATCH 16

static pthread_t frames, user;
static bool has_frames, has_user;
static int done = -1;
static void (*wake)(void);

/* @return false: the thread is to end */
static bool wait_for(struct pollfd *wanted, nfds_t count)
{
    (void)poll(wanted, count, -1);
    return wanted[0].revents == 0;
}

static void *carry_frames(void *arg)
{
    struct netif *netif = arg;
    struct pollfd wanted[] = {
        {.fd = done, .events = POLLIN},
        {.fd = linux_net_fd(), .events = POLLIN},
    };

    while (wait_for(wanted, 2)) {
        (void)port_netif_poll(netif, BATCH);
        if (port_linux_has_failed()) {
            wake();
            break; /* the descriptor would end each sleep at once */
        }
    }
    return NULL;
}

static void *watch_user(void *arg)
{
    bool goes_on = true;

    (void)arg;
    while (goes_on) {
        struct pollfd wanted[] = {
            {.fd = done, .events = POLLIN},
            {.fd = linux_signal_fd(), .events = POLLIN},
            {.fd = linux_typed_fd(), .events = POLLIN},
        };
        goes_on = wait_for(wanted, 3);
        if (wanted[1].revents != 0) {
            linux_take_signal();
            wake();
        }
        if (wanted[2].revents != 0 && linux_typed_turn()) {
            wake();
        }
    }
    return NULL;
}

bool port_threads_start(struct netif *netif, void (*waker)(void))
{
    wake = waker;
    done = eventfd(0, EFD_CLOEXEC);
    has_frames =
        done >= 0 && linux_typed_open() && pthread_create(&frames, NULL, carry_frames, netif) == 0;
    has_user = has_frames && pthread_create(&user, NULL, watch_user, NULL) == 0;
    if (!has_user) {
        linux_fail("threads");
        port_threads_stop();
    }
    return has_user;
}

void port_threads_stop(void)
{
    const uint64_t one = 1;

    if (done >= 0 && write(done, &one, sizeof one) < 0) {
        linux_fail("eventfd"); /* it has room for more than one */
    }
    if (has_frames) {
        (void)pthread_join(frames, NULL);
        has_frames = false;
    }
    if (has_user) {
        (void)pthread_join(user, NULL);
        has_user = false;
    }
    linux_typed_close();
    if (done >= 0) {
        close(done);
        done = -1;
    }
}
