/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One pcb for all datagrams, our own or the plain server's. A link is found by the other end's
 * address and port; it answers from the address that was talked to last.
 *
 * Output is rendered in the transport's buffer, and leaves in a pbuf of its size: an
 * acknowledgement does not take a whole datagram's memory of lwIP's heap.
 */
#include "framed.h"

#include "lwip_address.h"
#include "lwip_tcp.h"

#include "lwip/ip.h"
#include "lwip/sys.h"

#include <string.h>

static struct udp_pcb *pcb_of(const struct msgr_lwip *l)
{
#if MSGR_FRAMED
    if (l->config.plain_udp != NULL) {
        return l->config.plain_udp->pcb;
    }
#endif
    return l->udp;
}

/* ---- out ----------------------------------------------------------------------------------- */

/* An address that we have lost since, with a lease, is no source. */
static err_t send_datagram(const struct msgr_lwip_link *link, struct pbuf *p)
{
    struct udp_pcb *pcb = pcb_of(link->lwip);
    struct netif *netif = msgr_lwip_route(&link->address);

    if (pcb == NULL || netif == NULL) {
        return ERR_RTE;
    }
    if (msgr_lwip_is_own(&link->own, netif)) {
        return udp_sendto_if_src(pcb, p, &link->address, link->port, netif, &link->own);
    }
    return udp_sendto(pcb, p, &link->address, link->port);
}

static err_t send_bytes(const struct msgr_lwip_link *link, const void *data, size_t size)
{
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (uint16_t)size, PBUF_RAM);
    err_t err;

    if (p == NULL) {
        link->lwip->counters.no_memory++;
        return ERR_MEM;
    }
    memcpy(p->payload, data, size);
    err = send_datagram(link, p);
    link->lwip->counters.unsent += err != ERR_OK;
    pbuf_free(p);
    return err;
}

/* @return whether to go on with the next one */
static bool send_one(const struct msgr_lwip_link *link)
{
    struct msgr_lwip *l = link->lwip;
    int number = msgr_framed_number(link);
    size_t size = msgr_link_output(l->config.m, number, sys_now(), l->buffer, sizeof l->buffer);
    err_t err;

    if (size == 0) {
        return false;
    }
    err = send_bytes(link, l->buffer, size);
    if (err == ERR_OK) {
        msgr_framed_trace(link, true, l->buffer, size);
    }
    if (err == ERR_MEM || err == ERR_BUF) { /* any other error is loss */
        msgr_link_unsent(l->config.m, number);
        l->is_starved = true;
        return false;
    }
    return true;
}

void msgr_framed_udp_output(const struct msgr_lwip_link *link)
{
    while (msgr_framed_has_output(link) && send_one(link)) {
    }
}

/* ---- in ------------------------------------------------------------------------------------ */

struct msgr_lwip_link *msgr_framed_udp_find(struct msgr_lwip *l, const ip_addr_t *address,
                                            uint16_t port)
{
    for (int i = 0; i < MSGR_LWIP_LINKS; i++) {
        struct msgr_lwip_link *link = &l->link[i];

        if (link->is_used && !link->is_stream && link->port == port &&
            ip_addr_cmp(&link->address, address)) {
            return link;
        }
    }
    return NULL;
}

static void trace_stranger(struct msgr_lwip *l, bool is_out, const ip_addr_t *address,
                           uint16_t port, const void *data, size_t size)
{
    const struct msgr_lwip_link nobody = {.lwip = l, .address = *address, .port = port};

    msgr_framed_trace(&nobody, is_out, data, size);
}

/* From where it was sent to. Without memory the stranger asks again. */
static void answer_stranger(struct msgr_lwip *l, struct udp_pcb *pcb, const ip_addr_t *address,
                            uint16_t port, const void *answer, size_t size)
{
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (uint16_t)size, PBUF_RAM);

    if (p == NULL) {
        l->counters.no_memory++;
        return;
    }
    memcpy(p->payload, answer, size);
    trace_stranger(l, true, address, port, answer, size);
    l->counters.unsent += udp_sendto_if_src(pcb, p, address, port, ip_current_input_netif(),
                                            ip_current_dest_addr()) != ERR_OK;
    pbuf_free(p);
}

static void on_stranger(struct msgr_lwip *l, struct udp_pcb *pcb, const ip_addr_t *address,
                        uint16_t port, const void *data, size_t size)
{
    uint8_t answer[MSGR_ANSWER_MAX];
    uint8_t source[16 + sizeof port] = {0};
    size_t answer_size;
    int number;

    /* An ip_addr_t begins with the address, and behind one of IPv4 lwIP has cleared the words that
     * only IPv6 has. */
    memcpy(source, address, LWIP_MIN(16, sizeof *address));
    memcpy(source + 16, &port, sizeof port);
    number = msgr_link_stranger(l->config.m, sys_now(), source, sizeof source, data, size, answer,
                                &answer_size);
    if (number >= 0) {
        struct msgr_lwip_link *link = msgr_framed_add(l, number, address, port);
        if (link != NULL) {
            link->own = *ip_current_dest_addr();
        }
    } else if (answer_size > 0) {
        answer_stranger(l, pcb, address, port, answer, answer_size);
    }
}

/* Neither from a group nor to one, as it was the last time. */
static bool is_as_before(const struct msgr_lwip_link *link)
{
    return link != NULL && ip_addr_cmp(&link->own, ip_current_dest_addr());
}

static bool is_between_hosts(const ip_addr_t *address)
{
    struct netif *netif = ip_current_input_netif();

    return !msgr_lwip_is_group(ip_current_dest_addr(), netif) &&
           !msgr_lwip_is_group(address, netif);
}

static bool is_for_us(const struct msgr_lwip *l, const struct pbuf *p, const ip_addr_t *address,
                      const struct msgr_lwip_link *link)
{
    return p->tot_len > 0 && p->tot_len <= MSGR_DATAGRAM_MAX &&
           (link != NULL || l->config.listen) && (is_as_before(link) || is_between_hosts(address));
}

static void take(struct msgr_lwip *l, struct udp_pcb *pcb, const struct pbuf *p,
                 const ip_addr_t *address, uint16_t port)
{
    struct msgr_lwip_link *link = msgr_framed_udp_find(l, address, port);
    const void *data;

    if (!is_for_us(l, p, address, link)) {
        l->counters.dropped++;
        return;
    }
    data = pbuf_get_contiguous(p, l->buffer, sizeof l->buffer, p->tot_len, 0);
    if (link == NULL) {
        trace_stranger(l, false, address, port, data, p->tot_len);
        on_stranger(l, pcb, address, port, data, p->tot_len);
        return;
    }
    link->own = *ip_current_dest_addr();
    msgr_framed_trace(link, false, data, p->tot_len);
    (void)msgr_link_input(l->config.m, msgr_framed_number(link), sys_now(), data, p->tot_len);
}

static void on_datagram(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *address,
                        u16_t port)
{
    struct msgr_lwip *l = arg;

    take(l, pcb, p, address, port);
    pbuf_free(p);
    msgr_framed_turn(l);
}

#if MSGR_FRAMED
/* From where a link's other end is, nothing is plain: its mark was changed on the way. */
static bool on_shared_datagram(void *arg, struct udp_pcb *pcb, struct pbuf *p,
                               const ip_addr_t *address, uint16_t port, bool is_framed)
{
    if (!is_framed && msgr_framed_udp_find(arg, address, port) == NULL) {
        return false;
    }
    on_datagram(arg, pcb, p, address, port);
    return true;
}
#endif

/* ---- the pcb ------------------------------------------------------------------------------- */

err_t msgr_framed_udp_open(struct msgr_lwip *l)
{
    struct udp_pcb *pcb;
    err_t err;

#if MSGR_FRAMED
    if (l->config.plain_udp != NULL) {
        l->config.plain_udp->framed_arg = l;
        l->config.plain_udp->framed = on_shared_datagram;
        return ERR_OK;
    }
#endif
    pcb = udp_new_ip_type(IPADDR_TYPE_ANY);
    if (pcb == NULL) {
        return ERR_MEM;
    }
    err = udp_bind(pcb, IP_ANY_TYPE, l->config.listen ? l->config.port : 0);
    if (err != ERR_OK) {
        udp_remove(pcb);
        return err;
    }
    udp_recv(pcb, on_datagram, l);
    l->udp = pcb;
    return ERR_OK;
}

void msgr_framed_udp_close(struct msgr_lwip *l)
{
#if MSGR_FRAMED
    if (l->config.plain_udp != NULL) {
        l->config.plain_udp->framed = NULL;
    }
#endif
    if (l->udp != NULL) {
        udp_remove(l->udp);
        l->udp = NULL;
    }
}
