/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What the application needs of a board: this header is the whole contract. A board implements
 * every function here; the simulator (port/linux) is a board like any other.
 *
 * Context: the main loop, unless a function says otherwise. lwIP's clock, sys_now(), is defined by
 * the board too, as port_now_ms().
 */
#ifndef PORT_H
#define PORT_H

#include "lwip/pbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- time ---------------------------------------------------------------------------------- */

/** Milliseconds since some fixed moment; monotonic; wraps after 49.7 days. Any context. */
uint32_t port_now_ms(void);

/** Wait for an interrupt (a frame, a key, a stop request), @p ms milliseconds at most. */
void port_sleep(uint32_t ms);

/** Has somebody asked the program to end? Never on a board. */
bool port_is_stopping(void);

/* ---- entropy ------------------------------------------------------------------------------- */

/** Fill @p data with @p size unpredictable bytes. */
void port_random(void *data, size_t size);

/* ---- console ------------------------------------------------------------------------------- */

enum port_console {
    PORT_CONSOLE_OUT,
    PORT_CONSOLE_ERROR, /* the same as OUT where a board has but one */
};

/** Write whole lines; waits until they are on their way. */
void port_console_write(enum port_console to, const char *text, size_t size);

/* ---- the network interface ----------------------------------------------------------------- */

#define PORT_FRAME_MAX 1514 /* Ethernet header and payload; never the FCS */

/** The length of the next received frame, in bytes without FCS; 0: none is waiting. */
size_t port_net_next(void);

/**
 * Copy the frame that port_net_next() told of into @p p and be done with it. The chain @p p has
 * exactly its length.
 */
void port_net_read(struct pbuf *p);

/** Be done with that frame without reading it. */
void port_net_discard(void);

/**
 * Send a frame: the whole chain @p p, which stays the caller's.
 * @return whether the hardware took it; if not it is lost
 */
bool port_net_send(const struct pbuf *p);

#endif
