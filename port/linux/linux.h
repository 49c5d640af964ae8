/* SPDX-License-Identifier: BSD-3-Clause */
/** What the simulator's main program sets up before port.h works. */
#ifndef PORT_LINUX_H
#define PORT_LINUX_H

#include <stdbool.h>

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

/**
 * First of all: whoever started us may have closed standard input, output or error, and what is
 * opened next would take its place.
 */
void port_linux_open_standard_files(void);

/** Did the program stop because it could not go on? An error has been written. */
bool port_linux_has_failed(void);

/** From now on SIGINT and SIGTERM only make port_is_stopping() true. */
void port_linux_catch_signals(void);

#endif
