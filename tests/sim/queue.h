/* SPDX-License-Identifier: BSD-3-Clause */
/** What will happen in the world, in the order of its time; at the same time, of its planning. */
#ifndef TESTS_SIM_QUEUE_H
#define TESTS_SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum job_kind {
    JOB_WAKE,       /* node: its engine's time has come */
    JOB_APP,        /* node: its application does something */
    JOB_BOOT,       /* node: power is back */
    JOB_CONNECT,    /* node, path: the initiator tries (again) */
    JOB_DATAGRAM,   /* from, to, bytes: it arrives */
    JOB_STREAM_UP,  /* path, serial: the connection is established */
    JOB_SEGMENT,    /* node, path, serial, bytes: they arrive */
    JOB_STREAM_END, /* node, path, serial: it learns that the connection is over */
    JOB_MISCHIEF,   /* the adversary does something */
};

struct job {
    uint64_t at_us;
    uint64_t order; /* set by queue_add() */
    enum job_kind kind;
    int node;
    int path;
    uint32_t serial;
    uint32_t from;
    uint32_t to;
    size_t size;
    uint8_t *bytes; /* given: freed by who takes the job, or by queue_free() */
};

struct queue {
    struct job *jobs; /* a heap */
    size_t count;
    size_t room;
    uint64_t order;
};

void queue_add(struct queue *queue, struct job job);
bool queue_take(struct queue *queue, struct job *job);
/** UINT64_MAX if there is none. */
uint64_t queue_next_us(const struct queue *queue);
void queue_free(struct queue *queue);

#endif
