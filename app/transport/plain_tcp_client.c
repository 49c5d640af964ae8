/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connecting until is_connected; then the text goes out (written and acked count its bytes) while
 * the answer may come in (received counts). lwIP sends the text from the caller's memory without
 * copying: an exchange succeeds only when all of it is acknowledged, and one that fails aborts the
 * pcb, so lwIP never looks at it after the end.
 *
 * lwIP's poll of the pcb, every 500 ms, is the exchange's time-out; the quiet time that ends the
 * answer has a timer.
 */
#include "msgr/lwip_plain.h"

#include "lwip_lock.h"
#include "lwip_tcp.h"
#include "plain_answer.h"
#include "plain_boundary.h"
#include "plain_request.h"

#include "lwip/sys.h"
#include "lwip/timeouts.h"

#include <string.h>

static void on_quiet(void *arg);

static void report(const struct msgr_plain_tcp_client *client, enum msgr_plain_event_type type,
                   enum msgr_plain_reason reason)
{
    const struct msgr_plain_request *request = &client->request;

    msgr_plain_request_report(request, type, reason, &request->address, client->received);
}

/* ---- the end of an exchange ---------------------------------------------------------------- */

/* The pcb has been closed, aborted, or freed by lwIP. */
static void end(struct msgr_plain_tcp_client *client, enum msgr_plain_reason reason)
{
    sys_untimeout(on_quiet, client);
    client->pcb = NULL;
    report(client, MSGR_PLAIN_EVENT_ENDED, reason);
}

static err_t fail(struct msgr_plain_tcp_client *client, enum msgr_plain_reason reason)
{
    msgr_lwip_tcp_abort(client->pcb);
    end(client, reason);
    return ERR_ABRT;
}

/* The answer is there and all of the text is acknowledged: lwIP needs our memory no more. */
static err_t conclude(struct msgr_plain_tcp_client *client, enum msgr_plain_reason reason)
{
    err_t result = msgr_lwip_tcp_close(client->pcb);

    end(client, reason);
    return result;
}

/* ---- the answer ---------------------------------------------------------------------------- */

static err_t wait_for_more(struct msgr_plain_tcp_client *client)
{
    sys_untimeout(on_quiet, client);
    sys_timeout(MSGR_PLAIN_QUIET_MS, on_quiet, client);
    return ERR_OK;
}

static err_t on_whole_answer(struct msgr_plain_tcp_client *client)
{
    enum msgr_plain_reason reason = MSGR_PLAIN_NO_ACK;

    if (client->received == 0) {
        return fail(client, MSGR_PLAIN_NO_ANSWER);
    }
    /* A server that answers before it has all of the text has not acknowledged all of it. */
    if (client->acked < client->request.size) {
        return fail(client, reason);
    }
    if (msgr_plain_is_acknowledgement(client->request.buffer, client->received)) {
        reason = MSGR_PLAIN_DONE;
        report(client, MSGR_PLAIN_EVENT_RECEIVED, reason);
    }
    return conclude(client, reason);
}

static err_t on_cue(struct msgr_plain_tcp_client *client, enum msgr_plain_cue cue)
{
    const struct msgr_plain_request *request = &client->request;

    switch (msgr_plain_boundary(request->buffer, client->received, request->buffer_size, cue)) {
    case MSGR_PLAIN_BOUNDARY_ENDED:
        return on_whole_answer(client);
    case MSGR_PLAIN_BOUNDARY_TOO_LONG:
        return fail(client, MSGR_PLAIN_TOO_LONG);
    case MSGR_PLAIN_BOUNDARY_FRAMED:
        return fail(client, MSGR_PLAIN_FRAMED);
    case MSGR_PLAIN_BOUNDARY_OPEN:
    default:
        return wait_for_more(client);
    }
}

static void on_quiet(void *arg)
{
    (void)on_cue(arg, MSGR_PLAIN_CUE_QUIET); /* not inside a callback of the pcb's */
}

/* ---- the text ------------------------------------------------------------------------------ */

/* sent and poll come back here for what lwIP does not take now. */
static void write_on(struct msgr_plain_tcp_client *client)
{
    const struct msgr_plain_request *request = &client->request;

    client->written +=
        msgr_lwip_tcp_write(client->pcb, (const char *)request->text + client->written,
                            request->size - client->written);
    if (request->size == 0) {
        /* Only the FIN tells the server that this is all. An error is tried again from poll. */
        (void)tcp_shutdown(client->pcb, 0, 1);
    }
    (void)tcp_output(client->pcb); /* an error here is loss: lwIP's timers send again */
}

/* ---- lwIP's callbacks ---------------------------------------------------------------------- */

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    struct msgr_plain_tcp_client *client = arg;
    const struct msgr_plain_request *request = &client->request;
    enum msgr_plain_cue cue = MSGR_PLAIN_CUE_END;

    (void)err; /* always ERR_OK: lwIP reports errors elsewhere */
    if (p != NULL) {
        cue = msgr_lwip_tcp_take(&client->received, pcb, p, request->buffer, request->buffer_size);
    }
    return on_cue(client, cue);
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t size)
{
    struct msgr_plain_tcp_client *client = arg;

    (void)pcb;
    client->acked += size;
    write_on(client);
    return ERR_OK;
}

static err_t on_poll(void *arg, struct tcp_pcb *pcb)
{
    struct msgr_plain_tcp_client *client = arg;

    (void)pcb;
    if (sys_now() - client->since_ms >= client->request.timeout_ms) {
        return fail(client, MSGR_PLAIN_TIMEOUT);
    }
    if (client->is_connected) {
        write_on(client);
    }
    return ERR_OK;
}

static void on_error(void *arg, err_t err)
{
    struct msgr_plain_tcp_client *client = arg;

    if (client->is_connected) {
        end(client, MSGR_PLAIN_RESET);
    } else {
        end(client, err == ERR_RST ? MSGR_PLAIN_REFUSED : MSGR_PLAIN_TIMEOUT);
    }
}

static const struct msgr_lwip_tcp_callbacks callbacks = {
    .recv = on_recv,
    .sent = on_sent,
    .poll = on_poll,
    .error = on_error,
};

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct msgr_plain_tcp_client *client = arg;

    (void)pcb;
    (void)err; /* always ERR_OK: lwIP reports errors elsewhere */
    client->is_connected = true;
    report(client, MSGR_PLAIN_EVENT_CONNECTED, MSGR_PLAIN_DONE);
    write_on(client);
    return ERR_OK;
}

/* ---- the client ---------------------------------------------------------------------------- */

static err_t start(struct msgr_plain_tcp_client *client, const struct msgr_plain_request *request)
{
    bool is_group;
    err_t err;

    memset(client, 0, sizeof *client);
    err = msgr_plain_request_open(&client->request, request, &is_group);
    if (err != ERR_OK) {
        return err;
    }
    if (is_group) {
        return ERR_VAL;
    }
    client->since_ms = sys_now();
    client->pcb = tcp_new_ip_type(IP_GET_TYPE(&request->address));
    if (client->pcb == NULL) {
        return ERR_MEM;
    }
    err = tcp_connect(client->pcb, &request->address, client->request.port, on_connected);
    if (err != ERR_OK) {
        (void)tcp_close(client->pcb); /* cannot fail: it was never connected */
        client->pcb = NULL;
        return err;
    }
    msgr_lwip_tcp_attach(client->pcb, client, &callbacks);
    return ERR_OK;
}

err_t msgr_plain_tcp_send(struct msgr_plain_tcp_client *client,
                          const struct msgr_plain_request *request)
{
    err_t err;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    err = start(client, request);
    MSGR_UNLOCK();
    return err;
}

void msgr_plain_tcp_cancel(struct msgr_plain_tcp_client *client)
{
    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    if (client->pcb != NULL) {
        msgr_lwip_tcp_abort(client->pcb);
        sys_untimeout(on_quiet, client);
        client->pcb = NULL;
    }
    MSGR_UNLOCK();
}
