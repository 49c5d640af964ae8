/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Where lwIP's sockets and POSIX's differ by more than a name (msgr/socket_stack.h): sockets_lwip.c
 * and sockets_posix.c. The loop's thread, unless a function says otherwise.
 */
#ifndef MSGR_TRANSPORT_SOCKETS_STACK_H
#define MSGR_TRANSPORT_SOCKETS_STACK_H

#include "msgr/loop.h"
#include "msgr/sockets.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- waking -------------------------------------------------------------------------------- */

/** @return 0, or a negative error; sets wake_fd[0], which is readable when somebody has rung */
int msgr_stack_bell_open(struct msgr_loop *loop);
void msgr_stack_bell_close(struct msgr_loop *loop);

/** Any thread. @return false: lwIP's thread has too much to do */
bool msgr_stack_bell_ring(struct msgr_loop *loop);

/** Let it be silent again. */
void msgr_stack_bell_hush(struct msgr_loop *loop);

/* ---- descriptors --------------------------------------------------------------------------- */

/** Never to wait for it; POSIX: not for programs that are started either. @return 0, or -error */
int msgr_stack_prepare(int fd);

/** Clients that a listener may have waiting. lwIP resets those that its mailbox has no room for. */
#if MSGR_SOCKETS_LWIP
#define MSGR_STACK_BACKLOG_MAX DEFAULT_ACCEPTMBOX_SIZE
#else
#define MSGR_STACK_BACKLOG_MAX INT_MAX
#endif

/** What the stack keeps of a connection that is being closed goes when another one needs the room.
 */
void msgr_stack_give_way(int fd);

/** Have a connection's other end be told of a reset when the descriptor is closed. */
void msgr_stack_reset(int fd);

/* ---- datagrams ----------------------------------------------------------------------------- */

/** What came with a datagram. */
struct msgr_stack_datagram {
    struct msgr_sockets_address from;
    struct msgr_sockets_address own; /* where it was sent to; no size: the stack does not tell */
    bool is_group;                   /* that is a broadcast or multicast address; lwIP: ask */
};

/** Have the stack tell of each datagram where it was sent to. @return 0, or -error */
int msgr_stack_want_own_address(int fd, bool is_ipv6);

/** @return its bytes, @p room at most; or -error. The addresses are not mapped. */
ptrdiff_t msgr_stack_receive_datagram(int fd, void *data, size_t room,
                                      struct msgr_stack_datagram *datagram);

/** From our address @p own if there is one and the stack can. @return 0, or -error */
int msgr_stack_send_datagram(int fd, bool is_ipv6, const void *data, size_t size,
                             const struct msgr_sockets_address *to,
                             const struct msgr_sockets_address *own);

/** Was it sent to a group, or by one? */
bool msgr_stack_is_group(const struct msgr_stack_datagram *datagram);

/** Is there a way to that host? Where the stack says so by itself when it is asked to connect: yes.
 */
bool msgr_stack_has_route(const struct msgr_sockets_address *address);

/** An address that means something on one link only, and does not say which: the usual one. */
void msgr_stack_set_zone(struct msgr_sockets_address *address);

/** Is that host a neighbour: reached without a router? */
bool msgr_stack_is_on_link(const struct msgr_sockets_address *address);

/* ---- names --------------------------------------------------------------------------------- */

enum msgr_stack_answer {
    MSGR_STACK_NONE,      /* nothing was asked */
    MSGR_STACK_WAITING,   /* POSIX: lookup->fd becomes readable; lwIP: the loop is woken */
    MSGR_STACK_FOUND,     /* lookup->found and count are set */
    MSGR_STACK_NOT_FOUND, /* lookup->error says why: ENOENT, nobody has it; EAGAIN, none answers */
};

/**
 * Ask for a name's addresses, without waiting.
 * @param host  lent until there is an answer
 * @return 0; or why it cannot be asked now, -error
 */
int msgr_stack_lookup_begin(struct msgr_sockets_lookup *lookup, struct msgr_loop *loop,
                            const char *host, uint16_t port, bool is_datagram);

/** What has come of it. */
enum msgr_stack_answer msgr_stack_lookup_poll(struct msgr_sockets_lookup *lookup);

/** No longer interested. Idempotent. */
void msgr_stack_lookup_end(struct msgr_sockets_lookup *lookup);

#endif
