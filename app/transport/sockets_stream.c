/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A stream's record is free (no descriptor), or a link's. Bytes are received behind those of a
 * frame that is not whole yet, and used where they are; what is left moves to the front, and is
 * less than a frame. Output is rendered in the record, too, for what the stack does not take cannot
 * be rendered the same again: the rest goes first when there is room. A stream whose output fails
 * is broken, and goes when the engine's output has been gone through.
 *
 * A FIN ends the link: what is held by then is part of a frame whose rest will not come.
 *
 * `place` is where a descriptor stands in this turn's list; 0: it was opened after the list was
 * made.
 */
#include "sockets_framed.h"

#include "sockets_fd.h"

#include "msgr/sockets_plain.h"

#include <string.h>

#define BATCH 16 /* pieces of one stream, or clients, in a turn */

/* ---- the end ------------------------------------------------------------------------------- */

void msgr_sockets_stream_end(struct msgr_sockets_link *link, bool is_reset)
{
    int fd = link->stream->fd;

    link->stream->fd = MSGR_FD_NONE;
    link->sockets->is_starved = false; /* there is a descriptor again */
    if (is_reset) {
        msgr_fd_reset(fd);
    } else {
        msgr_fd_close(fd);
    }
}

static void lose(struct msgr_sockets_link *link, bool is_reset)
{
    msgr_sockets_stream_end(link, is_reset);
    msgr_sockets_remove(link);
}

/* ---- out ----------------------------------------------------------------------------------- */

/* @return whether the stack has taken all of it */
static bool send_rest(struct msgr_sockets_stream *stream)
{
    while (stream->out_sent < stream->out_size) {
        ptrdiff_t sent = msgr_fd_send(stream->fd, stream->out + stream->out_sent,
                                      (size_t)(stream->out_size - stream->out_sent));
        if (sent < 0) {
            stream->is_blocked = true;
            stream->is_broken = !msgr_fd_is_full((int)sent);
            return false;
        }
        stream->out_sent = (uint16_t)(stream->out_sent + sent);
    }
    stream->is_blocked = false;
    return true;
}

/* What has left in part will leave as a whole. @return whether to go on with the next one */
static bool send_one(struct msgr_sockets_link *link)
{
    struct msgr_sockets *s = link->sockets;
    struct msgr_sockets_stream *stream = link->stream;
    int number = msgr_sockets_number(link);
    size_t size =
        msgr_link_output(s->config.m, number, msgr_loop_now_ms(), stream->out, sizeof stream->out);
    bool is_taken;

    stream->out_size = (uint16_t)size;
    stream->out_sent = 0;
    is_taken = send_rest(stream);
    if (stream->out_sent == 0 && size > 0) {
        msgr_link_unsent(s->config.m, number);
        stream->out_size = 0;
        s->counters.no_memory++;
    } else if (size > 0) {
        msgr_sockets_trace(s, &link->address, true, true, stream->out, size);
    }
    return is_taken && size > 0;
}

void msgr_sockets_stream_output(struct msgr_sockets_link *link)
{
    struct msgr_sockets_stream *stream = link->stream;

    if (stream->is_broken || (stream->out_sent < stream->out_size && !send_rest(stream))) {
        return;
    }
    while (msgr_sockets_has_output(link) && send_one(link)) {
    }
}

/* ---- in ------------------------------------------------------------------------------------ */

/* The first `size` bytes of the record have come; what is not used stays. */
static void use(struct msgr_sockets_link *link, size_t size)
{
    struct msgr_sockets_stream *stream = link->stream;
    size_t used = msgr_link_input(link->sockets->config.m, msgr_sockets_number(link),
                                  msgr_loop_now_ms(), stream->in, size);

    stream->held = (uint16_t)(size - used);
    memmove(stream->in, stream->in + used, stream->held);
}

/* @return whether there may be more, and the link is still there */
static bool receive_one(struct msgr_sockets_link *link)
{
    struct msgr_sockets_stream *stream = link->stream;
    ptrdiff_t got =
        msgr_fd_receive(stream->fd, stream->in + stream->held, sizeof stream->in - stream->held);

    if (got == -EAGAIN) {
        return false;
    }
    if (got <= 0) {
        lose(link, got < 0);
        return false;
    }
    msgr_sockets_trace(link->sockets, &link->address, true, false, stream->in + stream->held,
                       (size_t)got);
    use(link, stream->held + (size_t)got);
    return true;
}

static void receive(struct msgr_sockets_link *link)
{
    for (int left = BATCH; left > 0 && receive_one(link); left--) {
    }
}

/* ---- connections --------------------------------------------------------------------------- */

static struct msgr_sockets_stream *take_stream(struct msgr_sockets *s, int fd)
{
    for (int i = 0; i < MSGR_SOCKETS_STREAMS; i++) {
        struct msgr_sockets_stream *stream = &s->stream[i];

        if (stream->fd == MSGR_FD_NONE) {
            stream->fd = fd;
            stream->held = 0;
            stream->out_size = 0;
            stream->out_sent = 0;
            stream->is_blocked = false;
            stream->is_broken = false;
            stream->place = 0;
            return stream;
        }
    }
    return NULL;
}

static struct msgr_sockets_link *add_link(struct msgr_sockets *s, int fd, int number,
                                          const struct msgr_sockets_address *address)
{
    struct msgr_sockets_link *link = number >= 0 ? msgr_sockets_add(s, number, address) : NULL;

    if (link == NULL) {
        return NULL;
    }
    link->stream = take_stream(s, fd);
    if (link->stream == NULL) {
        msgr_sockets_remove(link);
        return NULL;
    }
    return link;
}

struct msgr_sockets_link *msgr_sockets_stream_add(struct msgr_sockets *s, int fd, int number,
                                                  const struct msgr_sockets_address *address)
{
    struct msgr_sockets_link *link = add_link(s, fd, number, address);

    if (link == NULL) {
        s->counters.refused++;
        msgr_fd_reset(fd);
        return NULL;
    }
    msgr_fd_send_at_once(fd);
    return link;
}

/* @return whether there may be another one */
static bool accept_one(struct msgr_sockets *s, int listener)
{
    struct msgr_sockets_address address;
    int fd = msgr_fd_accept(listener, &address);

    if (fd < 0) {
        if (msgr_fd_is_shortage(fd)) {
            msgr_sockets_starve(s);
        }
        return false;
    }
    (void)msgr_sockets_stream_add(s, fd, msgr_link_accept(s->config.m, msgr_loop_now_ms()),
                                  &address);
    return true;
}

static void accept_from(struct msgr_sockets *s, int listener, size_t place,
                        const struct msgr_loop *loop)
{
    if (place == 0 || msgr_loop_ready(loop, place) == 0) {
        return;
    }
    for (int left = BATCH; left > 0 && accept_one(s, listener); left--) {
    }
}

/* From the plain server, with what it has received of it. */
static void on_framed(void *arg, int fd, const struct msgr_sockets_address *address,
                      const void *data, size_t size)
{
    struct msgr_sockets *s = arg;
    int number = msgr_link_accept(s->config.m, msgr_loop_now_ms());
    struct msgr_sockets_link *link = msgr_sockets_stream_add(s, fd, number, address);
    size_t used;

    if (link == NULL) {
        return;
    }
    msgr_sockets_trace(s, address, true, false, data, size);
    used = msgr_link_input(s->config.m, number, msgr_loop_now_ms(), data, size);
    if (size - used > sizeof link->stream->in) {
        lose(link, true); /* more than HELLO alone, which does not keep the rules */
        return;
    }
    memcpy(link->stream->in, (const char *)data + used, size - used);
    link->stream->held = (uint16_t)(size - used);
}

/* ---- turns --------------------------------------------------------------------------------- */

static size_t watch_listener(const struct msgr_sockets *s, struct msgr_loop *loop, int fd)
{
    return fd != MSGR_FD_NONE && !s->is_starved ? msgr_loop_watch(loop, fd, POLLIN) : 0;
}

void msgr_sockets_stream_watch(struct msgr_sockets *s, struct msgr_loop *loop)
{
    s->listener_place = watch_listener(s, loop, s->listener);
    s->local_place = watch_listener(s, loop, s->local);
    for (int i = 0; i < MSGR_SOCKETS_STREAMS; i++) {
        struct msgr_sockets_stream *stream = &s->stream[i];

        if (stream->fd != MSGR_FD_NONE) {
            stream->place = msgr_loop_watch(
                loop, stream->fd, (short)(stream->is_blocked ? POLLIN | POLLOUT : POLLIN));
        }
    }
}

/* An error, or the other end's hanging up, is found out by receiving. */
static bool has_come(const struct msgr_sockets_link *link, const struct msgr_loop *loop)
{
    size_t place = link->is_used && link->stream != NULL ? link->stream->place : 0;

    return place != 0 && (msgr_loop_ready(loop, place) & ~POLLOUT) != 0;
}

/* There is room again: what has left in part goes on, whether the engine has more to say or not. */
static void send_again(struct msgr_sockets_link *link, const struct msgr_loop *loop)
{
    struct msgr_sockets_stream *stream = link->is_used ? link->stream : NULL;

    if (stream == NULL || stream->place == 0 || !stream->is_blocked ||
        (msgr_loop_ready(loop, stream->place) & POLLOUT) == 0) {
        return;
    }
    stream->is_blocked = false;
    msgr_sockets_stream_output(link);
    if (stream->is_broken) {
        lose(link, true);
    }
}

void msgr_sockets_stream_turn(struct msgr_sockets *s, struct msgr_loop *loop)
{
    for (int i = 0; i < MSGR_SOCKETS_LINKS; i++) {
        send_again(&s->link[i], loop);
    }
    for (int i = 0; i < MSGR_SOCKETS_LINKS; i++) {
        if (has_come(&s->link[i], loop)) {
            receive(&s->link[i]);
        }
    }
    accept_from(s, s->listener, s->listener_place, loop);
    accept_from(s, s->local, s->local_place, loop);
}

/* ---- beginning and end --------------------------------------------------------------------- */

static void share(struct msgr_sockets *s, struct msgr_sockets_plain_server *server)
{
    server->framed_arg = s;
    server->framed = s->config.listen ? on_framed : NULL;
}

static void unshare(const struct msgr_sockets *s, struct msgr_sockets_plain_server *server)
{
    if (server != NULL && server->framed_arg == s) {
        server->framed = NULL;
        server->framed_arg = NULL;
    }
}

static int open_tcp(struct msgr_sockets *s)
{
    int fd;

    if (s->config.plain_tcp != NULL) {
        share(s, s->config.plain_tcp);
        return 0;
    }
    if (!s->config.listen) {
        return 0;
    }
    fd = msgr_fd_listen(s->config.port, MSGR_SOCKETS_STREAMS);
    if (fd < 0) {
        return fd;
    }
    s->listener = fd;
    return 0;
}

#if MSGR_SOCKETS_UNIX
static int open_local(struct msgr_sockets *s)
{
    int fd;

    if (s->config.plain_local != NULL) {
        share(s, s->config.plain_local);
        return 0;
    }
    if (s->config.path == NULL) {
        return 0;
    }
    if (strlen(s->config.path) > MSGR_SOCKETS_HOST_MAX) {
        return -ENAMETOOLONG;
    }
    fd = msgr_fd_listen_local(s->config.path, MSGR_SOCKETS_STREAMS);
    if (fd < 0) {
        return fd;
    }
    s->local = fd;
    memcpy(s->path, s->config.path, strlen(s->config.path) + 1);
    return 0;
}

static void close_local(struct msgr_sockets *s)
{
    unshare(s, s->config.plain_local);
    if (s->local != MSGR_FD_NONE) {
        (void)unlink(s->path);
        msgr_fd_close(s->local);
        s->local = MSGR_FD_NONE;
    }
}
#else
static int open_local(struct msgr_sockets *s)
{
    return s->config.path == NULL && s->config.plain_local == NULL ? 0 : -EAFNOSUPPORT;
}

static void close_local(struct msgr_sockets *s)
{
    (void)s;
}
#endif

int msgr_sockets_stream_open(struct msgr_sockets *s)
{
    int error = open_tcp(s);

    return error != 0 ? error : open_local(s);
}

void msgr_sockets_stream_close(struct msgr_sockets *s)
{
    unshare(s, s->config.plain_tcp);
    if (s->listener != MSGR_FD_NONE) {
        msgr_fd_close(s->listener);
        s->listener = MSGR_FD_NONE;
    }
    close_local(s);
}
