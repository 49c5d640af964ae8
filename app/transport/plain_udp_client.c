/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One datagram out, answers in until the first one (or, with wait_ms, for so long). A pcb connected
 * to one address lets lwIP drop what others send; towards a group everybody may answer.
 */
#include "msgr/lwip_plain.h"

#include "lwip_address.h"
#include "lwip_lock.h"
#include "lwip_udp.h"
#include "plain_answer.h"

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

static void end(struct msgr_plain_udp_client *client, struct msgr_plain_event *event,
                enum msgr_plain_reason reason)
{
    msgr_plain_handler handler = client->request.handler;
    void *arg = client->request.arg;

    stop(client);
    event->type = MSGR_PLAIN_EVENT_ENDED;
    event->reason = reason;
    if (handler != NULL) {
        handler(arg, event);
    }
}

static void on_timer(void *arg)
{
    struct msgr_plain_udp_client *client = arg;
    struct msgr_plain_event event = {.address = &client->request.address,
                                     .port = client->request.port};

    end(client, &event, client->is_acknowledged ? MSGR_PLAIN_DONE : MSGR_PLAIN_TIMEOUT);
}

static void take_acknowledgement(struct msgr_plain_udp_client *client,
                                 struct msgr_plain_event *event)
{
    client->is_acknowledged = true;
    event->type = MSGR_PLAIN_EVENT_RECEIVED;
    event->reason = MSGR_PLAIN_DONE;
    if (client->request.handler != NULL) {
        client->request.handler(client->request.arg, event);
    }
    if (client->request.wait_ms == 0) {
        event->text = NULL;
        event->size = 0;
        end(client, event, MSGR_PLAIN_DONE);
    }
}

static void on_answer(struct msgr_plain_udp_client *client, struct msgr_plain_event *event)
{
    bool is_collecting = client->request.wait_ms != 0;

    if (event->text != NULL && msgr_plain_is_acknowledgement(event->text, event->size)) {
        take_acknowledgement(client, event);
    } else if (!is_collecting) {
        end(client, event, event->text == NULL ? MSGR_PLAIN_TOO_LONG : MSGR_PLAIN_NO_ACK);
    }
}

static void on_datagram(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *address,
                        u16_t port)
{
    struct msgr_plain_udp_client *client = arg;
    const struct msgr_plain_request *request = &client->request;
    struct msgr_plain_event event = {.address = address, .port = port};

    (void)pcb;
    if (port == request->port) {
        if (p->tot_len <= request->buffer_size) {
            event.text = msgr_lwip_contiguous(p, request->buffer, p->tot_len);
            event.size = p->tot_len;
        }
        on_answer(client, &event);
    }
    pbuf_free(p);
}

static err_t send_text(struct msgr_plain_udp_client *client)
{
    const struct msgr_plain_request *request = &client->request;
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (uint16_t)request->size, PBUF_RAM);
    err_t err;

    if (p == NULL) {
        return ERR_MEM;
    }
    err = pbuf_take(p, request->text, (uint16_t)request->size);
    if (err == ERR_OK) {
        err = udp_sendto(client->pcb, p, &request->address, request->port);
    }
    pbuf_free(p);
    return err;
}

static err_t open_pcb(struct msgr_plain_udp_client *client)
{
    const ip_addr_t *address = &client->request.address;
    struct netif *netif = msgr_lwip_route(address);
    err_t err;

    if (netif == NULL) {
        return ERR_RTE;
    }
    if (ip_addr_isany(address)) {
        return ERR_VAL;
    }
    client->is_group = msgr_lwip_is_group(address, netif);
    client->pcb = udp_new_ip_type(IP_GET_TYPE(address));
    if (client->pcb == NULL) {
        return ERR_MEM;
    }
    err = client->is_group ? udp_bind(client->pcb, IP_ANY_TYPE, 0)
                           : udp_connect(client->pcb, address, client->request.port);
    udp_recv(client->pcb, on_datagram, client);
    return err;
}

static err_t start(struct msgr_plain_udp_client *client, const struct msgr_plain_request *request)
{
    err_t err;

    memset(client, 0, sizeof *client);
    if (request->size > UINT16_MAX) {
        return ERR_ARG;
    }
    client->request = *request;
    if (request->port == 0) {
        client->request.port = MSGR_PORT;
    }
    if (request->timeout_ms == 0) {
        client->request.timeout_ms = MSGR_PLAIN_TIMEOUT_MS;
    }
    err = open_pcb(client);
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
