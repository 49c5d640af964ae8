/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What a port with threads brings besides port.h. There lwIP has a thread of its own (MSGR_LWIP_
 * THREADS), and others stand for the board's interrupts: one waits for frames and hands them to
 * lwIP, one waits for what is typed and for the request to stop, and wakes the application. The
 * application's main loop sleeps in its own way: there is no port_sleep().
 *
 * Contexts. port_net_next(), port_net_read() and port_net_discard(): the frames' thread.
 * port_net_send() and port_net_is_up(): whoever holds lwIP's lock. port_console_write() and
 * port_console_read(): the application's main loop. port_is_stopping(), port_now_ms() and
 * port_random(): any thread. The rest: the main loop, before port_threads_start().
 */
#ifndef PORT_THREADS_H
#define PORT_THREADS_H

#include "lwip/netif.h"

#include <stdbool.h>

/**
 * From now on frames are handed to @p netif, which has been added (port/netif.h), and @p wake is
 * called, in another thread, when port_console_read() has something to give that had nothing, and
 * when port_is_stopping() has become true.
 * @return false: there are no threads to be had; it has been printed
 */
bool port_threads_start(struct netif *netif, void (*wake)(void));

/** End these threads; @p wake is not called any more. Idempotent, also before the start. */
void port_threads_stop(void);

#endif
