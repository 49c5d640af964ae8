/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One datagram out, answers in until the first one (or, with wait_ms, for so long). A socket that
 * is connected to one address lets the stack drop what others send; towards a group everybody may
 * answer.
 */
#include "msgr/sockets_plain.h"

#include "plain_answer.h"
#include "sockets_address.h"
#include "sockets_fd.h"
#include "sockets_plain_request.h"
#include "sockets_stack.h"

#include <string.h>

#define BATCH 32 /* datagrams in a turn */

static void stop(struct msgr_sockets_plain_udp_client *client)
{
    msgr_loop_remove(client->request.loop, &client->part);
    msgr_fd_close(client->fd);
    client->fd = MSGR_FD_NONE;
}

static void end(struct msgr_sockets_plain_udp_client *client, enum msgr_plain_reason reason,
                const struct msgr_sockets_address *from, size_t size)
{
    stop(client);
    msgr_sockets_plain_request_report(&client->request, MSGR_PLAIN_EVENT_ENDED, reason, from, size);
}

/* ---- answers ------------------------------------------------------------------------------- */

static enum msgr_plain_reason judge(const struct msgr_sockets_plain_request *request, size_t size)
{
    if (size > request->buffer_size) {
        return MSGR_PLAIN_TOO_LONG;
    }
    return msgr_plain_is_acknowledgement(request->buffer, size) ? MSGR_PLAIN_DONE
                                                                : MSGR_PLAIN_NO_ACK;
}

static void on_answer(struct msgr_sockets_plain_udp_client *client,
                      const struct msgr_sockets_address *from, size_t size)
{
    const struct msgr_sockets_plain_request *request = &client->request;
    enum msgr_plain_reason reason = judge(request, size);

    if (reason == MSGR_PLAIN_DONE) {
        client->is_acknowledged = true;
        msgr_sockets_plain_request_report(request, MSGR_PLAIN_EVENT_RECEIVED, reason, from, size);
    }
    if (request->wait_ms == 0) {
        end(client, reason, from, size);
    }
}

/* An answer that is longer than the buffer ends in a byte of ours; lwIP takes no empty pieces. */
static ptrdiff_t receive(const struct msgr_sockets_plain_udp_client *client,
                         struct msgr_sockets_address *from)
{
    const struct msgr_sockets_plain_request *request = &client->request;
    char beyond;
    struct iovec piece[] = {{.iov_base = request->buffer, .iov_len = request->buffer_size},
                            {.iov_base = &beyond, .iov_len = 1}};
    int skipped = request->buffer_size == 0;
    struct msghdr message = {.msg_name = &from->as,
                             .msg_namelen = sizeof from->as,
                             .msg_iov = piece + skipped,
                             .msg_iovlen = skipped ? 1 : 2};
    ptrdiff_t got;

    do {
        got = msgr_stack_recvmsg(client->fd, &message, 0);
    } while (got < 0 && errno == EINTR);
    from->size = message.msg_namelen;
    msgr_sockets_address_unmap(from);
    return got < 0 ? msgr_fd_error() : got;
}

/* @return whether there may be more */
static bool receive_one(struct msgr_sockets_plain_udp_client *client)
{
    struct msgr_sockets_address from;
    ptrdiff_t got = receive(client, &from);

    if (got == -EAGAIN) {
        return false;
    }
    if (got < 0) { /* of a router or a host: it does not get there */
        client->error = (int)-got;
        end(client, msgr_sockets_plain_request_reason((int)got), &client->request.address, 0);
        return false;
    }
    if (msgr_sockets_address_port(&from) == msgr_sockets_address_port(&client->request.address)) {
        on_answer(client, &from, (size_t)got);
    }
    return client->fd != MSGR_FD_NONE;
}

/* ---- turns --------------------------------------------------------------------------------- */

static uint32_t left_ms(const struct msgr_sockets_plain_udp_client *client, uint32_t now_ms)
{
    const struct msgr_sockets_plain_request *request = &client->request;

    return msgr_sockets_plain_request_left(
        request->wait_ms != 0 ? request->wait_ms : request->timeout_ms, client->since_ms, now_ms);
}

static uint32_t prepare(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets_plain_udp_client *client =
        (struct msgr_sockets_plain_udp_client *)(void *)part;

    client->place = msgr_loop_watch(loop, client->fd, POLLIN);
    return left_ms(client, now_ms);
}

static void turn(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets_plain_udp_client *client =
        (struct msgr_sockets_plain_udp_client *)(void *)part;

    if (msgr_loop_ready(loop, client->place) != 0) {
        for (int left = BATCH; left > 0 && receive_one(client); left--) {
        }
    }
    if (client->fd != MSGR_FD_NONE && left_ms(client, now_ms) == 0) {
        end(client, client->is_acknowledged ? MSGR_PLAIN_DONE : MSGR_PLAIN_TIMEOUT,
            &client->request.address, 0);
    }
}

/* ---- the client ---------------------------------------------------------------------------- */

static int open_to_group(const struct msgr_sockets_address *address)
{
    int fd = msgr_stack_socket(address->as.any.sa_family, SOCK_DGRAM, 0);
    int error = fd < 0 ? msgr_fd_error() : msgr_stack_prepare(fd);
    int on = 1;

    if (fd >= 0 && error == 0) {
        (void)msgr_stack_setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
        return fd;
    }
    if (fd >= 0) {
        msgr_fd_close(fd);
    }
    return error;
}

/* A broadcast address that the stack knows for one is found out by its refusing to connect to it.
 */
static int open_socket(const struct msgr_sockets_address *address, bool *is_group)
{
    int fd = -EACCES;

    *is_group = msgr_stack_is_group(&(struct msgr_stack_datagram){.from = *address});
    if (!*is_group) {
        fd = msgr_fd_connect(address, false);
    }
    if (fd == -EACCES) {
        *is_group = true;
        fd = open_to_group(address);
    }
    return fd;
}

static int send_text(int fd, const struct msgr_sockets_plain_request *request, bool is_group)
{
    static const struct msgr_sockets_address any = {.size = 0};
    ptrdiff_t sent;

    if (is_group) {
        return msgr_stack_send_datagram(fd, false, request->text, request->size, &request->address,
                                        &any);
    }
    sent = msgr_fd_send(fd, request->text, request->size);
    return sent < 0 ? (int)sent : 0;
}

static int start(struct msgr_sockets_plain_udp_client *client)
{
    const struct msgr_sockets_plain_request *request = &client->request;
    bool is_group;
    int fd = open_socket(&request->address, &is_group);
    int error;

    if (fd < 0) {
        return fd;
    }
    error = send_text(fd, request, is_group);
    if (error == 0) {
        error = msgr_loop_add(request->loop, &client->part);
    }
    if (error != 0) {
        msgr_fd_close(fd);
        return error;
    }
    client->fd = fd;
    client->since_ms = msgr_loop_now_ms();
    return 0;
}

int msgr_sockets_plain_udp_send(struct msgr_sockets_plain_udp_client *client,
                                const struct msgr_sockets_plain_request *request)
{
    int error;

    memset(client, 0, sizeof *client);
    client->fd = MSGR_FD_NONE;
    client->part = (struct msgr_part){
        .fd_max = MSGR_SOCKETS_PLAIN_CLIENT_FDS, .prepare = prepare, .turn = turn};
    if (request->size > UINT16_MAX) {
        return -EMSGSIZE;
    }
    error = msgr_sockets_plain_request_open(&client->request, request);
    return error != 0 ? error : start(client);
}

void msgr_sockets_plain_udp_cancel(struct msgr_sockets_plain_udp_client *client)
{
    if (client->request.loop != NULL && client->fd != MSGR_FD_NONE) {
        stop(client);
    }
}
