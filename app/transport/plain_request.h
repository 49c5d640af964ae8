/* SPDX-License-Identifier: BSD-3-Clause */
/** What the clients over TCP and UDP have in common. lwIP core context. */
#ifndef MSGR_TRANSPORT_PLAIN_REQUEST_H
#define MSGR_TRANSPORT_PLAIN_REQUEST_H

#include "msgr/lwip_plain.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * Copy what is @p wanted, with its defaults put in, and look where it leads.
 * @param is_group  with ERR_OK: receives whether that is a broadcast or multicast address
 * @return ERR_OK; ERR_RTE: nowhere; ERR_VAL: to the unspecified address
 */
err_t msgr_plain_request_open(struct msgr_plain_request *request,
                              const struct msgr_plain_request *wanted, bool *is_group);

/**
 * Tell the handler, if there is one. It is shown an answer that has been RECEIVED, or is no
 * acknowledgement.
 * @param from  the other side's address
 * @param size  bytes of the answer, in the request's buffer
 */
void msgr_plain_request_report(const struct msgr_plain_request *request,
                               enum msgr_plain_event_type type, enum msgr_plain_reason reason,
                               const ip_addr_t *from, size_t size);

#endif
