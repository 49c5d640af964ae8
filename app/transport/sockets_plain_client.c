/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connecting until is_connected; then the text goes out (written counts its bytes) while the answer
 * may come in (received counts). What the stack has taken of the text it has copied. Sockets do not
 * say what of it was acknowledged, but an answer that acknowledges, after all of it was taken,
 * does.
 */
#include "msgr/sockets_plain.h"

#include "plain_answer.h"
#include "plain_boundary.h"
#include "sockets_fd.h"
#include "sockets_plain_request.h"
#include "sockets_stack.h"

#include <string.h>

#define BATCH 16 /* pieces in a turn */

static void report(const struct msgr_sockets_plain_client *client, enum msgr_plain_event_type type,
                   enum msgr_plain_reason reason)
{
    const struct msgr_sockets_plain_request *request = &client->request;

    msgr_sockets_plain_request_report(request, type, reason, &request->address, client->received);
}

/* ---- the end of an exchange ---------------------------------------------------------------- */

static void stop(struct msgr_sockets_plain_client *client, bool is_reset)
{
    int fd = client->fd;

    client->fd = MSGR_FD_NONE;
    msgr_loop_remove(client->request.loop, &client->part);
    if (is_reset) {
        msgr_fd_reset(fd);
    } else {
        msgr_fd_close(fd);
    }
}

static void conclude(struct msgr_sockets_plain_client *client, enum msgr_plain_reason reason)
{
    stop(client, false);
    report(client, MSGR_PLAIN_EVENT_ENDED, reason);
}

static void fail(struct msgr_sockets_plain_client *client, enum msgr_plain_reason reason)
{
    stop(client, true);
    report(client, MSGR_PLAIN_EVENT_ENDED, reason);
}

static void fail_with(struct msgr_sockets_plain_client *client, int error)
{
    client->error = -error;
    fail(client, msgr_sockets_plain_request_reason(error));
}

/* ---- the answer ---------------------------------------------------------------------------- */

static void on_whole_answer(struct msgr_sockets_plain_client *client)
{
    enum msgr_plain_reason reason = MSGR_PLAIN_NO_ACK;

    if (client->received == 0) {
        fail(client, MSGR_PLAIN_NO_ANSWER);
        return;
    }
    /* A server that answers before it has all of the text has not acknowledged all of it. */
    if (client->written < client->request.size) {
        fail(client, reason);
        return;
    }
    if (msgr_plain_is_acknowledgement(client->request.buffer, client->received)) {
        reason = MSGR_PLAIN_DONE;
        report(client, MSGR_PLAIN_EVENT_RECEIVED, reason);
    }
    conclude(client, reason);
}

static void on_cue(struct msgr_sockets_plain_client *client, enum msgr_plain_cue cue)
{
    const struct msgr_sockets_plain_request *request = &client->request;

    switch (msgr_plain_boundary(request->buffer, client->received, request->buffer_size, cue)) {
    case MSGR_PLAIN_BOUNDARY_ENDED:
        on_whole_answer(client);
        break;
    case MSGR_PLAIN_BOUNDARY_TOO_LONG:
        fail(client, MSGR_PLAIN_TOO_LONG);
        break;
    case MSGR_PLAIN_BOUNDARY_FRAMED:
        fail(client, MSGR_PLAIN_FRAMED);
        break;
    case MSGR_PLAIN_BOUNDARY_OPEN:
    default:
        client->is_waiting = true;
        client->heard_ms = msgr_loop_now_ms();
        break;
    }
}

/* A byte more than there is room for tells that the answer is too long. */
static ptrdiff_t receive(struct msgr_sockets_plain_client *client)
{
    const struct msgr_sockets_plain_request *request = &client->request;
    char beyond;

    if (client->received < request->buffer_size) {
        return msgr_fd_receive(client->fd, (char *)request->buffer + client->received,
                               request->buffer_size - client->received);
    }
    return msgr_fd_receive(client->fd, &beyond, 1);
}

/* @return whether there may be more */
static bool receive_one(struct msgr_sockets_plain_client *client)
{
    ptrdiff_t got = receive(client);

    if (got == -EAGAIN) {
        return false;
    }
    if (got < 0) {
        fail_with(client, (int)got);
        return false;
    }
    client->received += (size_t)got;
    on_cue(client, got == 0 ? MSGR_PLAIN_CUE_END : MSGR_PLAIN_CUE_DATA);
    return client->fd != MSGR_FD_NONE;
}

/* ---- the text ------------------------------------------------------------------------------ */

static bool is_written(const struct msgr_sockets_plain_client *client)
{
    return client->written == client->request.size;
}

static void write_on(struct msgr_sockets_plain_client *client)
{
    const struct msgr_sockets_plain_request *request = &client->request;

    while (!is_written(client)) {
        ptrdiff_t sent = msgr_fd_send(client->fd, (const char *)request->text + client->written,
                                      request->size - client->written);
        if (sent < 0 && msgr_fd_is_full((int)sent)) {
            return; /* again when there is room */
        }
        if (sent < 0) {
            fail_with(client, (int)sent);
            return;
        }
        client->written += (size_t)sent;
    }
    if (request->size == 0) {
        msgr_fd_finish(client->fd); /* only the FIN tells the server that this is all */
    }
}

static void on_connected(struct msgr_sockets_plain_client *client)
{
    int error = msgr_fd_connected(client->fd);

    if (error != 0) {
        fail_with(client, error);
        return;
    }
    client->is_connected = true;
    report(client, MSGR_PLAIN_EVENT_CONNECTED, MSGR_PLAIN_DONE);
    write_on(client);
}

/* ---- turns --------------------------------------------------------------------------------- */

static uint32_t prepare(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets_plain_client *client = (struct msgr_sockets_plain_client *)(void *)part;
    uint32_t left_ms =
        msgr_sockets_plain_request_left(client->request.timeout_ms, client->since_ms, now_ms);
    uint32_t quiet_ms =
        msgr_sockets_plain_request_left(MSGR_PLAIN_QUIET_MS, client->heard_ms, now_ms);
    int events = !client->is_connected ? POLLOUT : is_written(client) ? POLLIN : POLLIN | POLLOUT;

    client->place = msgr_loop_watch(loop, client->fd, (short)events);
    return client->is_waiting && quiet_ms < left_ms ? quiet_ms : left_ms;
}

static void on_ready(struct msgr_sockets_plain_client *client, short ready)
{
    if (!client->is_connected) {
        on_connected(client);
        return;
    }
    if ((ready & POLLOUT) != 0) {
        write_on(client);
    }
    if ((ready & ~POLLOUT) != 0) {
        for (int left = BATCH; left > 0 && client->fd != MSGR_FD_NONE && receive_one(client);
             left--) {
        }
    }
}

static void on_time(struct msgr_sockets_plain_client *client, uint32_t now_ms)
{
    if (msgr_sockets_plain_request_left(client->request.timeout_ms, client->since_ms, now_ms) ==
        0) {
        fail(client, MSGR_PLAIN_TIMEOUT);
    } else if (client->is_waiting && msgr_sockets_plain_request_left(
                                         MSGR_PLAIN_QUIET_MS, client->heard_ms, now_ms) == 0) {
        on_cue(client, MSGR_PLAIN_CUE_QUIET);
    }
}

static void turn(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets_plain_client *client = (struct msgr_sockets_plain_client *)(void *)part;
    short ready = msgr_loop_ready(loop, client->place);

    if (ready != 0) {
        on_ready(client, ready);
    }
    if (client->fd != MSGR_FD_NONE) {
        on_time(client, now_ms);
    }
}

/* Of a Unix socket's path there is but one. */
static bool is_group(const struct msgr_sockets_address *address)
{
#if MSGR_SOCKETS_UNIX
    if (address->as.any.sa_family == AF_UNIX) {
        return false;
    }
#endif
    return msgr_stack_is_group(&(struct msgr_stack_datagram){.from = *address});
}

/* ---- the client ---------------------------------------------------------------------------- */

int msgr_sockets_plain_send(struct msgr_sockets_plain_client *client,
                            const struct msgr_sockets_plain_request *request)
{
    int error;
    int fd;

    memset(client, 0, sizeof *client);
    client->fd = MSGR_FD_NONE;
    client->part = (struct msgr_part){
        .fd_max = MSGR_SOCKETS_PLAIN_CLIENT_FDS, .prepare = prepare, .turn = turn};
    error = msgr_sockets_plain_request_open(&client->request, request);
    if (error != 0) {
        return error;
    }
    if (is_group(&client->request.address)) {
        return -EINVAL;
    }
    client->since_ms = msgr_loop_now_ms();
    fd = msgr_fd_connect(&client->request.address, true);
    if (fd < 0) {
        return fd;
    }
    error = msgr_loop_add(request->loop, &client->part);
    if (error != 0) {
        msgr_fd_close(fd);
        return error;
    }
    client->fd = fd;
    return 0;
}

void msgr_sockets_plain_cancel(struct msgr_sockets_plain_client *client)
{
    if (client->request.loop != NULL && client->fd != MSGR_FD_NONE) {
        stop(client, true);
    }
}
