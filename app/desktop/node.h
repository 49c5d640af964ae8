/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * This program as a node: the engine, the loop, and the transport between them. One at a time; all
 * memory is static.
 */
#ifndef DESKTOP_NODE_H
#define DESKTOP_NODE_H

#include "msgr/sockets.h"

#include <stdbool.h>
#include <stdint.h>

#define NODE_PEERS 16

/** Plain clients served at the same time. */
#define NODE_PLAIN_CLIENTS 32

struct node_config {
    const char *name;  /* NULL: one made of the computer's; lent until node_close() */
    uint64_t identity; /* 0: made of the computer's name and this one's */
    bool is_brief;     /* the name has the process's number behind it: several may run at once */
    bool listen;
    uint16_t port;                                   /* 0: MSGR_PORT */
    const char *path;                                /* of a Unix socket to listen on, or NULL */
    struct msgr_sockets_plain_udp_server *plain_udp; /* as in msgr/sockets.h */
    struct msgr_sockets_plain_server *plain_tcp;
    struct msgr_sockets_plain_server *plain_local;
};

/** The loop, and signals. @return false: it has been said why not */
bool node_open_loop(void);

/** The engine and its transport, on the loop. @return false: it has been said why not */
bool node_open(const struct node_config *config);

/** Tell the peers that this node ends, and end the transport: before plain servers of its. */
void node_close_net(void);

/** That, and the loop; also where nothing ever began. */
void node_close(void);

struct msgr_loop *node_loop(void);
struct msgr_sockets *node_net(void);
const char *node_name(void);

/** One turn, at most that long. @return false: the program is to end, asked to or because of an
 * error that has been told */
bool node_turn(uint32_t most_ms);

/** As node_turn(), but goes on although somebody has asked the program to end. */
bool node_turn_anyway(uint32_t most_ms);

/** Whether the program is to end: Ctrl-C, or nobody reads its output any more. */
bool node_is_ending(void);

/** Whether that is because of a signal. */
bool node_was_interrupted(void);

/** Take the next event; what was told of the one before has been taken, then. */
bool node_take(struct msgr_event *event);

/** The same; a message that has come is told. */
bool node_next(struct msgr_event *event);

/** Its name, or "?". Static until the next call. */
const char *node_peer_name(int peer);

/** Microseconds, monotonic. */
uint64_t node_now_us(void);

/** What an error of the socket layer means, for people: "port 9999 is in use: ...". */
void node_say_not_listening(int error, uint16_t port, const char *path);

#endif
