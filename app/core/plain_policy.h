/* SPDX-License-Identifier: BSD-3-Clause */
/** Which datagrams a plain server does not answer (SPEC.md, 4.3). Any context. */
#ifndef MSGR_CORE_PLAIN_POLICY_H
#define MSGR_CORE_PLAIN_POLICY_H

#include "frame_mark.h"
#include "msgr/plain.h"
#include "rate_limit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct msgr_plain_datagram {
    const void *text; /* all of it, or at least 18 bytes */
    size_t size;
    size_t answer_size;
    uint16_t source_port;
    bool is_group;   /* its destination or its source is a broadcast or multicast address */
    bool is_on_link; /* its source is */
    struct msgr_rate_source source;
};

/** Does the datagram begin with the mark? Then it is neither shown nor answered. */
static inline bool msgr_plain_policy_is_framed(const struct msgr_plain_datagram *datagram)
{
    return msgr_frame_mark(datagram->text, datagram->size) == MSGR_FRAME_MARK_PRESENT;
}

/**
 * Rules 2 to 6, in their order.
 * @return MSGR_PLAIN_DONE: answer it; else the rule that forbids it. Rule 6 takes one from the
 *         source's allowance
 */
enum msgr_plain_reason msgr_plain_policy(struct msgr_plain_policy *policy,
                                         const struct msgr_plain_datagram *datagram,
                                         uint32_t now_ms);

#endif
