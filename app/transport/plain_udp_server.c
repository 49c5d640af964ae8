/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * No state but the counters and the allowances of SPEC.md, 4.3: each datagram is answered, or not,
 * before the next one is looked at.
 */
#include "msgr/lwip_plain.h"

#include "lwip_address.h"
#include "lwip_lock.h"
#include "plain_answer.h"
#include "plain_policy.h"

#include "lwip/ip.h"
#include "lwip/sys.h"

#include <string.h>

static void report(const struct msgr_plain_udp_server *server, const struct msgr_plain_event *event)
{
    if (server->config.handler != NULL) {
        server->config.handler(server->config.arg, event);
    }
}

/* From the address that the question was sent to, so that a connected client accepts it. */
static enum msgr_plain_reason send_answer(struct msgr_plain_udp_server *server, size_t size,
                                          const struct msgr_plain_event *event)
{
    struct pbuf *answer = pbuf_alloc(PBUF_TRANSPORT, (uint16_t)size, PBUF_RAM); /* one piece */
    err_t err = ERR_MEM;

    if (answer != NULL) {
        if (event->reason == MSGR_PLAIN_TOO_LONG) {
            memcpy(answer->payload, MSGR_PLAIN_TOO_LONG_ANSWER, size);
        } else {
            msgr_plain_answer(answer->payload, event->text, event->size);
        }
        err = udp_sendto_if_src(server->pcb, answer, event->address, event->port,
                                ip_current_input_netif(), ip_current_dest_addr());
        pbuf_free(answer);
    }
    if (err != ERR_OK) {
        server->counters.no_memory++;
        return MSGR_PLAIN_NO_MEMORY;
    }
    return MSGR_PLAIN_DONE;
}

static void serve(struct msgr_plain_udp_server *server, struct msgr_plain_datagram *datagram,
                  const ip_addr_t *address)
{
    enum msgr_plain_reason reason;
    struct msgr_plain_event event = {
        .type = MSGR_PLAIN_EVENT_RECEIVED,
        .reason = MSGR_PLAIN_DONE,
        .id = server,
        .address = address,
        .port = datagram->source_port,
        .text = datagram->text,
        .size = datagram->size,
    };

    if (datagram->size > MSGR_PLAIN_TEXT_MAX) {
        server->counters.refused++;
        event.type = MSGR_PLAIN_EVENT_REFUSED;
        event.reason = MSGR_PLAIN_TOO_LONG;
        event.text = NULL;
        event.size = 0;
        datagram->answer_size = sizeof MSGR_PLAIN_TOO_LONG_ANSWER - 1;
    } else {
        datagram->answer_size = msgr_plain_answer_size(datagram->text, datagram->size);
    }
    report(server, &event);
    reason = msgr_plain_policy(&server->policy, datagram, sys_now());
    if (reason == MSGR_PLAIN_DONE) {
        reason = send_answer(server, datagram->answer_size, &event);
    }
    if (reason == MSGR_PLAIN_DONE) {
        server->counters.answered++;
        event.type = MSGR_PLAIN_EVENT_ANSWERED;
    } else {
        server->counters.unanswered++;
        event.type = MSGR_PLAIN_EVENT_UNANSWERED;
        event.reason = reason;
    }
    report(server, &event);
}

/* The text in one piece: where it is, or else copied behind the server's own. */
static const void *contiguous(struct msgr_plain_udp_server *server, const struct pbuf *p)
{
    uint16_t size = (uint16_t)LWIP_MIN(p->tot_len, MSGR_PLAIN_TEXT_MAX);

    /* lwIP has no first byte of an empty datagram. */
    return size > 0 ? pbuf_get_contiguous(p, server->text, size, size, 0) : server->text;
}

/* A key for the rate limit; the two families never share one. */
static void set_key(struct msgr_rate_source *key, const ip_addr_t *address)
{
#if LWIP_IPV6
    /* In an address of IPv4 lwIP has cleared the words that only IPv6 has. */
    for (size_t i = 0; i < LWIP_ARRAYSIZE(key->word); i++) {
        key->word[i] = ip_2_ip6(address)->addr[i];
    }
#else
    memset(key, 0, sizeof *key);
    key->word[0] = ip4_addr_get_u32(ip_2_ip4(address));
#endif
}

static void on_datagram(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *address,
                        u16_t port)
{
    struct msgr_plain_udp_server *server = arg;
    struct netif *netif = ip_current_input_netif();
    struct msgr_plain_datagram datagram;
    bool is_framed;

    (void)pcb;
    datagram.text = contiguous(server, p);
    datagram.size = p->tot_len;
    server->counters.received++;
    is_framed = msgr_plain_policy_is_framed(&datagram);
#if MSGR_FRAMED
    if (server->framed != NULL &&
        server->framed(server->framed_arg, pcb, p, address, port, is_framed)) {
        server->counters.framed++;
        return;
    }
#endif
    if (is_framed) {
        server->counters.framed++;
    } else {
        datagram.source_port = port;
        datagram.is_group =
            msgr_lwip_is_group(ip_current_dest_addr(), netif) || msgr_lwip_is_group(address, netif);
        datagram.is_on_link = msgr_lwip_is_on_link(address, netif);
        set_key(&datagram.source, address);
        serve(server, &datagram, address);
    }
    pbuf_free(p);
}

static err_t start(struct msgr_plain_udp_server *server, const struct msgr_plain_udp_config *config)
{
    struct udp_pcb *pcb;
    err_t err;

    memset(server, 0, sizeof *server);
    server->config = *config;
    if (config->port == 0) {
        server->config.port = MSGR_PORT;
    }
    server->policy.own_port = server->config.port;
    server->policy.off_link = config->off_link;

    pcb = udp_new_ip_type(IPADDR_TYPE_ANY);
    if (pcb == NULL) {
        return ERR_MEM;
    }
    err = udp_bind(pcb, IP_ANY_TYPE, server->config.port);
    if (err != ERR_OK) {
        udp_remove(pcb);
        return err;
    }
    udp_recv(pcb, on_datagram, server);
    server->pcb = pcb;
    return ERR_OK;
}

err_t msgr_plain_udp_server_open(struct msgr_plain_udp_server *server,
                                 const struct msgr_plain_udp_config *config)
{
    err_t err;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    err = start(server, config);
    MSGR_UNLOCK();
    return err;
}

void msgr_plain_udp_server_close(struct msgr_plain_udp_server *server)
{
    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    if (server->pcb != NULL) {
        udp_remove(server->pcb);
        server->pcb = NULL;
    }
    MSGR_UNLOCK();
}
