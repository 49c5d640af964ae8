/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Two engines, wires between them that do what they are told, and applications that hold the
 * engines to their promises. All in virtual time.
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include "input.h"

#include "msgr/link.h"

#define NODES        2
#define WIRES        3
#define QUEUE        8
#define GUARD        64
#define MESSAGES     64 /* without an outcome, at most: the engine's slots are fewer */
#define SERIALS      1024
#define POOL         (24 * MSGR_FRAGMENT)
#define PEERS        2
#define STREAM_BYTES 4096

/* Of a message, by its serial number. */
enum fate {
    FATE_OPEN,
    FATE_SEEN,  /* the application at the other end has it */
    FATE_TAKEN, /* and has asked for the next */
    FATE_NEVER, /* it is promised that it was not transmitted */
};

struct message {
    int32_t handle; /* 0: none */
    uint32_t deadline_ms;
    int serial; /* -1: too short to have one */
};

struct node {
    struct msgr *m;
    uint64_t *memory; /* with guards on both sides */
    uint64_t identity;
    uint64_t boot;
    uint32_t random;
    size_t message_max;
    struct message sent[MESSAGES];
    int serials;           /* given to messages so far, over all starts */
    uint8_t fate[SERIALS]; /* of those that this node has sent */
    int next_expected;     /* serial of the other's; lower ones must not come any more */
    int seen;              /* serial of the message that the application has, or -1 */
    bool is_slow;          /* does not pull its events by itself */
};

struct datagram {
    uint16_t size;
    uint8_t bytes[MSGR_DATAGRAM_MAX];
};

/* What goes to one end. A stream's bytes lie in `stream`. */
struct direction {
    struct datagram queue[QUEUE];
    unsigned count;
    size_t stream_size;
    uint8_t stream[STREAM_BYTES];
};

struct wire {
    bool is_used;
    enum msgr_link_kind kind;
    unsigned address; /* of the initiator, for the responder */
    int link[NODES];  /* -1: none */
    struct direction to[NODES];
};

struct world {
    uint32_t now_ms;
    struct node node[NODES];
    struct wire wire[WIRES];
    unsigned addresses;
    bool is_forged;   /* the adversary has used what only the ends know */
    bool is_meddling; /* it has sent anything of its own */
};

void world_open(struct world *world, struct input *input);
void world_close(struct world *world);

/** A node loses its memory, and its links. */
void world_restart(struct world *world, unsigned node);

void world_advance(struct world *world, uint32_t ms);
void world_connect(struct world *world, unsigned node, enum msgr_link_kind kind);

/** The transport says that a wire's end is gone; a stream's other end learns of it. */
void world_cut(struct world *world, struct wire *wire, unsigned node);

/** Move what a node has to send on a wire into the wire. @return whether there was anything */
bool world_output(struct world *world, struct wire *wire, unsigned node);

/** Hand bytes to a node. @return how many it has used */
size_t world_input(struct world *world, struct wire *wire, unsigned node, const uint8_t *data,
                   size_t size);

/** Hand over the first datagram in the wire, or `most` bytes of its stream. */
bool world_deliver(struct world *world, struct wire *wire, unsigned node, size_t most);

void world_send(struct world *world, unsigned node, unsigned size, uint32_t deadline_ms);
void world_cancel(struct world *world, unsigned node, unsigned index);

/** @return false if there was no event */
bool world_next(struct world *world, unsigned node);

/** A good network and quick applications, for some time. */
void world_run(struct world *world, uint32_t ms);

/** All that can be checked without changing anything. */
void world_check(const struct world *world);

/** What is promised in the end: all outcomes; and, if nobody meddled, that messages come through.
 */
void world_finish(struct world *world);

/** audit.c: is the engine's state consistent in itself? */
void audit(const struct msgr *m);

#endif
