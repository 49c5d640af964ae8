/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection is free (no descriptor), or
 *
 *   RECEIVING  until the text ends, is refused, or its time is over;
 *   ANSWERING  until the stack has taken the whole answer and the FIN;
 *   LINGERING  until the client has closed, too, or that takes too long.
 *
 * The text is received at its place in the answer, behind room for the head; then the tail is put
 * behind it, and the answer leaves from there. While lingering, what comes is read and thrown away:
 * to close with bytes unread would reset the connection, and could cost the client its answer.
 */
#include "sockets_plain_connection.h"

#include "plain_answer.h"
#include "plain_boundary.h"
#include "serial.h"
#include "sockets_fd.h"

#include <assert.h>
#include <string.h>

static_assert(MSGR_SOCKETS_PLAIN_AROUND == MSGR_PLAIN_HEAD_SIZE + MSGR_PLAIN_TAIL_SIZE,
              "the buffer holds an answer");

#define BATCH 16 /* pieces of one stream in a turn */

enum state {
    RECEIVING,
    ANSWERING,
    LINGERING,
};

static char *text_of(struct msgr_sockets_plain_connection *connection)
{
    return connection->buffer + MSGR_PLAIN_HEAD_SIZE;
}

static void report(const struct msgr_sockets_plain_server *server,
                   struct msgr_sockets_plain_connection *connection,
                   enum msgr_plain_event_type type, enum msgr_plain_reason reason)
{
    bool has_text = type == MSGR_PLAIN_EVENT_RECEIVED;
    const struct msgr_sockets_plain_event event = {
        .type = type,
        .reason = reason,
        .id = connection,
        .address = &connection->address,
        .text = has_text ? text_of(connection) : NULL,
        .size = has_text ? connection->received : 0,
    };

    if (server->config.handler != NULL) {
        server->config.handler(server->config.arg, &event);
    }
}

static void enter(struct msgr_sockets_plain_connection *connection, enum state state)
{
    connection->state = (uint8_t)state;
    connection->since_ms = msgr_loop_now_ms();
}

/* ---- the end of a connection --------------------------------------------------------------- */

/* @return its descriptor, which is the caller's now */
static int give_back(struct msgr_sockets_plain_server *server,
                     struct msgr_sockets_plain_connection *connection)
{
    int fd = connection->fd;

    connection->fd = MSGR_FD_NONE;
    server->open_count--;
    return fd;
}

void msgr_sockets_plain_connection_drop(struct msgr_sockets_plain_server *server,
                                        struct msgr_sockets_plain_connection *connection)
{
    msgr_fd_reset(give_back(server, connection));
    server->is_starved = false; /* there is a descriptor again */
}

static void end(struct msgr_sockets_plain_server *server,
                struct msgr_sockets_plain_connection *connection, enum msgr_plain_reason reason)
{
    if (reason == MSGR_PLAIN_DONE) {
        msgr_fd_close(give_back(server, connection));
        server->is_starved = false;
    } else {
        msgr_sockets_plain_connection_drop(server, connection);
    }
    report(server, connection, MSGR_PLAIN_EVENT_ENDED, reason);
}

/* It has taken too long, or sent too much. */
static void give_up(struct msgr_sockets_plain_server *server,
                    struct msgr_sockets_plain_connection *connection)
{
    switch ((enum state)connection->state) {
    case RECEIVING:
        server->counters.silent++;
        end(server, connection, MSGR_PLAIN_SILENT);
        break;
    case ANSWERING:
        server->counters.stalled++;
        end(server, connection, MSGR_PLAIN_STALLED);
        break;
    case LINGERING:
    default:
        end(server, connection, MSGR_PLAIN_DONE);
        break;
    }
}

/* ---- answering ----------------------------------------------------------------------------- */

static void finish_answer(struct msgr_sockets_plain_server *server,
                          struct msgr_sockets_plain_connection *connection)
{
    msgr_fd_finish(connection->fd);
    enter(connection, LINGERING);
    report(server, connection, MSGR_PLAIN_EVENT_ANSWERED,
           connection->answer == connection->buffer ? MSGR_PLAIN_DONE : MSGR_PLAIN_TOO_LONG);
    if (connection->has_fin) {
        end(server, connection, MSGR_PLAIN_DONE);
    }
}

static void answer_on(struct msgr_sockets_plain_server *server,
                      struct msgr_sockets_plain_connection *connection)
{
    while (connection->written < connection->answer_size) {
        ptrdiff_t sent = msgr_fd_send(connection->fd, connection->answer + connection->written,
                                      connection->answer_size - connection->written);
        if (sent < 0 && msgr_fd_is_full((int)sent)) {
            return; /* again when there is room */
        }
        if (sent < 0) {
            server->counters.reset++;
            end(server, connection, MSGR_PLAIN_RESET);
            return;
        }
        connection->written += (size_t)sent;
    }
    finish_answer(server, connection);
}

static void answer(struct msgr_sockets_plain_server *server,
                   struct msgr_sockets_plain_connection *connection, const char *bytes, size_t size)
{
    connection->answer = bytes;
    connection->answer_size = size;
    connection->is_waiting = false;
    enter(connection, ANSWERING);
    answer_on(server, connection);
}

static void acknowledge(struct msgr_sockets_plain_server *server,
                        struct msgr_sockets_plain_connection *connection)
{
    server->counters.answered++;
    report(server, connection, MSGR_PLAIN_EVENT_RECEIVED, MSGR_PLAIN_DONE);
    answer(server, connection, connection->buffer,
           msgr_plain_answer_around(connection->buffer, connection->received));
}

static void refuse(struct msgr_sockets_plain_server *server,
                   struct msgr_sockets_plain_connection *connection)
{
    server->counters.refused++;
    report(server, connection, MSGR_PLAIN_EVENT_REFUSED, MSGR_PLAIN_TOO_LONG);
    answer(server, connection, MSGR_PLAIN_TOO_LONG_ANSWER, sizeof MSGR_PLAIN_TOO_LONG_ANSWER - 1);
}

/* ---- receiving ----------------------------------------------------------------------------- */

/* To the framed protocol, if it is there. Who sends more than fits, where HELLO alone may come,
 * does not keep its rules. */
static void hand_over(struct msgr_sockets_plain_server *server,
                      struct msgr_sockets_plain_connection *connection)
{
    server->counters.framed++;
    if (server->framed != NULL && connection->received <= MSGR_PLAIN_TEXT_MAX) {
        int fd = give_back(server, connection);

        report(server, connection, MSGR_PLAIN_EVENT_ENDED, MSGR_PLAIN_DONE);
        server->framed(server->framed_arg, fd, &connection->address, text_of(connection),
                       connection->received);
        return;
    }
    end(server, connection, MSGR_PLAIN_FRAMED);
}

static void on_cue(struct msgr_sockets_plain_server *server,
                   struct msgr_sockets_plain_connection *connection, enum msgr_plain_cue cue)
{
    switch (
        msgr_plain_boundary(text_of(connection), connection->received, MSGR_PLAIN_TEXT_MAX, cue)) {
    case MSGR_PLAIN_BOUNDARY_ENDED:
        acknowledge(server, connection);
        break;
    case MSGR_PLAIN_BOUNDARY_TOO_LONG:
        refuse(server, connection);
        break;
    case MSGR_PLAIN_BOUNDARY_FRAMED:
        hand_over(server, connection);
        break;
    case MSGR_PLAIN_BOUNDARY_OPEN:
    default:
        connection->is_waiting = true;
        connection->heard_ms = msgr_loop_now_ms();
        break;
    }
}

/* One byte beyond the longest text tells that it is too long; it goes where the tail would. */
static size_t room_in(const struct msgr_sockets_plain_connection *connection)
{
    return connection->state == RECEIVING ? MSGR_PLAIN_TEXT_MAX + 1 - connection->received
                                          : MSGR_PLAIN_TEXT_MAX;
}

static void on_bytes(struct msgr_sockets_plain_server *server,
                     struct msgr_sockets_plain_connection *connection, size_t size)
{
    connection->received += size;
    if (connection->state == RECEIVING) {
        on_cue(server, connection, MSGR_PLAIN_CUE_DATA);
    } else if (connection->received > MSGR_PLAIN_LINGER_MAX) {
        give_up(server, connection);
    }
}

static void on_fin(struct msgr_sockets_plain_server *server,
                   struct msgr_sockets_plain_connection *connection)
{
    connection->has_fin = true;
    if (connection->state == RECEIVING) {
        on_cue(server, connection, MSGR_PLAIN_CUE_END);
    } else if (connection->state == LINGERING) {
        end(server, connection, MSGR_PLAIN_DONE);
    }
}

/* What comes after the text is thrown away, once the answer has left. @return whether there may be
 * more */
static bool receive_one(struct msgr_sockets_plain_server *server,
                        struct msgr_sockets_plain_connection *connection)
{
    size_t at = connection->state == RECEIVING ? connection->received : 0;
    ptrdiff_t got = msgr_fd_receive(connection->fd, text_of(connection) + at, room_in(connection));

    if (got == -EAGAIN) {
        return false;
    }
    if (got < 0) {
        server->counters.reset++;
        end(server, connection, MSGR_PLAIN_RESET);
        return false;
    }
    if (got == 0) {
        on_fin(server, connection);
        return false;
    }
    on_bytes(server, connection, (size_t)got);
    return connection->fd != MSGR_FD_NONE && connection->state != ANSWERING;
}

/* ---- for the server ------------------------------------------------------------------------ */

void msgr_sockets_plain_connection_open(struct msgr_sockets_plain_server *server,
                                        struct msgr_sockets_plain_connection *connection, int fd,
                                        const struct msgr_sockets_address *address)
{
    connection->fd = fd;
    connection->address = *address;
    connection->is_waiting = false;
    connection->has_fin = false;
    connection->written = 0;
    connection->received = 0;
    connection->place = 0;
    server->open_count++;
    server->counters.accepted++;
    enter(connection, RECEIVING);
    report(server, connection, MSGR_PLAIN_EVENT_CONNECTED, MSGR_PLAIN_DONE);
}

void msgr_sockets_plain_connection_watch(struct msgr_sockets_plain_connection *connection,
                                         struct msgr_loop *loop)
{
    connection->place =
        msgr_loop_watch(loop, connection->fd, connection->state == ANSWERING ? POLLOUT : POLLIN);
}

static uint32_t limit_of(const struct msgr_sockets_plain_server *server,
                         const struct msgr_sockets_plain_connection *connection)
{
    return connection->state == LINGERING ? MSGR_PLAIN_LINGER_MS : server->config.silence_ms;
}

static uint32_t left_of(uint32_t limit_ms, uint32_t since_ms, uint32_t now_ms)
{
    uint32_t passed_ms = msgr_serial_passed(since_ms, now_ms);

    return passed_ms < limit_ms ? limit_ms - passed_ms : 0;
}

uint32_t msgr_sockets_plain_connection_wait(const struct msgr_sockets_plain_server *server,
                                            const struct msgr_sockets_plain_connection *connection,
                                            uint32_t now_ms)
{
    uint32_t left_ms = left_of(limit_of(server, connection), connection->since_ms, now_ms);
    uint32_t quiet_ms = left_of(MSGR_PLAIN_QUIET_MS, connection->heard_ms, now_ms);

    return connection->is_waiting && quiet_ms < left_ms ? quiet_ms : left_ms;
}

static void on_ready(struct msgr_sockets_plain_server *server,
                     struct msgr_sockets_plain_connection *connection)
{
    if (connection->state == ANSWERING) {
        answer_on(server, connection);
        return;
    }
    for (int left = BATCH; left > 0 && receive_one(server, connection); left--) {
    }
}

void msgr_sockets_plain_connection_turn(struct msgr_sockets_plain_server *server,
                                        struct msgr_sockets_plain_connection *connection,
                                        short ready, uint32_t now_ms)
{
    if (ready != 0) {
        on_ready(server, connection);
    }
    if (connection->fd == MSGR_FD_NONE) {
        return;
    }
    if (left_of(limit_of(server, connection), connection->since_ms, now_ms) == 0) {
        give_up(server, connection);
    } else if (connection->is_waiting &&
               left_of(MSGR_PLAIN_QUIET_MS, connection->heard_ms, now_ms) == 0) {
        on_cue(server, connection, MSGR_PLAIN_CUE_QUIET);
    }
}
