/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One piece at a time: the thread reads the next one when the main loop has taken all of the one
 * before, which `taken` (an eventfd) says. Until then what is typed waits in the descriptor.
 */
#include "typed.h"

#include "host.h"
#include "tty.h"

#include "port/port.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char piece[256];
static size_t piece_size, piece_at;
static int taken = -1;
static bool waits_for_room; /* the thread's own */

bool linux_typed_open(void)
{
    taken = eventfd(0, EFD_CLOEXEC);
    return taken >= 0;
}

void linux_typed_close(void)
{
    if (taken >= 0) {
        close(taken);
        taken = -1;
    }
}

static bool has_room(void)
{
    bool has;

    pthread_mutex_lock(&lock);
    has = piece_at == piece_size;
    pthread_mutex_unlock(&lock);
    return has;
}

int linux_typed_fd(void)
{
    waits_for_room = !has_room();
    return waits_for_room ? taken : linux_tty_fd();
}

static void put(const char *text, size_t size)
{
    pthread_mutex_lock(&lock);
    memcpy(piece, text, size);
    piece_size = size;
    piece_at = 0;
    pthread_mutex_unlock(&lock);
}

bool linux_typed_turn(void)
{
    uint64_t times;
    char typed[sizeof piece];
    size_t size;

    if (waits_for_room) {
        return read(taken, &times, sizeof times) < 0; /* which cannot be */
    }
    size = linux_tty_take(typed, sizeof typed);
    put(typed, size);
    return size > 0;
}

static size_t get(char *text, size_t size, bool *is_last)
{
    pthread_mutex_lock(&lock);
    if (size > piece_size - piece_at) {
        size = piece_size - piece_at;
    }
    memcpy(text, piece + piece_at, size);
    piece_at += size;
    *is_last = size > 0 && piece_at == piece_size;
    pthread_mutex_unlock(&lock);
    return size;
}

size_t port_console_read(char *text, size_t size)
{
    const uint64_t one = 1;
    bool is_last;

    size = get(text, size, &is_last);
    if (is_last && write(taken, &one, sizeof one) < 0) {
        linux_fail("eventfd");
    }
    return size;
}
