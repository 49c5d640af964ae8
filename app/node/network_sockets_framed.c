/* SPDX-License-Identifier: BSD-3-Clause */
#include "network_sockets.h"

static void (*trace)(void *ctx, const struct net_traced *traced);

static void on_trace(void *ctx, const struct msgr_sockets_traced *traced)
{
    ip_addr_t address;
    uint16_t port = net_ip_of(traced->address, &address);

    trace(ctx, &(struct net_traced){
                   .is_stream = traced->is_stream,
                   .is_out = traced->is_out,
                   .address = &address,
                   .port = port,
                   .data = traced->data,
                   .size = traced->size,
               });
}

err_t net_framed_open(struct net_framed *framed, const struct net_framed_config *config)
{
    trace = config->trace;
    return net_err_of(
        msgr_sockets_open(framed, &(struct msgr_sockets_config){
                                      .m = config->m,
                                      .loop = net_loop(),
                                      .port = config->port,
                                      .listen = config->listen,
                                      .plain_udp = config->plain_udp,
                                      .plain_tcp = config->plain_tcp,
                                      .handlers = config->handlers,
                                      .trace = config->trace != NULL ? on_trace : NULL,
                                  }));
}

bool net_framed_link_get(struct net_framed *framed, int link, struct net_link_info *info)
{
    struct msgr_sockets_link_info found;

    if (!msgr_sockets_link_get(framed, link, &found)) {
        return false;
    }
    info->is_stream = found.is_stream;
    info->port = net_ip_of(&found.address, &info->address);
    info->peer = found.peer;
    return true;
}

bool net_framed_target_get(struct net_framed *framed, int target, struct net_target_info *info)
{
    struct msgr_sockets_target_info found;

    if (!msgr_sockets_target_get(framed, target, &found)) {
        return false;
    }
    info->kind = found.kind;
    (void)net_ip_of(&found.address, &info->address);
    info->port = found.port;
    info->host = found.host;
    info->link = found.link;
    info->attempts = found.attempts;
    info->reason = found.reason;
    return true;
}
