/* SPDX-License-Identifier: BSD-3-Clause */
/** Exit statuses, for scripts: those of sim/msgr.py. */
#ifndef DESKTOP_STATUS_H
#define DESKTOP_STATUS_H

#include "msgr/msgr.h"

enum status {
    STATUS_OK = 0,            /* delivered, or all were */
    STATUS_NOT_DELIVERED = 1, /* also: it cannot be done here */
    STATUS_USAGE = 2,         /* the command line, or the input, is wrong */
    STATUS_UNKNOWN = 3,       /* transmitted, and no answer came */
    STATUS_INTERRUPTED = 130, /* Ctrl-C came first */
};

static inline enum status status_of(enum msgr_outcome outcome)
{
    switch (outcome) {
    case MSGR_OUTCOME_DELIVERED:
        return STATUS_OK;
    case MSGR_OUTCOME_UNKNOWN:
        return STATUS_UNKNOWN;
    case MSGR_OUTCOME_NOT_DELIVERED:
    default:
        return STATUS_NOT_DELIVERED;
    }
}

#endif
