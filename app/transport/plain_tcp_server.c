/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Listening with a backlog of connection_count, and keeping each connection "delayed" in lwIP's
 * words while it lasts, makes lwIP drop the SYN of a client that there is no connection for.
 *
 * The quiet time has one timer for all connections, armed while one of them waits for it.
 */
#include "plain_tcp_connection.h"

#include "lwip_lock.h"

#include "lwip/sys.h"
#include "lwip/timeouts.h"

#include <string.h>

#if !TCP_LISTEN_BACKLOG
#error "plain_tcp_server.c needs TCP_LISTEN_BACKLOG 1 in lwipopts.h: see above"
#endif

/* ---- clients ------------------------------------------------------------------------------- */

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct msgr_plain_tcp_server *server = arg;

    if (pcb == NULL || err != ERR_OK) { /* lwIP had no pcb and dropped the SYN */
        return ERR_MEM;
    }
    if (server->free == NULL) {
        tcp_abort(pcb);
        return ERR_ABRT;
    }
    msgr_plain_tcp_connection_open(server, pcb);
    return ERR_OK;
}

/* ---- the quiet time ------------------------------------------------------------------------ */

static void on_quiet(void *arg)
{
    struct msgr_plain_tcp_server *server = arg;
    uint32_t now_ms = sys_now();
    uint32_t next_ms = 0;

    for (size_t i = 0; i < server->config.connection_count; i++) {
        struct msgr_plain_tcp_connection *connection = &server->config.connections[i];
        uint32_t passed_ms = now_ms - connection->heard_ms;
        if (!connection->is_waiting) {
            continue;
        }
        if (passed_ms >= MSGR_PLAIN_QUIET_MS) {
            msgr_plain_tcp_connection_on_quiet(connection);
        } else if (next_ms == 0 || MSGR_PLAIN_QUIET_MS - passed_ms < next_ms) {
            next_ms = MSGR_PLAIN_QUIET_MS - passed_ms;
        }
    }
    server->is_timer_armed = next_ms > 0;
    if (server->is_timer_armed) {
        sys_timeout(next_ms, on_quiet, server);
    }
}

void msgr_plain_tcp_server_await_quiet(struct msgr_plain_tcp_server *server)
{
    if (!server->is_timer_armed) {
        server->is_timer_armed = true;
        sys_timeout(MSGR_PLAIN_QUIET_MS, on_quiet, server);
    }
}

/* ---- the server's own life ----------------------------------------------------------------- */

static err_t listen_on(struct msgr_plain_tcp_server *server, struct tcp_pcb *pcb)
{
    err_t err = tcp_bind(pcb, IP_ANY_TYPE, server->config.port);

    if (err == ERR_OK) {
        err = ERR_MEM; /* the one reason not to listen */
        server->listener = tcp_listen_with_backlog(pcb, server->config.connection_count);
    }
    if (server->listener == NULL) {
        (void)tcp_close(pcb); /* cannot fail: it was never connected */
        return err;
    }
    tcp_arg(server->listener, server);
    tcp_accept(server->listener, on_accept);
    return ERR_OK;
}

static err_t start(struct msgr_plain_tcp_server *server, const struct msgr_plain_tcp_config *config)
{
    struct tcp_pcb *pcb;

    memset(server, 0, sizeof *server);
    if (config->connections == NULL || config->connection_count == 0) {
        return ERR_ARG;
    }
    server->config = *config;
    if (config->port == 0) {
        server->config.port = MSGR_PORT;
    }
    if (config->silence_ms == 0) {
        server->config.silence_ms = MSGR_PLAIN_SILENCE_MS;
    }
    server->open_count = config->connection_count; /* until they are given back */
    for (size_t i = 0; i < config->connection_count; i++) {
        msgr_plain_tcp_connection_add(&config->connections[i], server);
    }
    pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);
    return pcb != NULL ? listen_on(server, pcb) : ERR_MEM;
}

err_t msgr_plain_tcp_server_open(struct msgr_plain_tcp_server *server,
                                 const struct msgr_plain_tcp_config *config)
{
    err_t err;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    err = start(server, config);
    MSGR_UNLOCK();
    return err;
}

void msgr_plain_tcp_server_stop_locked(struct msgr_plain_tcp_server *server)
{
    LWIP_ASSERT_CORE_LOCKED();
    if (server->listener != NULL) {
        (void)tcp_close(server->listener); /* cannot fail: it listens */
        server->listener = NULL;
    }
}

void msgr_plain_tcp_server_stop(struct msgr_plain_tcp_server *server)
{
    MSGR_LOCK();
    msgr_plain_tcp_server_stop_locked(server);
    MSGR_UNLOCK();
}

void msgr_plain_tcp_server_close(struct msgr_plain_tcp_server *server)
{
    struct msgr_plain_tcp_connection *connection;

    MSGR_LOCK();
    msgr_plain_tcp_server_stop_locked(server);
    sys_untimeout(on_quiet, server);
    server->is_timer_armed = false;
    connection = server->config.connections;
    for (size_t left = server->config.connection_count; left > 0; left--, connection++) {
        if (connection->pcb != NULL) {
            msgr_plain_tcp_connection_drop(connection);
        }
    }
    MSGR_UNLOCK();
}
