/* SPDX-License-Identifier: BSD-3-Clause */
#include "plain_policy.h"

#include "plain_answer.h"

#define FIRST_CLIENT_PORT 1024
#define FREE_GROWTH       3

enum msgr_plain_reason msgr_plain_policy(struct msgr_plain_policy *policy,
                                         const struct msgr_plain_datagram *datagram,
                                         uint32_t now_ms)
{
    if (datagram->is_group) {
        return MSGR_PLAIN_GROUP;
    }
    if (!datagram->is_on_link && !policy->off_link) {
        return MSGR_PLAIN_OFF_LINK;
    }
    if (datagram->source_port < FIRST_CLIENT_PORT || datagram->source_port == policy->own_port) {
        return MSGR_PLAIN_SERVICE_PORT;
    }
    if (msgr_plain_is_answer(datagram->text, datagram->size)) {
        return MSGR_PLAIN_ECHO;
    }
    if (datagram->answer_size > FREE_GROWTH * datagram->size &&
        !msgr_rate_limit_take(&policy->rate, &datagram->source, now_ms)) {
        return MSGR_PLAIN_RATE;
    }
    return MSGR_PLAIN_DONE;
}
