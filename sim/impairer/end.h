/* SPDX-License-Identifier: BSD-3-Clause */
/** One of the two places between which frames go: wire:PATH, wire:LOCAL,REMOTE or tap:NAME. */
#ifndef SIM_IMPAIRER_END_H
#define SIM_IMPAIRER_END_H

#include "port/linux/ends.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct end {
    const char *name; /* as in the command line */
    int receiver;     /* the wire's bound socket, or the TAP device; -1: not open */
    int sender;       /* poll() tells when it takes frames again; of a wire a socket of its own */
    bool is_wire;
    struct wire_end wire;
};

enum end_sent {
    END_SENT,
    END_FULL,   /* not now: the other side has not read what it has */
    END_ABSENT, /* nobody is there, or the device is down: gone, as on a cable */
};

/** Is it written as an end is? */
bool end_is_name(const char *name);

/** @return false, having written what failed and what to do */
bool end_open(struct end *end, const char *name);

/** What it left in the file system, too. Idempotent; for an end of which name is NULL, nothing. */
void end_close(struct end *end);

/** The next frame: its size; 0: none now; -1: the end is gone for good. Longer ones are cut. */
long end_receive(struct end *end, uint8_t *bytes, size_t room);

enum end_sent end_send(struct end *end, const uint8_t *bytes, size_t size);

#endif
