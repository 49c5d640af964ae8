/* SPDX-License-Identifier: BSD-3-Clause */
/* A handler of lwIP's addresses stands behind each of sockets' addresses. */
#include "network_sockets.h"

static net_plain_handler tcp_handler, udp_handler, client_handler;

static void pass_on(net_plain_handler handler, const struct msgr_sockets_plain_event *event)
{
    ip_addr_t address;
    uint16_t port = net_ip_of(event->address, &address);

    handler(NULL, &(struct net_plain_event){
                      .type = event->type,
                      .reason = event->reason,
                      .id = event->id,
                      .address = &address,
                      .port = port,
                      .text = event->text,
                      .size = event->size,
                  });
}

static void on_tcp_event(void *arg, const struct msgr_sockets_plain_event *event)
{
    (void)arg;
    pass_on(tcp_handler, event);
}

static void on_udp_event(void *arg, const struct msgr_sockets_plain_event *event)
{
    (void)arg;
    pass_on(udp_handler, event);
}

static void on_client_event(void *arg, const struct msgr_sockets_plain_event *event)
{
    (void)arg;
    pass_on(client_handler, event);
}

err_t net_tcp_server_open(struct net_tcp_server *server, const struct net_tcp_config *config)
{
    tcp_handler = config->handler;
    return net_err_of(
        msgr_sockets_plain_server_open(server, &(struct msgr_sockets_plain_config){
                                                   .loop = net_loop(),
                                                   .port = config->port,
                                                   .silence_ms = config->silence_ms,
                                                   .connections = config->connections,
                                                   .connection_count = config->connection_count,
                                                   .handler = on_tcp_event,
                                               }));
}

err_t net_udp_server_open(struct net_udp_server *server, const struct net_udp_config *config)
{
    udp_handler = config->handler;
    return net_err_of(
        msgr_sockets_plain_udp_server_open(server, &(struct msgr_sockets_plain_udp_config){
                                                       .loop = net_loop(),
                                                       .port = config->port,
                                                       .off_link = config->off_link,
                                                       .handler = on_udp_event,
                                                   }));
}

static struct msgr_sockets_plain_request request_of(const struct net_plain_request *request)
{
    struct msgr_sockets_plain_request made = {
        .loop = net_loop(),
        .text = request->text,
        .size = request->size,
        .buffer = request->buffer,
        .buffer_size = request->buffer_size,
        .timeout_ms = request->timeout_ms,
        .wait_ms = request->wait_ms,
        .handler = on_client_event,
    };

    net_socket_of(&request->address, request->port, &made.address);
    client_handler = request->handler;
    return made;
}

err_t net_tcp_send(struct net_tcp_client *client, const struct net_plain_request *request)
{
    const struct msgr_sockets_plain_request made = request_of(request);

    return net_err_of(msgr_sockets_plain_send(client, &made));
}

err_t net_udp_send(struct net_udp_client *client, const struct net_plain_request *request)
{
    const struct msgr_sockets_plain_request made = request_of(request);

    return net_err_of(msgr_sockets_plain_udp_send(client, &made));
}
