/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `check` follows from `count`, and is written after it and after the entry: a ring whose writing a
 * reset has interrupted is erased, as is memory that was never a ring.
 */
#include "trace.h"

#include "bytes.h"

#include <string.h>

#define MAGIC    0x6D736772u /* "msgr" */
#define CHECK_OF 0x5AC3E17Bu

void msgr_trace_start(struct msgr_trace *trace)
{
    if (trace->magic == MAGIC && trace->check == (trace->count ^ CHECK_OF)) {
        return;
    }
    memset(trace, 0, sizeof *trace);
    trace->magic = MAGIC;
    trace->check = trace->count ^ CHECK_OF;
}

/* DATA, ACK and FLOOR have their number behind the id. */
static uint32_t number_of(const uint8_t *start, size_t size)
{
    unsigned type = start[0] & 0x1Fu;
    const uint8_t *at = start + ((start[1] & 0x80) != 0 ? 7 : 6);

    return type >= MSGR_FRAME_DATA && type <= MSGR_FRAME_FLOOR && size >= 14 ? msgr_bytes_get32(&at)
                                                                             : 0;
}

void msgr_trace_frame(struct msgr *m, enum msgr_trace_kind kind, int link, const uint8_t *start,
                      size_t size)
{
    struct msgr_trace *trace = m->trace;

    if (trace == NULL) {
        return;
    }
    trace->entry[trace->count % MSGR_TRACE_ENTRIES] =
        (struct msgr_trace_entry){.time_ms = m->now_ms,
                                  .number = number_of(start, size),
                                  .size = (uint16_t)size,
                                  .first = start[0],
                                  .link = (uint8_t)link,
                                  .kind = (uint8_t)kind};
    trace->count++;
    trace->check = trace->count ^ CHECK_OF;
}
