/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * One loop over poll() for all that the messenger does on sockets: no thread for a connection, and
 * none of its own. Whatever has descriptors is a part of the loop: msgr/sockets.h,
 * msgr/sockets_plain.h, and what a program adds (its terminal, say).
 *
 *     static struct pollfd fds[MSGR_LOOP_FDS(1 + MSGR_SOCKETS_FDS)];
 *     static struct msgr_loop loop;
 *
 *     msgr_loop_open(&loop, fds, sizeof fds / sizeof fds[0]);
 *     ... open the parts ...
 *     for (;;) {
 *         msgr_loop_turn(&loop, MSGR_LOOP_FOREVER);
 *         ... pull events (msgr_sockets_next()), send ...
 *     }
 *
 * Contexts. The loop, its parts and the engine belong to one thread: whoever calls
 * msgr_loop_turn(). Three functions may be called from elsewhere: msgr_loop_wake() from any thread
 * (on POSIX from a signal handler, too), msgr_loop_wake_from_isr() from an interrupt on lwIP, and
 * msgr_mailbox_post() (msgr/mailbox.h) from both. On lwIP none of this is called from lwIP's own
 * thread, and none with its core lock held: sockets take that lock themselves.
 */
#ifndef MSGR_LOOP_H
#define MSGR_LOOP_H

#include "msgr/atomic.h"
#include "msgr/socket_stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if MSGR_SOCKETS_LWIP
struct tcpip_callback_msg;
struct udp_pcb;
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define MSGR_LOOP_FOREVER UINT32_MAX

/** Descriptors of a loop whose parts watch so many at the most: one more, by which it is woken. */
#define MSGR_LOOP_FDS(watched) ((watched) + 1)

struct msgr_loop;

/** A part of the loop; the first member of what it is a part of. All private, but to a part. */
struct msgr_part {
    struct msgr_part *next;
    size_t fd_max; /* descriptors that it watches at the same time, at most */
    /* Before the loop sleeps: send what is to be sent, and msgr_loop_watch() descriptors.
     * @return milliseconds until its turn is needed even if nothing comes; MSGR_LOOP_FOREVER */
    uint32_t (*prepare)(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms);
    /* After it has slept: take what is there (msgr_loop_ready()), and do what is due. May remove
     * itself, and add others; not remove others. */
    void (*turn)(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms);
};

struct msgr_loop {
    struct pollfd *fds; /* [0]: by which it is woken */
    size_t fd_count;
    size_t fd_used;
    size_t fd_promised; /* to parts */
    struct msgr_part *parts;
    struct msgr_part *next;     /* in a turn: whose turn is next */
    int wake_fd[2];             /* to be watched, to be written to */
    MSGR_ATOMIC(uint32_t) bell; /* bit 0: it has been rung; above: how often it has been heard */
#if MSGR_SOCKETS_LWIP
    struct tcpip_callback_msg *wake_msg;
    uint32_t wake_heard; /* lwIP's thread: how often it had been heard when it was rung last */
    struct udp_pcb *wake_pcb;
#endif
};

/**
 * @param fds    lent until msgr_loop_close(); MSGR_LOOP_FDS() of what the parts need together
 * @param count  of them, 1 or more
 * @return 0, or an error's number (errno.h) made negative; then nothing is left behind
 */
int msgr_loop_open(struct msgr_loop *loop, struct pollfd *fds, size_t count);

/** After its parts have been closed. From then on nobody may wake it. */
void msgr_loop_close(struct msgr_loop *loop);

/**
 * Send what is to be sent; sleep until something comes, something is due, somebody has woken it, or
 * @p most_ms have passed; then take in what has come. A turn does a bounded amount of work.
 *
 * @return 0; or the negative error of poll(), after which the program had better end
 */
int msgr_loop_turn(struct msgr_loop *loop, uint32_t most_ms);

/**
 * End the turn that is under way, or else the next one before it sleeps. Any thread; a signal
 * handler on POSIX.
 * @return false: lwIP's thread has too much to do; try again
 */
bool msgr_loop_wake(struct msgr_loop *loop);

#if MSGR_SOCKETS_LWIP
/** The same from an interrupt. *needs_switch: whether a task of higher priority is ready now. */
bool msgr_loop_wake_from_isr(struct msgr_loop *loop, bool *needs_switch);
#endif

/* ---- for parts ----------------------------------------------------------------------------- */

/** @return 0, or -ENOMEM: there are fewer descriptors than it may watch; nothing was added */
int msgr_loop_add(struct msgr_loop *loop, struct msgr_part *part);

/** Idempotent. */
void msgr_loop_remove(struct msgr_loop *loop, struct msgr_part *part);

/** In prepare(): wait for these events of poll(). @return its place, for msgr_loop_ready() */
size_t msgr_loop_watch(struct msgr_loop *loop, int fd, short events);

/** In turn(): what poll() has said of that place. */
static inline short msgr_loop_ready(const struct msgr_loop *loop, size_t place)
{
    return loop->fds[place].revents;
}

/** The loop's clock, in milliseconds: monotonic, wraps. The engine's too: msgr_config.now_ms. */
uint32_t msgr_loop_now_ms(void);

#ifdef __cplusplus
}
#endif
#endif
