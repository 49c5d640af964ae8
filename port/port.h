/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What the application needs of a board: this header is the whole contract. A board implements
 * every function here, and its main.c calls node_main() (app/node/node.h); the simulator
 * (port/linux) is a board like any other. PORTING.md goes through it step by step; template/ is
 * ready to copy.
 *
 * Context: the main loop, unless a function says otherwise. Interrupt handlers are the board's own
 * affair: they set flags or fill rings, and touch neither lwIP nor anything of app/. lwIP's clock,
 * sys_now(), and its LWIP_RAND() are in port/lwip.c, on top of what is here.
 */
#ifndef PORT_H
#define PORT_H

#include "lwip/pbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- start-up ------------------------------------------------------------------------------ */

/** The board's name: "lm3s6965evb". Static. */
const char *port_board(void);

/**
 * Clock, console, interrupts, and port_reset_reason(), before anything else here is called. The
 * network driver is not part of it.
 */
void port_start(void);

/**
 * A setting given from outside, by its name: on an emulated board the value of "NAME=VALUE" on
 * the emulator's command line (semihosting), in the simulator none. Boards without such a thing
 * return NULL always.
 * @return lent for ever; NULL: not given
 */
const char *port_setting(const char *name);

/** Memory, for the banner and "stats", in bytes. What a board cannot tell is 0. */
struct port_memory {
    uint32_t ram_size;   /* all there is */
    uint32_t ram_used;   /* statically: data, bss, and the stack's whole reserve */
    uint32_t stack_size; /* reserved */
    uint32_t stack_used; /* the most so far, from the paint that is gone */
};

void port_memory(struct port_memory *memory);

/* ---- time ---------------------------------------------------------------------------------- */

/** Milliseconds since some fixed moment; monotonic; wraps after 49.7 days. Any context. */
uint32_t port_now_ms(void);

/**
 * Wait for an interrupt (a frame, a key, a stop request), @p ms milliseconds at most. Race-free:
 * what has come since the driver was last asked ends it at once. Returning early is allowed.
 */
void port_sleep(uint32_t ms);

/** Has somebody asked the program to end? Never on a board. */
bool port_is_stopping(void);

/* ---- entropy and identity ------------------------------------------------------------------ */

/**
 * Fill @p data with @p size unpredictable bytes: from a true random generator or, where a chip has
 * none, from a generator seeded with port_boot_unique()'s value. Under an emulator the seed is
 * injected (setting "seed").
 */
void port_random(void *data, size_t size);

/**
 * A value that is different at each boot: from a true random generator, a counter in flash, or the
 * injected seed.
 * @return whether there is one. Without it ports and sequence numbers can be guessed, and the
 *         framed protocol will not start
 */
bool port_boot_unique(uint64_t *value);

/** This node's MAC address: from the chip, or the board's own constant. */
void port_mac(uint8_t mac[6]);

/** Stable and different for each node: from the chip's unique id, or from the MAC address. */
uint64_t port_identity(void);

/* ---- console ------------------------------------------------------------------------------- */

enum port_console {
    PORT_CONSOLE_OUT,
    PORT_CONSOLE_ERROR, /* the same as OUT where a board has but one */
};

/** Write; waits until all is on its way. '\n' is a line's end; a UART's board sends "\r\n". */
void port_console_write(enum port_console to, const char *text, size_t size);

/** Take what has been typed, @p size bytes at most. @return how many; 0: nothing */
size_t port_console_read(char *text, size_t size);

/* ---- the network interface ----------------------------------------------------------------- */

#define PORT_FRAME_MAX 1514 /* Ethernet header and payload; never the FCS */

/**
 * Start the controller with this MAC address, with multicast, and with its receive interrupt.
 * @return false: it does not answer as it should
 */
bool port_net_start(const uint8_t mac[6]);

/** Is the cable in? A board that cannot tell says true. */
bool port_net_is_up(void);

/** The length of the next received frame, in bytes without FCS; 0: none is waiting. */
size_t port_net_next(void);

/**
 * Copy the frame that port_net_next() told of into @p p and be done with it. The chain @p p has
 * exactly its length.
 */
void port_net_read(struct pbuf *p);

/** Be done with that frame without keeping it. */
void port_net_discard(void);

/**
 * Send a frame: the whole chain @p p, which stays the caller's.
 * @return whether the hardware took it; if not it is lost
 */
bool port_net_send(const struct pbuf *p);

/* ---- reset and watchdog -------------------------------------------------------------------- */

enum port_reset {
    PORT_RESET_POWER,    /* power on, or the reset pin, or unknown */
    PORT_RESET_SOFTWARE, /* port_reset() */
    PORT_RESET_WATCHDOG,
    PORT_RESET_FAULT, /* the fault handler, after it has printed the registers */
};

/** Why the board started. */
enum port_reset port_reset_reason(void);

/** Start anew. Does not return. (In the simulator: end.) */
void port_reset(void);

/**
 * Start the watchdog: it resets the board unless it is fed at least so often. It cannot be stopped.
 * A board without one does nothing.
 */
void port_watchdog_start(uint32_t ms);

/** The main loop makes progress. */
void port_watchdog_feed(void);

#endif
