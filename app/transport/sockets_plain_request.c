/* SPDX-License-Identifier: BSD-3-Clause */
#include "sockets_plain_request.h"

#include "serial.h"
#include "sockets_address.h"
#include "sockets_fd.h"
#include "sockets_stack.h"

int msgr_sockets_plain_request_open(struct msgr_sockets_plain_request *request,
                                    const struct msgr_sockets_plain_request *wanted)
{
    *request = *wanted;
    if (request->loop == NULL || request->address.size == 0 ||
        msgr_sockets_address_is_any(&request->address)) {
        return -EINVAL;
    }
    msgr_stack_set_zone(&request->address);
    if (!msgr_stack_has_route(&request->address)) {
        return -EHOSTUNREACH;
    }
    if (msgr_sockets_address_port(&request->address) == 0) {
        msgr_sockets_address_set_port(&request->address, MSGR_PORT);
    }
    if (request->timeout_ms == 0) {
        request->timeout_ms = MSGR_PLAIN_TIMEOUT_MS;
    }
    return 0;
}

void msgr_sockets_plain_request_report(const struct msgr_sockets_plain_request *request,
                                       enum msgr_plain_event_type type,
                                       enum msgr_plain_reason reason,
                                       const struct msgr_sockets_address *from, size_t size)
{
    bool is_shown = type == MSGR_PLAIN_EVENT_RECEIVED || reason == MSGR_PLAIN_NO_ACK;
    size_t shown = is_shown ? size : 0;
    const struct msgr_sockets_plain_event event = {
        .type = type,
        .reason = reason,
        .id = request,
        .address = from,
        .text = shown > 0 ? request->buffer : NULL,
        .size = shown,
    };

    if (request->handler != NULL) {
        request->handler(request->arg, &event);
    }
}

enum msgr_plain_reason msgr_sockets_plain_request_reason(int error)
{
    switch (error) {
    case -ECONNREFUSED:
        return MSGR_PLAIN_REFUSED;
    case -ECONNRESET:
    case -ECONNABORTED:
    case -EPIPE:
        return MSGR_PLAIN_RESET;
    case -ENOMEM:
    case -ENOBUFS:
        return MSGR_PLAIN_NO_MEMORY;
    default:
        return MSGR_PLAIN_TIMEOUT; /* nobody is there, or nobody gets there */
    }
}

uint32_t msgr_sockets_plain_request_left(uint32_t limit_ms, uint32_t since_ms, uint32_t now_ms)
{
    uint32_t passed_ms = msgr_serial_passed(since_ms, now_ms);

    return passed_ms < limit_ms ? limit_ms - passed_ms : 0;
}
