/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One datagram out, answers in until the first one (or, with wait_ms, for so long). A pcb connected
 * to one address lets lwIP drop what others send; towards a group everybody may answer.
 */
#include "msgr/lwip_plain.h"

#include "lwip_lock.h"
#include "plain_answer.h"
#include "plain_request.h"

#include "lwip/sys.h"
#include "lwip/timeouts.h"

#include <assert.h>
#include <string.h>

static_assert(MSGR_PLAIN_BUFFER_SIZE == MSGR_PLAIN_HEAD_SIZE + 3 +
                                            sizeof(char[4][MSGR_PLAIN_TEXT_MAX]) +
                                            MSGR_PLAIN_TAIL_SIZE,
              "a buffer holds the longest answer: each byte may become four, in quotes with a b");

static void on_timer(void *arg);

static void stop(struct msgr_plain_udp_client *client)
{
    sys_untimeout(on_timer, client);
    udp_remove(client->pcb);
    client->pcb = NULL;
}

static void cancel(struct msgr_plain_udp_client *client)
{
    if (client->pcb != NULL) {
        stop(client);
    }
}

static void end(struct msgr_plain_udp_client *client, enum msgr_plain_reason reason,
                const ip_addr_t *from, size_t size)
{
    stop(client);
    msgr_plain_request_report(&client->request, MSGR_PLAIN_EVENT_ENDED, reason, from, size);
}

static void on_timer(void *arg)
{
    struct msgr_plain_udp_client *client = arg;

    end(client, client->is_acknowledged ? MSGR_PLAIN_DONE : MSGR_PLAIN_TIMEOUT,
        &client->request.address, 0);
}

static enum msgr_plain_reason judge(const struct msgr_plain_request *request, size_t size)
{
    if (size > request->buffer_size) {
        return MSGR_PLAIN_TOO_LONG;
    }
    return msgr_plain_is_acknowledgement(request->buffer, size) ? MSGR_PLAIN_DONE
                                                                : MSGR_PLAIN_NO_ACK;
}

static void on_answer(struct msgr_plain_udp_client *client, const ip_addr_t *from, size_t size)
{
    const struct msgr_plain_request *request = &client->request;
    enum msgr_plain_reason reason = judge(request, size);

    if (reason == MSGR_PLAIN_DONE) {
        client->is_acknowledged = true;
        msgr_plain_request_report(request, MSGR_PLAIN_EVENT_RECEIVED, reason, from, size);
    }
    if (request->wait_ms == 0) {
        end(client, reason, from, size);
    }
}

static void on_datagram(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *address,
                        u16_t port)
{
    struct msgr_plain_udp_client *client = arg;
    const struct msgr_plain_request *request = &client->request;

    (void)pcb;
    if (port == request->port) {
        (void)pbuf_copy_partial(p, request->buffer,
                                (uint16_t)LWIP_MIN(p->tot_len, request->buffer_size), 0);
        on_answer(client, address, p->tot_len);
    }
    pbuf_free(p);
}

static err_t send_text(struct msgr_plain_udp_client *client)
{
    const struct msgr_plain_request *request = &client->request;
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (uint16_t)request->size, PBUF_RAM); /* one piece */
    err_t err;

    if (p == NULL) {
        return ERR_MEM;
    }
    memcpy(p->payload, request->text, request->size);
    err = udp_sendto(client->pcb, p, &request->address, request->port);
    pbuf_free(p);
    return err;
}

static err_t open_pcb(struct msgr_plain_udp_client *client, bool is_group)
{
    const struct msgr_plain_request *request = &client->request;

    client->pcb = udp_new_ip_type(IP_GET_TYPE(&request->address));
    if (client->pcb == NULL) {
        return ERR_MEM;
    }
    udp_recv(client->pcb, on_datagram, client);
    /* To a group: udp_sendto() gives it a port. */
    return is_group ? ERR_OK : udp_connect(client->pcb, &request->address, request->port);
}

static err_t start(struct msgr_plain_udp_client *client, const struct msgr_plain_request *request)
{
    bool is_group;
    err_t err;

    memset(client, 0, sizeof *client);
    if (request->size > UINT16_MAX) {
        return ERR_ARG;
    }
    err = msgr_plain_request_open(&client->request, request, &is_group);
    if (err == ERR_OK) {
        err = open_pcb(client, is_group);
    }
    if (err == ERR_OK) {
        err = send_text(client);
    }
    if (err != ERR_OK) {
        cancel(client);
        return err;
    }
    sys_timeout(request->wait_ms != 0 ? request->wait_ms : client->request.timeout_ms, on_timer,
                client);
    return ERR_OK;
}

err_t msgr_plain_udp_send(struct msgr_plain_udp_client *client,
                          const struct msgr_plain_request *request)
{
    err_t err;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    err = start(client, request);
    MSGR_UNLOCK();
    return err;
}

void msgr_plain_udp_cancel(struct msgr_plain_udp_client *client)
{
    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    cancel(client);
    MSGR_UNLOCK();
}
