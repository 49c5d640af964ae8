/* SPDX-License-Identifier: BSD-3-Clause */
#include "subject.h"

#include "stack.h"

#include "lwip/priv/tcp_priv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#if MSGR_SOCKETS_LWIP

static bool is_pulling; /* the last subject_next() returned something */

static struct msgr_sockets_address address_of(const ip_addr_t *ip)
{
    struct msgr_sockets_address address;
    char text[IPADDR_STRLEN_MAX + 4];

    assert_non_null(ipaddr_ntoa_r(ip, text, IPADDR_STRLEN_MAX));
#if LWIP_IPV6
    if (IP_IS_V6(ip) && ip6_addr_has_zone(ip_2_ip6(ip))) {
        (void)snprintf(text + strlen(text), 5, "%%%u", ip6_addr_zone(ip_2_ip6(ip)));
    }
#endif
    assert_true(msgr_sockets_address_parse(&address, text, 0));
    return address;
}

/* ---- framed -------------------------------------------------------------------------------- */

int subject_open(struct subject_net *net, const struct subject_net_config *config)
{
    struct subject_net_config copy = *config;
    int error;

    copy.loop = &subject_loop;
    is_pulling = false;
    error = msgr_sockets_open(net, &copy);
    subject_run();
    return error;
}

void subject_close(struct subject_net *net)
{
    msgr_sockets_close(net);
    subject_run();
}

int subject_connect(struct subject_net *net, bool is_stream, const ip_addr_t *ip)
{
    struct msgr_sockets_address address = address_of(ip);
    int target =
        msgr_sockets_connect(net, is_stream ? MSGR_SOCKETS_TCP : MSGR_SOCKETS_UDP, &address);

    subject_run();
    return target;
}

int subject_connect_url(struct subject_net *net, const char *url)
{
    int target = msgr_sockets_connect_url(net, url);

    subject_run();
    return target;
}

void subject_disconnect(struct subject_net *net, int target)
{
    msgr_sockets_disconnect(net, target);
    subject_run();
}

int32_t subject_send(struct subject_net *net, int peer, const void *data, size_t size,
                     uint32_t deadline_ms)
{
    int32_t message = msgr_sockets_send(net, peer, data, size, deadline_ms);

    if (!is_pulling) {
        subject_run();
    }
    return message;
}

bool subject_next(struct subject_net *net, struct msgr_event *event)
{
    is_pulling = msgr_sockets_next(net, event);
    if (!is_pulling) {
        subject_run();
    }
    return is_pulling;
}

uint16_t subject_udp_port(const struct subject_net *net)
{
    struct msgr_sockets_address address = {.size = sizeof address.as};

    assert_int_equal(lwip_getsockname(net->udp, &address.as.any, &address.size), 0);
    return msgr_sockets_address_port(&address);
}

struct tcp_pcb *subject_pcb(const struct subject_net *net)
{
    (void)net;
    assert_non_null(tcp_active_pcbs);
    assert_null(tcp_active_pcbs->next);
    return tcp_active_pcbs;
}

size_t subject_held(const struct subject_net *net)
{
    return net->link[0].stream->held;
}

/* ---- plain --------------------------------------------------------------------------------- */

int subject_tcp_server_open(struct subject_tcp_server *server,
                            const struct subject_tcp_server_config *config)
{
    struct subject_tcp_server_config copy = *config;
    int error;

    copy.loop = &subject_loop;
    error = msgr_sockets_plain_server_open(server, &copy);
    subject_run();
    return error;
}

void subject_tcp_server_close(struct subject_tcp_server *server)
{
    msgr_sockets_plain_server_close(server);
    subject_run();
}

int subject_udp_server_open(struct subject_udp_server *server,
                            const struct subject_udp_server_config *config)
{
    struct subject_udp_server_config copy = *config;
    int error;

    copy.loop = &subject_loop;
    error = msgr_sockets_plain_udp_server_open(server, &copy);
    subject_run();
    return error;
}

void subject_udp_server_close(struct subject_udp_server *server)
{
    msgr_sockets_plain_udp_server_close(server);
    subject_run();
}

int subject_tcp_send(struct subject_tcp_client *client, const struct subject_request *request)
{
    struct subject_request copy = *request;
    int error;

    copy.loop = &subject_loop;
    error = msgr_sockets_plain_send(client, &copy);
    subject_run();
    return error;
}

int subject_udp_send(struct subject_udp_client *client, const struct subject_request *request)
{
    struct subject_request copy = *request;
    int error;

    copy.loop = &subject_loop;
    error = msgr_sockets_plain_udp_send(client, &copy);
    subject_run();
    return error;
}

void subject_request_to(struct subject_request *request, const ip_addr_t *address)
{
    request->address = address_of(address);
}

bool subject_is_no_route(int error)
{
    return error == -ENETUNREACH || error == -EHOSTUNREACH;
}

#else

void subject_request_to(struct subject_request *request, const ip_addr_t *address)
{
    request->address = *address;
}

bool subject_is_no_route(int error)
{
    return error == ERR_RTE;
}

struct tcp_pcb *subject_pcb(const struct subject_net *net)
{
    return net->link[0].pcb;
}

size_t subject_held(const struct subject_net *net)
{
    return net->link[0].held->tot_len;
}

uint16_t subject_udp_port(const struct subject_net *net)
{
    return net->udp->local_port;
}

#endif

void subject_hear_push(struct peer *peer)
{
    if (!SUBJECT_SEES_PUSH) {
        stack_pass(MSGR_PLAIN_QUIET_MS);
        peer_listen(peer);
    }
}

void subject_hear(struct peer *peer, const char *text)
{
    peer_say(peer, text);
    subject_hear_push(peer);
}
