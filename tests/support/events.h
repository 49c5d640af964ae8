/* SPDX-License-Identifier: BSD-3-Clause */
/** Records the events of a plain server or client, for tests to look at. */
#ifndef TESTS_SUPPORT_EVENTS_H
#define TESTS_SUPPORT_EVENTS_H

#include "subject.h"

struct events {
    unsigned count[MSGR_PLAIN_EVENT_ENDED + 1];
    enum msgr_plain_reason reason; /* of the last event */
    uint16_t port;                 /* of the last event */
    size_t size;                   /* of the last text */
    char text[8192];
};

/** A handler; its argument is a struct events. */
void events_record(void *events, const struct subject_event *event);

/** Forget all. */
void events_clear(struct events *events);

#endif
