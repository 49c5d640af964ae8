/* SPDX-License-Identifier: BSD-3-Clause */
/* Words for codes. */
#include "msgr/msgr.h"

const char *msgr_error_text(int error)
{
    static const char *const texts[] = {
        [-MSGR_ERROR_FULL] = "no room now",
        [-MSGR_ERROR_TOO_LONG] = "too long",
        [-MSGR_ERROR_PEER] = "no such peer",
        [-MSGR_ERROR_MESSAGE] = "no such message without an outcome",
        [-MSGR_ERROR_STORAGE] = "the memory is too small, or not aligned",
        [-MSGR_ERROR_NAME] = "not a name: 1 to 31 bytes of UTF-8",
        [-MSGR_ERROR_IDENTITY] = "the identity is 0",
        [-MSGR_ERROR_ENTROPY] = "no random bytes, or nothing unique to this start",
        [-MSGR_ERROR_RANGE] = "out of range",
        [-MSGR_ERROR_LINK] = "no such link",
    };

    if (error >= 0) {
        return "no error";
    }
    return error >= MSGR_ERROR_LINK ? texts[-error] : "unknown error";
}

const char *msgr_outcome_text(enum msgr_outcome outcome)
{
    switch (outcome) {
    case MSGR_OUTCOME_DELIVERED:
        return "delivered";
    case MSGR_OUTCOME_NOT_DELIVERED:
        return "not delivered";
    case MSGR_OUTCOME_UNKNOWN:
        return "unknown";
    }
    return "no outcome";
}

const char *msgr_reason_text(enum msgr_reason reason)
{
    static const char *const texts[MSGR_REASONS] = {
        [MSGR_REASON_NONE] = "no reason",
        [MSGR_REASON_DEADLINE] = "its time was up",
        [MSGR_REASON_CANCELLED] = "cancelled",
        [MSGR_REASON_RESTARTED] = "the peer began anew",
        [MSGR_REASON_TOO_LONG] = "longer than the peer takes",
        [MSGR_REASON_REPLACED] = "another node has its name",
        [MSGR_REASON_SILENT] = "silent",
        [MSGR_REASON_LINK] = "no link",
        [MSGR_REASON_PROTOCOL] = "it broke the rules",
        [MSGR_REASON_VERSION] = "no common version",
        [MSGR_REASON_NAME_TAKEN] = "the name is taken",
        [MSGR_REASON_SELF] = "that is this node itself",
        [MSGR_REASON_FULL] = "no room for another peer",
        [MSGR_REASON_MALFORMED] = "no good name or identity",
        [MSGR_REASON_SUITE] = "no common protection",
    };

    return (unsigned)reason < MSGR_REASONS ? texts[reason] : "unknown reason";
}
