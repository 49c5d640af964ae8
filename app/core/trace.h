/* SPDX-License-Identifier: BSD-3-Clause */
/** The ring of the last frames (msgr/msgr.h). */
#ifndef MSGR_CORE_TRACE_H
#define MSGR_CORE_TRACE_H

#include "engine.h"

/** Keep what is whole, of an engine before this one; else erase it. */
void msgr_trace_start(struct msgr_trace *trace);

enum msgr_trace_kind {
    MSGR_TRACE_IN,
    MSGR_TRACE_OUT,
    MSGR_TRACE_DROPPED,
};

/** A frame has come, has been written, or was not used. Costs nothing without a ring. */
void msgr_trace_frame(struct msgr *m, enum msgr_trace_kind kind, int link, const uint8_t *start,
                      size_t size);

#endif
