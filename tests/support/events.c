/* SPDX-License-Identifier: BSD-3-Clause */
#include "events.h"

#include <string.h>

void events_record(void *arg, const struct subject_event *event)
{
    struct events *events = arg;

    events->count[event->type]++;
    events->reason = event->reason;
    events->port = subject_event_port(event);
    if (event->text != NULL) {
        events->size = event->size;
        memcpy(events->text, event->text,
               event->size < sizeof events->text ? event->size : sizeof events->text);
    }
}

void events_clear(struct events *events)
{
    memset(events, 0, sizeof *events);
}
