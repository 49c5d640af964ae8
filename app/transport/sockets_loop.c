/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A turn: each part sends and says what it waits for, the loop sleeps, each part takes what is
 * there. What a part waits for is said anew in each turn, so that nothing is ever left over.
 *
 * Who wakes rings the bell, which makes wake_fd[0] readable, and then notes that it has been rung:
 * who comes after that need not ring again. The loop's thread silences it, then counts that it has
 * heard, which takes the note back, and then looks at what it was woken for. A note that comes too
 * late, of a ring that has been heard already, does not count: so a ring more may come, but never
 * one less.
 */
#include "msgr/loop.h"

#include "sockets_bell.h"
#include "sockets_fd.h"
#include "sockets_stack.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>

int msgr_loop_open(struct msgr_loop *loop, struct pollfd *fds, size_t count)
{
    memset(loop, 0, sizeof *loop);
    if (count == 0) {
        return -EINVAL;
    }
    loop->fds = fds;
    loop->fd_count = count;
    loop->fd_promised = MSGR_LOOP_FDS(0);
    return msgr_stack_bell_open(loop);
}

void msgr_loop_close(struct msgr_loop *loop)
{
    msgr_stack_bell_close(loop);
}

/* ---- parts --------------------------------------------------------------------------------- */

int msgr_loop_add(struct msgr_loop *loop, struct msgr_part *part)
{
    if (loop->fd_promised + part->fd_max > loop->fd_count) {
        return -ENOMEM;
    }
    loop->fd_promised += part->fd_max;
    part->next = loop->parts;
    loop->parts = part;
    return 0;
}

void msgr_loop_remove(struct msgr_loop *loop, struct msgr_part *part)
{
    struct msgr_part **at = &loop->parts;

    while (*at != NULL && *at != part) {
        at = &(*at)->next;
    }
    if (*at == NULL) {
        return;
    }
    *at = part->next;
    loop->fd_promised -= part->fd_max;
    if (loop->next == part) {
        loop->next = part->next;
    }
}

size_t msgr_loop_watch(struct msgr_loop *loop, int fd, short events)
{
    size_t place = loop->fd_used++;

    MSGR_ASSERT(place < loop->fd_count);
    loop->fds[place] = (struct pollfd){.fd = fd, .events = events};
    return place;
}

/* ---- turns --------------------------------------------------------------------------------- */

static uint32_t prepare(struct msgr_loop *loop, uint32_t wait_ms)
{
    uint32_t now_ms = msgr_loop_now_ms();

    loop->fd_used = 0;
    (void)msgr_loop_watch(loop, loop->wake_fd[0], POLLIN);
    for (struct msgr_part *part = loop->parts; part != NULL; part = part->next) {
        uint32_t part_ms = part->prepare(part, loop, now_ms);
        wait_ms = part_ms < wait_ms ? part_ms : wait_ms;
    }
    return wait_ms;
}

/* An interrupted sleep is one that has ended. @return 0, or -error */
static int sleep_for(struct msgr_loop *loop, uint32_t wait_ms)
{
    int timeout = wait_ms == MSGR_LOOP_FOREVER ? -1 : wait_ms > INT_MAX ? INT_MAX : (int)wait_ms;
    int error = 0;

    if (msgr_stack_poll(loop->fds, (nfds_t)loop->fd_used, timeout) < 0) {
        error = msgr_fd_error();
        for (size_t i = 0; i < loop->fd_used; i++) {
            loop->fds[i].revents = 0;
        }
    }
    return error == -EINTR ? 0 : error;
}

/* Whatever the note says meanwhile, the next number is the same. */
static void hear(struct msgr_loop *loop)
{
    uint32_t bell = atomic_load(&loop->bell);

    (void)atomic_exchange(&loop->bell, (bell | MSGR_BELL_RUNG) + 1);
}

int msgr_loop_turn(struct msgr_loop *loop, uint32_t most_ms)
{
    int error = sleep_for(loop, prepare(loop, most_ms));
    uint32_t now_ms = msgr_loop_now_ms();

    if (error != 0) {
        return error;
    }
    if (msgr_loop_ready(loop, 0) != 0) {
        msgr_stack_bell_hush(loop);
        hear(loop);
    }
    for (struct msgr_part *part = loop->parts; part != NULL; part = loop->next) {
        loop->next = part->next;
        part->turn(part, loop, now_ms);
    }
    return 0;
}

/* ---- waking -------------------------------------------------------------------------------- */

bool msgr_loop_wake(struct msgr_loop *loop)
{
    uint32_t bell = msgr_bell_look(loop);

    if ((bell & MSGR_BELL_RUNG) != 0) {
        return true;
    }
    if (!msgr_stack_bell_ring(loop)) {
        return false;
    }
    msgr_bell_note(loop, bell);
    return true;
}
