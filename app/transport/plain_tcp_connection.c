/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection is free (no pcb), or
 *
 *   RECEIVING   until the text ends, is refused, or its time is over;
 *   ANSWERING   until lwIP has taken the whole answer and the FIN;
 *   LINGERING   until the client has acknowledged all of it, or that takes too long;
 *   ACKNOWLEDGED  until the client has closed, too, or that takes too long.
 *
 * The text is received at its place in the answer, behind room for the head; then the tail is put
 * behind it and lwIP sends the answer from here without copying. So the buffer belongs to lwIP
 * until all is acknowledged, and a connection is given up before that only by aborting the pcb.
 *
 * Coarse times (silence, stalled, lingering) and retries come from lwIP's poll of the pcb, every
 * 500 ms; the quiet time from the server's timer.
 *
 * Functions that may abort the pcb return ERR_ABRT if they did; lwIP wants it from its callbacks.
 */
#include "plain_tcp_connection.h"

#include "lwip_tcp.h"
#include "plain_answer.h"
#include "plain_boundary.h"

#include "lwip/sys.h"

#include <assert.h>

static_assert(MSGR_PLAIN_TCP_AROUND == MSGR_PLAIN_HEAD_SIZE + MSGR_PLAIN_TAIL_SIZE,
              "the buffer holds an answer");

enum state {
    RECEIVING,
    ANSWERING,
    LINGERING,
    ACKNOWLEDGED,
};

static char *text_of(struct msgr_plain_tcp_connection *connection)
{
    return connection->buffer + MSGR_PLAIN_HEAD_SIZE;
}

static void report(struct msgr_plain_tcp_connection *connection, enum msgr_plain_event_type type,
                   enum msgr_plain_reason reason)
{
    const struct msgr_plain_tcp_config *config = &connection->server->config;
    bool has_text = type == MSGR_PLAIN_EVENT_RECEIVED;
    struct msgr_plain_event event = {
        .type = type,
        .reason = reason,
        .id = connection,
        .address = &connection->address,
        .port = connection->port,
        .text = has_text ? text_of(connection) : NULL,
        .size = has_text ? connection->received : 0,
    };

    if (config->handler != NULL) {
        config->handler(config->arg, &event);
    }
}

static void enter(struct msgr_plain_tcp_connection *connection, enum state state)
{
    connection->state = (uint8_t)state;
    connection->since_ms = sys_now();
}

/* ---- the end of a connection --------------------------------------------------------------- */

static void give_back(struct msgr_plain_tcp_connection *connection)
{
    struct msgr_plain_tcp_server *server = connection->server;

    connection->pcb = NULL;
    connection->is_waiting = false;
    connection->next_free = server->free;
    server->free = connection;
    server->open_count--;
}

void msgr_plain_tcp_connection_drop(struct msgr_plain_tcp_connection *connection)
{
    msgr_lwip_tcp_abort(connection->pcb);
    give_back(connection);
}

static err_t reset(struct msgr_plain_tcp_connection *connection, enum msgr_plain_reason reason)
{
    msgr_plain_tcp_connection_drop(connection);
    report(connection, MSGR_PLAIN_EVENT_ENDED, reason);
    return ERR_ABRT;
}

/* All is acknowledged and our FIN is on its way; the rest lwIP does alone. It keeps the pcb of a
 * client that does not close for another 20 s, but gives it up for a new one. */
static err_t finish(struct msgr_plain_tcp_connection *connection)
{
    err_t result;

    tcp_backlog_accepted(connection->pcb);
    tcp_setprio(connection->pcb, TCP_PRIO_MIN);
    result = msgr_lwip_tcp_close(connection->pcb);
    give_back(connection);
    report(connection, MSGR_PLAIN_EVENT_ENDED, MSGR_PLAIN_DONE);
    return result;
}

/* ---- lingering ----------------------------------------------------------------------------- */

static err_t linger(struct msgr_plain_tcp_connection *connection)
{
    if (connection->state == LINGERING && connection->unacked == 0) {
        enter(connection, ACKNOWLEDGED);
    }
    return connection->state == ACKNOWLEDGED && connection->has_fin ? finish(connection) : ERR_OK;
}

/* It has taken too long, or sent too much. */
static err_t give_up(struct msgr_plain_tcp_connection *connection)
{
    struct msgr_plain_tcp_counters *counters = &connection->server->counters;

    if (connection->state == ACKNOWLEDGED) {
        return finish(connection);
    }
    if (connection->state == RECEIVING) {
        counters->silent++;
        return reset(connection, MSGR_PLAIN_SILENT);
    }
    counters->stalled++;
    return reset(connection, MSGR_PLAIN_STALLED);
}

/* ---- answering ----------------------------------------------------------------------------- */

/* sent and poll come back here for what lwIP does not take now. */
static bool write_answer(struct msgr_plain_tcp_connection *connection)
{
    size_t left = connection->answer_size - connection->written;
    size_t taken =
        msgr_lwip_tcp_write(connection->pcb, connection->answer + connection->written, left);

    connection->written += taken;
    return taken == left;
}

static err_t answer_on(struct msgr_plain_tcp_connection *connection)
{
    bool is_done = write_answer(connection) && tcp_shutdown(connection->pcb, 0, 1) == ERR_OK;

    /* An error here is loss: lwIP's timers send again. */
    (void)tcp_output(connection->pcb);
    if (!is_done) {
        return ERR_OK;
    }
    enter(connection, LINGERING);
    report(connection, MSGR_PLAIN_EVENT_ANSWERED,
           connection->answer == connection->buffer ? MSGR_PLAIN_DONE : MSGR_PLAIN_TOO_LONG);
    return linger(connection);
}

static err_t go_on(struct msgr_plain_tcp_connection *connection)
{
    return connection->state == ANSWERING ? answer_on(connection) : linger(connection);
}

static err_t answer(struct msgr_plain_tcp_connection *connection, size_t size)
{
    connection->answer_size = size;
    connection->unacked = size;
    connection->is_waiting = false;
    enter(connection, ANSWERING);
    return answer_on(connection);
}

/* @return the answer's size */
static size_t acknowledge(struct msgr_plain_tcp_connection *connection)
{
    connection->server->counters.answered++;
    report(connection, MSGR_PLAIN_EVENT_RECEIVED, MSGR_PLAIN_DONE);
    connection->answer = connection->buffer;
    return msgr_plain_answer_around(connection->buffer, connection->received);
}

/* @return the answer's size */
static size_t refuse(struct msgr_plain_tcp_connection *connection)
{
    connection->server->counters.refused++;
    report(connection, MSGR_PLAIN_EVENT_REFUSED, MSGR_PLAIN_TOO_LONG);
    connection->answer = MSGR_PLAIN_TOO_LONG_ANSWER;
    return sizeof MSGR_PLAIN_TOO_LONG_ANSWER - 1;
}

/* ---- receiving ----------------------------------------------------------------------------- */

/* To the framed protocol, if it is there. Who sends more than fits, where HELLO alone may come,
 * does not keep its rules. */
static err_t hand_over(struct msgr_plain_tcp_connection *connection)
{
    struct msgr_plain_tcp_server *server = connection->server;

    server->counters.framed++;
#if MSGR_FRAMED
    struct tcp_pcb *pcb = connection->pcb;

    if (server->framed != NULL && connection->received <= MSGR_PLAIN_TEXT_MAX) {
        tcp_backlog_accepted(pcb);
        give_back(connection);
        report(connection, MSGR_PLAIN_EVENT_ENDED, MSGR_PLAIN_DONE);
        return server->framed(server->framed_arg, pcb, text_of(connection), connection->received);
    }
#endif
    return reset(connection, MSGR_PLAIN_FRAMED);
}

static err_t wait_for_more(struct msgr_plain_tcp_connection *connection)
{
    connection->is_waiting = true;
    connection->heard_ms = sys_now();
    msgr_plain_tcp_server_await_quiet(connection->server);
    return ERR_OK;
}

static err_t on_cue(struct msgr_plain_tcp_connection *connection, enum msgr_plain_cue cue)
{
    switch (
        msgr_plain_boundary(text_of(connection), connection->received, MSGR_PLAIN_TEXT_MAX, cue)) {
    case MSGR_PLAIN_BOUNDARY_ENDED:
        return answer(connection, acknowledge(connection));
    case MSGR_PLAIN_BOUNDARY_TOO_LONG:
        return answer(connection, refuse(connection));
    case MSGR_PLAIN_BOUNDARY_FRAMED:
        return hand_over(connection);
    case MSGR_PLAIN_BOUNDARY_OPEN:
    default:
        return wait_for_more(connection);
    }
}

/* ---- lwIP's callbacks ---------------------------------------------------------------------- */

/* What comes after the text is read and thrown away, within bounds. */
static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    struct msgr_plain_tcp_connection *connection = arg;
    bool is_text = connection->state == RECEIVING;
    enum msgr_plain_cue cue = MSGR_PLAIN_CUE_END;

    (void)err; /* always ERR_OK: lwIP reports errors elsewhere */
    if (p == NULL) {
        connection->has_fin = true;
    } else {
        cue = msgr_lwip_tcp_take(&connection->received, pcb, p, text_of(connection),
                                 is_text ? MSGR_PLAIN_TEXT_MAX : 0);
    }
    if (is_text) {
        return on_cue(connection, cue);
    }
    return connection->received > MSGR_PLAIN_LINGER_MAX ? give_up(connection) : linger(connection);
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t size)
{
    struct msgr_plain_tcp_connection *connection = arg;

    (void)pcb;
    connection->unacked -= size;
    return go_on(connection);
}

static err_t on_poll(void *arg, struct tcp_pcb *pcb)
{
    struct msgr_plain_tcp_connection *connection = arg;
    uint32_t limit_ms = connection->server->config.silence_ms;

    (void)pcb;
    if (connection->state == ACKNOWLEDGED) {
        limit_ms = MSGR_PLAIN_LINGER_MS;
    }
    return sys_now() - connection->since_ms >= limit_ms ? give_up(connection) : go_on(connection);
}

static void on_error(void *arg, err_t err)
{
    struct msgr_plain_tcp_connection *connection = arg;

    (void)err; /* whatever it was: the pcb is gone before we were done with it */
    connection->server->counters.reset++;
    give_back(connection);
    report(connection, MSGR_PLAIN_EVENT_ENDED, MSGR_PLAIN_RESET);
}

static const struct msgr_lwip_tcp_callbacks callbacks = {
    .recv = on_recv,
    .sent = on_sent,
    .poll = on_poll,
    .error = on_error,
};

/* ---- for the server ------------------------------------------------------------------------ */

void msgr_plain_tcp_connection_add(struct msgr_plain_tcp_connection *connection,
                                   struct msgr_plain_tcp_server *server)
{
    connection->server = server;
    give_back(connection);
}

void msgr_plain_tcp_connection_open(struct msgr_plain_tcp_server *server, struct tcp_pcb *pcb)
{
    struct msgr_plain_tcp_connection *connection = server->free;

    server->free = connection->next_free;
    connection->pcb = pcb;
    connection->address = pcb->remote_ip;
    connection->port = pcb->remote_port;
    connection->has_fin = false;
    connection->written = 0;
    connection->received = 0;
    server->open_count++;
    server->counters.accepted++;
    enter(connection, RECEIVING);

    tcp_backlog_delayed(pcb);
    msgr_lwip_tcp_attach(pcb, connection, &callbacks);
    report(connection, MSGR_PLAIN_EVENT_CONNECTED, MSGR_PLAIN_DONE);
}

void msgr_plain_tcp_connection_on_quiet(struct msgr_plain_tcp_connection *connection)
{
    (void)on_cue(connection, MSGR_PLAIN_CUE_QUIET); /* not inside a callback of the pcb's */
}
