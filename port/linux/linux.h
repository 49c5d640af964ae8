/* SPDX-License-Identifier: BSD-3-Clause */
/** What the simulator's main program sets up before port.h works. */
#ifndef PORT_LINUX_H
#define PORT_LINUX_H

#include <stdbool.h>
#include <stdint.h>

/**
 * The network interface is the TAP device @p name, which exists or may be created.
 * @return true; or false, having written what failed and what to do to standard error
 */
bool port_linux_open_tap(const char *name);

/**
 * The network interface is one end of a virtual wire: a Unix datagram socket; a datagram is a
 * frame.
 * @p path is either "LOCAL,REMOTE", the names of both ends; or the name of a wire, whose ends are
 * NAME.a and NAME.b, and this is the first one that nobody has.
 * @return as above
 */
bool port_linux_open_wire(const char *path);

/** Remove what the wire left in the file system. Idempotent. */
void port_linux_close(void);

/** The node's MAC address: what port_mac() tells. Before the network driver is started. */
void port_linux_use_mac(const uint8_t mac[6]);

/**
 * From now on standard input is the console's input. A terminal's own editing of lines is switched
 * off until the program ends; Ctrl-C still ends it.
 * @return whether it is a terminal, which shows what is typed only if the program does
 */
bool port_linux_open_console(void);

/** The exit status that port_reset() ends the program with. */
#define PORT_LINUX_RESET_STATUS 3

/* port_start() makes SIGINT and SIGTERM do nothing but make port_is_stopping() true. */

#endif
