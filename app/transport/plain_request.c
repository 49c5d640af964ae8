/* SPDX-License-Identifier: BSD-3-Clause */
#include "plain_request.h"

#include "lwip_address.h"

err_t msgr_plain_request_open(struct msgr_plain_request *request,
                              const struct msgr_plain_request *wanted, bool *is_group)
{
    struct netif *netif;

    *request = *wanted;
    if (request->port == 0) {
        request->port = MSGR_PORT;
    }
    if (request->timeout_ms == 0) {
        request->timeout_ms = MSGR_PLAIN_TIMEOUT_MS;
    }
    netif = msgr_lwip_route(&request->address);
    if (netif == NULL) {
        return ERR_RTE;
    }
    if (ip_addr_isany(&request->address)) {
        return ERR_VAL;
    }
    *is_group = msgr_lwip_is_group(&request->address, netif);
    return ERR_OK;
}

void msgr_plain_request_report(const struct msgr_plain_request *request,
                               enum msgr_plain_event_type type, enum msgr_plain_reason reason,
                               const ip_addr_t *from, size_t size)
{
    bool is_shown = type == MSGR_PLAIN_EVENT_RECEIVED || reason == MSGR_PLAIN_NO_ACK;
    size_t shown = is_shown ? size : 0;
    struct msgr_plain_event event = {
        .type = type,
        .reason = reason,
        .id = request,
        .address = from,
        .port = request->port,
        .text = shown > 0 ? request->buffer : NULL,
        .size = shown,
    };

    if (request->handler != NULL) {
        request->handler(request->arg, &event);
    }
}
