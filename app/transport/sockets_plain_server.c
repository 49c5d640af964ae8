/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * While all records are in use, the listener is not watched: further clients wait in the stack's
 * backlog. The same for a second after the stack has run out of descriptors, since poll() would say
 * again and again that there is a client, whom nobody can take.
 */
#include "sockets_plain_connection.h"

#include "serial.h"
#include "sockets_fd.h"

#include <string.h>

#define PAUSE_MS 1000 /* after a lack of descriptors */

/* ---- clients ------------------------------------------------------------------------------- */

static struct msgr_sockets_plain_connection *
find_free(const struct msgr_sockets_plain_server *server)
{
    for (size_t i = 0; i < server->config.connection_count; i++) {
        if (server->config.connections[i].fd == MSGR_FD_NONE) {
            return &server->config.connections[i];
        }
    }
    return NULL;
}

static void starve(struct msgr_sockets_plain_server *server, uint32_t now_ms)
{
    server->no_descriptors++;
    server->is_starved = true;
    server->pause_ms = now_ms + PAUSE_MS;
}

static void accept_clients(struct msgr_sockets_plain_server *server, uint32_t now_ms)
{
    struct msgr_sockets_plain_connection *connection;
    struct msgr_sockets_address address;

    while (server->listener != MSGR_FD_NONE && (connection = find_free(server)) != NULL) {
        int fd = msgr_fd_accept(server->listener, &address);
        if (fd < 0) {
            if (msgr_fd_is_shortage(fd)) {
                starve(server, now_ms);
            }
            return;
        }
        msgr_sockets_plain_connection_open(server, connection, fd, &address);
    }
}

/* ---- turns --------------------------------------------------------------------------------- */

static bool is_accepting(const struct msgr_sockets_plain_server *server)
{
    return server->listener != MSGR_FD_NONE && !server->is_starved &&
           server->open_count < server->config.connection_count;
}

/* @return milliseconds until the pause is over */
static uint32_t pause_of(struct msgr_sockets_plain_server *server, uint32_t now_ms)
{
    if (!server->is_starved) {
        return MSGR_LOOP_FOREVER;
    }
    if (msgr_serial_before(now_ms, server->pause_ms)) {
        return server->pause_ms - now_ms;
    }
    server->is_starved = false;
    return MSGR_LOOP_FOREVER;
}

static uint32_t prepare(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets_plain_server *server = (struct msgr_sockets_plain_server *)(void *)part;
    uint32_t wait_ms = pause_of(server, now_ms);

    server->place = is_accepting(server) ? msgr_loop_watch(loop, server->listener, POLLIN) : 0;
    for (size_t i = 0; i < server->config.connection_count; i++) {
        struct msgr_sockets_plain_connection *connection = &server->config.connections[i];
        if (connection->fd != MSGR_FD_NONE) {
            uint32_t own_ms = msgr_sockets_plain_connection_wait(server, connection, now_ms);
            msgr_sockets_plain_connection_watch(connection, loop);
            wait_ms = own_ms < wait_ms ? own_ms : wait_ms;
        }
    }
    return wait_ms;
}

static void turn(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets_plain_server *server = (struct msgr_sockets_plain_server *)(void *)part;

    for (size_t i = 0; i < server->config.connection_count; i++) {
        struct msgr_sockets_plain_connection *connection = &server->config.connections[i];
        if (connection->fd != MSGR_FD_NONE) {
            msgr_sockets_plain_connection_turn(server, connection,
                                               msgr_loop_ready(loop, connection->place), now_ms);
        }
    }
    if (server->place != 0 && msgr_loop_ready(loop, server->place) != 0) {
        accept_clients(server, now_ms);
    }
}

/* ---- the server's own life ----------------------------------------------------------------- */

static void reset(struct msgr_sockets_plain_server *server,
                  const struct msgr_sockets_plain_config *config)
{
    memset(server, 0, sizeof *server);
    server->config = *config;
    server->config.path = NULL;
    if (config->port == 0) {
        server->config.port = MSGR_PORT;
    }
    if (config->silence_ms == 0) {
        server->config.silence_ms = MSGR_PLAIN_SILENCE_MS;
    }
    server->listener = MSGR_FD_NONE;
    server->part = (struct msgr_part){.fd_max = MSGR_SOCKETS_PLAIN_FDS(config->connection_count),
                                      .prepare = prepare,
                                      .turn = turn};
    for (size_t i = 0; config->connections != NULL && i < config->connection_count; i++) {
        config->connections[i].fd = MSGR_FD_NONE;
    }
}

#if MSGR_SOCKETS_UNIX
static int listen_on(struct msgr_sockets_plain_server *server, const char *path, int backlog)
{
    int fd;

    if (path == NULL) {
        return msgr_fd_listen(server->config.port, backlog);
    }
    fd = msgr_fd_listen_local(path, backlog);
    if (fd >= 0) {
        memcpy(server->path, path, strlen(path) + 1);
    }
    return fd;
}

static void remove_path(struct msgr_sockets_plain_server *server)
{
    if (server->path[0] != '\0') {
        (void)unlink(server->path);
        server->path[0] = '\0';
    }
}
#else
static int listen_on(struct msgr_sockets_plain_server *server, const char *path, int backlog)
{
    return path == NULL ? msgr_fd_listen(server->config.port, backlog) : -EAFNOSUPPORT;
}

static void remove_path(struct msgr_sockets_plain_server *server)
{
    (void)server;
}
#endif

int msgr_sockets_plain_server_open(struct msgr_sockets_plain_server *server,
                                   const struct msgr_sockets_plain_config *config)
{
    int error;

    reset(server, config);
    if (config->loop == NULL || config->connections == NULL || config->connection_count == 0) {
        return -EINVAL;
    }
    server->listener = listen_on(server, config->path, config->connection_count);
    if (server->listener < 0) {
        error = server->listener;
        server->listener = MSGR_FD_NONE;
        return error;
    }
    error = msgr_loop_add(config->loop, &server->part);
    server->is_open = error == 0;
    if (error != 0) {
        msgr_sockets_plain_server_stop(server);
    }
    return error;
}

void msgr_sockets_plain_server_stop(struct msgr_sockets_plain_server *server)
{
    if (server->listener != MSGR_FD_NONE) {
        remove_path(server);
        msgr_fd_close(server->listener);
        server->listener = MSGR_FD_NONE;
    }
}

void msgr_sockets_plain_server_close(struct msgr_sockets_plain_server *server)
{
    if (!server->is_open) {
        return;
    }
    server->is_open = false;
    msgr_sockets_plain_server_stop(server);
    for (size_t i = 0; i < server->config.connection_count; i++) {
        if (server->config.connections[i].fd != MSGR_FD_NONE) {
            msgr_sockets_plain_connection_drop(server, &server->config.connections[i]);
        }
    }
    msgr_loop_remove(server->config.loop, &server->part);
}
