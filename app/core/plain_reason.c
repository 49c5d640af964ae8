/* SPDX-License-Identifier: BSD-3-Clause */
#include "msgr/plain.h"

static const char *const texts[MSGR_PLAIN_REASONS] = {
    [MSGR_PLAIN_DONE] = "done",
    [MSGR_PLAIN_TOO_LONG] = "too long",
    [MSGR_PLAIN_FRAMED] = "framed protocol, not served here",
    [MSGR_PLAIN_SILENT] = "no message in time",
    [MSGR_PLAIN_STALLED] = "answer not taken in time",
    [MSGR_PLAIN_RESET] = "connection reset by the other side",
    [MSGR_PLAIN_GROUP] = "sent to or from a broadcast or multicast address",
    [MSGR_PLAIN_OFF_LINK] = "sent from beyond this link",
    [MSGR_PLAIN_SERVICE_PORT] = "sent from a service's port",
    [MSGR_PLAIN_ECHO] = "it is a server's answer itself",
    [MSGR_PLAIN_RATE] = "too many answers to this source",
    [MSGR_PLAIN_REFUSED] = "connection refused",
    [MSGR_PLAIN_TIMEOUT] = "no answer in time",
    [MSGR_PLAIN_NO_ANSWER] = "connection closed without an answer",
    [MSGR_PLAIN_NO_ACK] = "the answer is not an acknowledgement",
    [MSGR_PLAIN_NO_MEMORY] = "out of memory",
};

const char *msgr_plain_reason_text(enum msgr_plain_reason reason)
{
    return (unsigned)reason < MSGR_PLAIN_REASONS ? texts[reason] : "unknown reason";
}
