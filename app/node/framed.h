/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The node's framed messages: one engine, on the same port as the plain services. What happens is
 * shown on the console (show_framed.h). The main loop; one instance.
 */
#ifndef APP_NODE_FRAMED_H
#define APP_NODE_FRAMED_H

#include "network.h"

#include <stdbool.h>
#include <stdint.h>

/** Peers of the node, and bytes of payload that it can hold for all of them together. */
#ifndef NODE_PEERS
#define NODE_PEERS 4
#endif
#ifndef NODE_PAYLOAD
#define NODE_PAYLOAD MSGR_AMPLE(NODE_PEERS)
#endif

struct framed_config {
    const char *name;     /* 1 to 31 bytes of UTF-8; lent for ever; NULL: no framed messages, and
                           * nothing else here is called */
    const char *connect;  /* URLs with spaces between them, lent during the start; NULL: none */
    uint32_t deadline_ms; /* of the console's messages; 0: MSGR_DEADLINE_MS */
};

/**
 * Begin to listen, and to connect; register the console's commands. On @p port, or where the plain
 * services are. A build without framed messages (MSGR_FRAMED) fails.
 * @return false: it cannot be; what failed has been printed
 */
bool framed_start(const struct framed_config *config, uint16_t port);

/** In each turn of the main loop. */
void framed_poll(void);

/** Print what has been counted, if it was started. */
void framed_show_stats(void);

/** The node's transport. Only after the start. */
struct net_framed *framed_transport(void);

/** As configured. */
const char *framed_name(void);
uint32_t framed_deadline_ms(void);

/** Connect to a URL, and again and again. @return whether it began; else it has been printed */
bool framed_connect(const char *url);

/** Show all that comes and goes, or no more. */
void framed_trace(bool is_wanted);

/** Give up all links, as a power cut would. */
void framed_stop(void);

#endif
