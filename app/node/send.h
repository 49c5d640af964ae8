/* SPDX-License-Identifier: BSD-3-Clause */
/** The node as a plain client: one message. The main loop; one instance. */
#ifndef APP_NODE_SEND_H
#define APP_NODE_SEND_H

#include "network.h"

#include "lwip/ip_addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Room for an answer, in bytes; a longer one is an error. The default is enough for every text. */
#ifndef NODE_ANSWER_SIZE
#define NODE_ANSWER_SIZE NET_ANSWER_SIZE
#endif

struct send_config {
    bool udp; /* else TCP */
    ip_addr_t address;
    uint16_t port;    /* 0: MSGR_PORT */
    const char *text; /* lent until it is done */
    size_t size;
    uint32_t timeout_ms; /* 0: MSGR_PLAIN_TIMEOUT_MS */
    uint32_t wait_ms;    /* UDP: collect all answers for so long */
};

/** Begin, when the one before is over. What fails is printed as an error, now or later. */
void send_start(const struct send_config *config);

/** Is it over? Also before the first one. */
bool send_is_done(void);

/** It is over: did the acknowledgement come? */
bool send_is_acknowledged(void);

/** Give up if it is not over. */
void send_stop(void);

#endif
