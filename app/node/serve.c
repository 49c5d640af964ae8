/* SPDX-License-Identifier: BSD-3-Clause */
#include "serve.h"

#include "address.h"
#include "console.h"
#include "network.h"
#include "transcript.h"

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

/* Those that the framed protocol has taken over, or that were dropped where there is none. */
static void end_with_framed(uint32_t framed)
{
    if (framed > 0) {
        console_text(", ");
        console_count(framed, " framed");
    }
    console_line(".");
}

void serve_show(void)
{
    const struct msgr_plain_tcp_counters *tcp = &tcp_server.counters;
    const struct msgr_plain_udp_counters *udp = &udp_server.counters;

    if (config.tcp) {
        console_text("TCP: ");
        console_count(tcp->accepted, " clients, ");
        console_count(tcp->answered, " answered, ");
        console_count(tcp->refused, " refused, ");
        console_count(tcp->silent + tcp->stalled + tcp->reset, " lost");
        end_with_framed(tcp->framed);
    }
    if (config.udp) {
        console_text("UDP: ");
        console_count(udp->received, " datagrams, ");
        console_count(udp->answered, " answered, ");
        console_count(udp->unanswered, " not answered");
        end_with_framed(udp->framed);
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
