/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One socket for all datagrams, our own or the plain server's. A link is found by the other end's
 * address and port; it answers from the address that was talked to last, where the stack can.
 */
#include "sockets_framed.h"

#include "frame.h"
#include "frame_body.h"
#include "sockets_address.h"
#include "sockets_fd.h"
#include "sockets_stack.h"

#include "msgr/sockets_plain.h"

#include <string.h>

#define BATCH 32 /* datagrams in a turn: others have their turns, too */

static int fd_of(const struct msgr_sockets *s)
{
    return s->config.plain_udp != NULL ? s->config.plain_udp->fd : s->udp;
}

static bool is_ipv6(const struct msgr_sockets *s)
{
    return s->config.plain_udp != NULL ? s->config.plain_udp->is_ipv6 : s->is_udp_ipv6;
}

/* ---- out ----------------------------------------------------------------------------------- */

static int send_bytes(struct msgr_sockets *s, const struct msgr_sockets_address *to,
                      struct msgr_sockets_address *own, const void *data, size_t size)
{
    int error = msgr_stack_send_datagram(fd_of(s), is_ipv6(s), data, size, to, own);

    if (error == -EINVAL || error == -EADDRNOTAVAIL) {
        own->size = 0; /* an address that we have lost since is no source */
        error = msgr_stack_send_datagram(fd_of(s), is_ipv6(s), data, size, to, own);
    }
    if (msgr_fd_is_full(error)) {
        s->counters.no_memory++;
    } else if (error != 0) {
        s->counters.unsent++;
    } else {
        msgr_sockets_trace(s, to, false, true, data, size);
    }
    return error;
}

/* @return whether to go on with the next one */
static bool send_one(struct msgr_sockets_link *link)
{
    struct msgr_sockets *s = link->sockets;
    int number = msgr_sockets_number(link);
    size_t size =
        msgr_link_output(s->config.m, number, msgr_loop_now_ms(), s->buffer, MSGR_DATAGRAM_MAX);

    if (size == 0) {
        return false;
    }
    if (msgr_fd_is_full(send_bytes(s, &link->address, &link->own, s->buffer, size))) {
        msgr_link_unsent(s->config.m, number); /* any other error is loss */
        s->is_udp_blocked = true;
        return false;
    }
    return true;
}

void msgr_sockets_udp_output(struct msgr_sockets_link *link)
{
    while (!link->sockets->is_udp_blocked && msgr_sockets_has_output(link) && send_one(link)) {
    }
}

void msgr_sockets_udp_farewell(struct msgr_sockets_link *link)
{
    uint8_t word[MSGR_ANSWER_MAX];
    size_t size = (size_t)(msgr_unknown_write(msgr_frame_put_mark(word)) - word);

    (void)send_bytes(link->sockets, &link->address, &link->own, word, size);
}

/* ---- in ------------------------------------------------------------------------------------ */

struct msgr_sockets_link *msgr_sockets_udp_find(struct msgr_sockets *s,
                                                const struct msgr_sockets_address *address)
{
    for (int i = 0; i < MSGR_SOCKETS_LINKS; i++) {
        struct msgr_sockets_link *link = &s->link[i];

        if (link->is_used && link->stream == NULL &&
            msgr_sockets_address_equal(&link->address, address)) {
            return link;
        }
    }
    return NULL;
}

static void on_stranger(struct msgr_sockets *s, struct msgr_stack_datagram *datagram,
                        const void *data, size_t size)
{
    uint8_t answer[MSGR_ANSWER_MAX];
    size_t answer_size;
    /* Its form is the stack's; all of it is set where it is received. */
    size_t address_size = datagram->from.size < 48 ? (size_t)datagram->from.size : 48;
    int number = msgr_link_stranger(s->config.m, msgr_loop_now_ms(), &datagram->from.as,
                                    address_size, data, size, answer, &answer_size);

    if (number >= 0) {
        struct msgr_sockets_link *link = msgr_sockets_add(s, number, &datagram->from);
        if (link != NULL) {
            link->own = datagram->own;
        }
    } else if (answer_size > 0) {
        (void)send_bytes(s, &datagram->from, &datagram->own, answer, answer_size);
    }
}

/* Neither from a group nor to one, as it was the last time. */
static bool is_as_before(const struct msgr_sockets_link *link,
                         const struct msgr_stack_datagram *datagram)
{
    return link != NULL && link->own.size > 0 && !datagram->is_group &&
           msgr_sockets_address_equal(&link->own, &datagram->own);
}

static void take(struct msgr_sockets *s, struct msgr_stack_datagram *datagram, const void *data,
                 size_t size)
{
    struct msgr_sockets_link *link = msgr_sockets_udp_find(s, &datagram->from);

    if (size == 0 || size > MSGR_DATAGRAM_MAX || (link == NULL && !s->config.listen) ||
        (!is_as_before(link, datagram) && msgr_stack_is_group(datagram))) {
        s->counters.dropped++;
        return;
    }
    msgr_sockets_trace(s, &datagram->from, false, false, data, size);
    if (link == NULL) {
        on_stranger(s, datagram, data, size);
        return;
    }
    link->own = datagram->own;
    (void)msgr_link_input(s->config.m, msgr_sockets_number(link), msgr_loop_now_ms(), data, size);
}

/* From where a link's other end is, nothing is plain: its mark was changed on the way. */
static bool on_shared_datagram(void *arg, const struct msgr_sockets_address *address,
                               const struct msgr_sockets_address *own, bool is_group,
                               const void *data, size_t size, bool is_framed)
{
    struct msgr_sockets *s = arg;
    struct msgr_stack_datagram datagram = {.from = *address, .own = *own, .is_group = is_group};

    if (!is_framed && msgr_sockets_udp_find(s, address) == NULL) {
        return false;
    }
    take(s, &datagram, data, size);
    return true;
}

/* ---- turns --------------------------------------------------------------------------------- */

void msgr_sockets_udp_watch(struct msgr_sockets *s, struct msgr_loop *loop)
{
    if (s->udp != MSGR_FD_NONE) {
        s->udp_place = msgr_loop_watch(loop, s->udp, POLLIN);
    }
}

void msgr_sockets_udp_turn(struct msgr_sockets *s, struct msgr_loop *loop)
{
    struct msgr_stack_datagram datagram;

    if (s->udp == MSGR_FD_NONE || msgr_loop_ready(loop, s->udp_place) == 0) {
        return;
    }
    for (int left = BATCH; left > 0; left--) {
        ptrdiff_t size =
            msgr_stack_receive_datagram(s->udp, s->buffer, sizeof s->buffer, &datagram);
        if (size == -EAGAIN) {
            return;
        }
        if (size >= 0) { /* any other error is one datagram that was lost */
            take(s, &datagram, s->buffer, (size_t)size);
        }
    }
}

/* ---- beginning and end --------------------------------------------------------------------- */

int msgr_sockets_udp_open(struct msgr_sockets *s)
{
    int fd;

    if (s->config.plain_udp != NULL) {
        s->config.plain_udp->framed_arg = s;
        s->config.plain_udp->framed = on_shared_datagram;
        return 0;
    }
    fd = msgr_fd_open_udp(s->config.listen ? s->config.port : 0, &s->is_udp_ipv6);
    if (fd < 0) {
        return fd;
    }
    s->udp = fd;
    return 0;
}

void msgr_sockets_udp_close(struct msgr_sockets *s)
{
    if (s->config.plain_udp != NULL && s->config.plain_udp->framed_arg == s) {
        s->config.plain_udp->framed = NULL;
        s->config.plain_udp->framed_arg = NULL;
    }
    if (s->udp != MSGR_FD_NONE) {
        msgr_fd_close(s->udp);
        s->udp = MSGR_FD_NONE;
    }
}
