/* SPDX-License-Identifier: BSD-3-Clause */
#include "serve.h"

#include "address.h"
#include "console.h"
#include "counts.h"
#include "network.h"
#include "transcript.h"

#include "lwip/priv/tcp_priv.h"

static struct serve_config config;
static struct net_tcp_server tcp_server = NET_TCP_SERVER_CLOSED;
static struct net_tcp_connection connections[NODE_CONNECTIONS];
static struct net_udp_server udp_server = NET_UDP_SERVER_CLOSED;

static void on_tcp_event(void *arg, const struct net_plain_event *event)
{
    (void)arg;
    if (config.once && event->type == MSGR_PLAIN_EVENT_ANSWERED) {
        net_tcp_server_stop(&tcp_server); /* before it says so: lwIP may be in another thread */
    }
    transcript_tcp_server(event);
}

static void on_udp_event(void *arg, const struct net_plain_event *event)
{
    (void)arg;
    transcript_udp_server(event);
}

static const ip_addr_t *find_first(const struct netif *netif)
{
#if LWIP_IPV4
    if (!ip4_addr_isany(netif_ip4_addr(netif))) {
        return netif_ip_addr4(netif);
    }
#endif
#if LWIP_IPV6
    for (int i = LWIP_IPV6_NUM_ADDRESSES - 1; i >= 0; i--) { /* 0 is the link-local one */
        if (ip6_addr_isvalid(netif_ip6_addr_state(netif, i))) {
            return netif_ip_addr6(netif, i);
        }
    }
#endif
    return IP_ANY_TYPE;
}

static void get_first(const struct netif *netif, ip_addr_t *address)
{
    net_lock();
    *address = *find_first(netif);
    net_unlock();
}

static bool say_failure(const char *what, err_t err)
{
    console_error();
    console_text("serving ");
    console_text(what);
    console_text(" port ");
    console_number(config.port);
    console_text(err == ERR_USE ? ": the port is taken" : ": lwIP has no memory left");
    console_end();
    return false;
}

static bool start_tcp(const ip_addr_t *address)
{
    err_t err = net_tcp_server_open(&tcp_server, &(struct net_tcp_config){
                                                     .port = config.port,
                                                     .silence_ms = config.silence_ms,
                                                     .connections = connections,
                                                     .connection_count = NODE_CONNECTIONS,
                                                     .handler = on_tcp_event,
                                                 });
    if (err != ERR_OK) {
        return say_failure("TCP", err);
    }
    transcript_tcp_listening(address, config.port);
    return true;
}

static bool start_udp(const ip_addr_t *address)
{
    err_t err = net_udp_server_open(&udp_server, &(struct net_udp_config){
                                                     .port = config.port,
                                                     .off_link = config.off_link,
                                                     .handler = on_udp_event,
                                                 });
    if (err != ERR_OK) {
        return say_failure("UDP", err);
    }
    transcript_udp_bound(address, config.port);
    return true;
}

bool serve_start(const struct serve_config *wanted, const struct netif *netif)
{
    ip_addr_t address;

    get_first(netif, &address);
    config = *wanted;
    if (config.port == 0) {
        config.port = MSGR_PORT;
    }
    return (!config.tcp || start_tcp(&address)) && (!config.udp || start_udp(&address));
}

struct net_tcp_server *serve_tcp_server(void)
{
    return net_tcp_server_listens(&tcp_server) ? &tcp_server : NULL;
}

struct net_udp_server *serve_udp_server(void)
{
    return net_udp_server_is_open(&udp_server) ? &udp_server : NULL;
}

bool serve_is_done(void)
{
    bool is_tcp_done = !net_tcp_server_listens(&tcp_server) && tcp_server.open_count == 0;
    bool is_udp_done = udp_server.counters.received > udp_server.counters.framed;

    return config.once && (!config.tcp || is_tcp_done) && (!config.udp || is_udp_done);
}

/* Connections that are over, and hold a pcb to answer stray segments. */
static uint32_t count_time_wait(void)
{
    uint32_t count = 0;

    net_lock();
    for (const struct tcp_pcb *pcb = tcp_tw_pcbs; pcb != NULL; pcb = pcb->next) {
        count++;
    }
    net_unlock();
    return count;
}

/* For people only those that the framed protocol has taken over, or that were dropped where there
 * is none, where there are any; and none that are over. */
static size_t shown(size_t all, size_t least, uint32_t framed)
{
    if (console_is_json()) {
        return all;
    }
    return framed > 0 ? least + 1 : least;
}

static void show_tcp(const struct msgr_plain_tcp_counters *tcp)
{
    const struct count counts[] = {
        {"clients", tcp->accepted}, {"answered", tcp->answered},
        {"refused", tcp->refused},  {"lost", tcp->silent + tcp->stalled + tcp->reset},
        {"framed", tcp->framed},    {"time_wait", count_time_wait()},
    };
    counts_show("tcp", "TCP", counts, shown(6, 4, tcp->framed));
}

static void show_udp(const struct msgr_plain_udp_counters *udp)
{
    const struct count counts[] = {
        {"datagrams", udp->received},
        {"answered", udp->answered},
        {"not_answered", udp->unanswered},
        {"framed", udp->framed},
    };
    counts_show("udp", "UDP", counts, shown(4, 3, udp->framed));
}

void serve_show(void)
{
    if (config.tcp || console_is_json()) {
        show_tcp(&tcp_server.counters);
    }
    if (config.udp || console_is_json()) {
        show_udp(&udp_server.counters);
    }
}

void serve_stop(void)
{
    net_tcp_server_close(&tcp_server);
    net_udp_server_close(&udp_server);
    if (!config.once) {
        serve_show();
    }
}
