/* SPDX-License-Identifier: BSD-3-Clause */
#include "responder.h"

#include "random.h"
#include "require.h"
#include "stack.h"

#include "msgr/lwip.h"

#include "lwip/tcp.h"
#include "lwip/udp.h"

#define PEERS 4
#define POOL  (MSGR_AMPLE(PEERS) + 64 * MSGR_FRAGMENT)

unsigned long responder_taken;

/* ---- the messenger ------------------------------------------------------------------------- */

static void on_message(void *ctx, struct msgr *m, int peer, const void *data, size_t size)
{
    (void)ctx;
    (void)m;
    (void)peer;
    (void)data;
    (void)size;
    responder_taken++;
}

void responder_open_framed(void)
{
    MSGR_STORAGE(memory, PEERS, POOL);
    static const struct msgr_handlers handlers = {.message = on_message};
    static struct msgr_lwip net;
    struct msgr_config config = {.name = "responder",
                                 .identity = 2,
                                 .boot = 1,
                                 .now_ms = stack_now(),
                                 .peers = PEERS,
                                 .random = bench_random};
    struct msgr_lwip_config net_config = {.listen = true, .handlers = &handlers};

    require(msgr_open(&net_config.m, memory, sizeof memory, &config) == 0, "no engine");
    require(msgr_lwip_open(&net, &net_config) == ERR_OK, "the transport does not open");
}

/* ---- the echo ------------------------------------------------------------------------------ */

static void on_datagram(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *address,
                        u16_t port)
{
    (void)arg;
    (void)udp_sendto(pcb, p, address, port);
    pbuf_free(p);
}

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    (void)arg;
    (void)err;
    if (p == NULL) {
        return tcp_close(pcb);
    }
    for (const struct pbuf *piece = p; piece != NULL; piece = piece->next) {
        require(tcp_write(pcb, piece->payload, piece->len, TCP_WRITE_FLAG_COPY) == ERR_OK,
                "the echo has no room");
    }
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return tcp_output(pcb);
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
    (void)arg;
    tcp_nagle_disable(pcb); /* as the messenger does */
    tcp_recv(pcb, on_recv);
    return err;
}

static void listen_tcp(void)
{
    struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);

    require(pcb != NULL && tcp_bind(pcb, IP_ANY_TYPE, MSGR_PORT) == ERR_OK, "no pcb");
    pcb = tcp_listen(pcb);
    require(pcb != NULL, "no listener");
    tcp_accept(pcb, on_accept);
}

static void bind_udp(void)
{
    struct udp_pcb *pcb = udp_new_ip_type(IPADDR_TYPE_ANY);

    require(pcb != NULL && udp_bind(pcb, IP_ANY_TYPE, MSGR_PORT) == ERR_OK, "no pcb");
    udp_recv(pcb, on_datagram, NULL);
}

void responder_open_echo(bool is_stream)
{
    if (is_stream) {
        listen_tcp();
    } else {
        bind_udp();
    }
}
