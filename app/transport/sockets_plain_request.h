/* SPDX-License-Identifier: BSD-3-Clause */
/** What the plain clients on streams and over UDP have in common. The loop's thread. */
#ifndef MSGR_TRANSPORT_SOCKETS_PLAIN_REQUEST_H
#define MSGR_TRANSPORT_SOCKETS_PLAIN_REQUEST_H

#include "msgr/sockets_plain.h"

/** Copy what is @p wanted, with its defaults put in. @return 0; -EINVAL: no loop, or nobody;
 * -EHOSTUNREACH: no route */
int msgr_sockets_plain_request_open(struct msgr_sockets_plain_request *request,
                                    const struct msgr_sockets_plain_request *wanted);

/**
 * Tell the handler, if there is one. It is shown an answer that has been RECEIVED, or is no
 * acknowledgement.
 * @param from  the other side's address
 * @param size  bytes of the answer, in the request's buffer
 */
void msgr_sockets_plain_request_report(const struct msgr_sockets_plain_request *request,
                                       enum msgr_plain_event_type type,
                                       enum msgr_plain_reason reason,
                                       const struct msgr_sockets_address *from, size_t size);

/** What a failed call says of an exchange. */
enum msgr_plain_reason msgr_sockets_plain_request_reason(int error);

/** Milliseconds of `limit_ms` that are left. */
uint32_t msgr_sockets_plain_request_left(uint32_t limit_ms, uint32_t since_ms, uint32_t now_ms);

#endif
