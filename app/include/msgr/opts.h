/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Compile-time options. Each has a default that a project overrides with a compiler definition, or
 * in a header of its own that it names in MSGR_OPTS_FILE:
 *
 *     -DMSGR_OPTS_FILE='"my_msgr_opts.h"'
 */
#ifndef MSGR_OPTS_H
#define MSGR_OPTS_H

#ifdef MSGR_OPTS_FILE
#include MSGR_OPTS_FILE
#endif

/** Port of all services, TCP and UDP, where a configuration says 0. */
#ifndef MSGR_PORT
#define MSGR_PORT 9999
#endif

/** Longest plain text, in bytes. Each TCP connection of a plain server holds one. */
#ifndef MSGR_PLAIN_TEXT_MAX
#define MSGR_PLAIN_TEXT_MAX 1024
#endif

/** A plain text on a stream has ended when nothing has come for so long, in milliseconds. */
#ifndef MSGR_PLAIN_QUIET_MS
#define MSGR_PLAIN_QUIET_MS 20
#endif

/** Default time from connection to the text's end, in milliseconds (granularity 500). */
#ifndef MSGR_PLAIN_SILENCE_MS
#define MSGR_PLAIN_SILENCE_MS 30000
#endif

/** A server reads and throws away for so long after its answer, in ms (granularity 500) ... */
#ifndef MSGR_PLAIN_LINGER_MS
#define MSGR_PLAIN_LINGER_MS 2000
#endif

/** ... and no more than so many bytes in all, the text included. */
#ifndef MSGR_PLAIN_LINGER_MAX
#define MSGR_PLAIN_LINGER_MAX 65536
#endif

/** Default time that a client waits for its acknowledgement, in ms (TCP: granularity 500). */
#ifndef MSGR_PLAIN_TIMEOUT_MS
#define MSGR_PLAIN_TIMEOUT_MS 5000
#endif

/** Amplifying UDP answers that one source gets at once ... */
#ifndef MSGR_PLAIN_RATE_BURST
#define MSGR_PLAIN_RATE_BURST 100
#endif

/** ... and for each second since. */
#ifndef MSGR_PLAIN_RATE_PER_S
#define MSGR_PLAIN_RATE_PER_S 20
#endif

/** Sources whose rate is known at the same time; 28 bytes each. */
#ifndef MSGR_PLAIN_RATE_SOURCES
#define MSGR_PLAIN_RATE_SOURCES 16
#endif

/** Peers of one engine at most; the engine keeps sets of them in one word. */
#define MSGR_PEERS_MAX 16

/** Payload bytes of a fragment, and of a slot of the pool: 64, 128, 256, 512 or 1024. */
#ifndef MSGR_FRAGMENT
#define MSGR_FRAGMENT 256
#endif

/** Longest message that is sent or taken, in bytes; 1 to 65536. A configuration may say less. */
#ifndef MSGR_MESSAGE_MAX
#define MSGR_MESSAGE_MAX 4096
#endif

/** Fragments that a peer may have under way in one direction: 4, 8, 16 or 32. 14 bytes each. */
#ifndef MSGR_WINDOW
#define MSGR_WINDOW 32
#endif

/** Links that a peer may have at the same time: 1, or 2 so that one can take over. 88 bytes each.
 */
#ifndef MSGR_LINKS_PER_PEER
#define MSGR_LINKS_PER_PEER 2
#endif

/** A message's deadline where the sender says 0, in milliseconds. */
#ifndef MSGR_DEADLINE_MS
#define MSGR_DEADLINE_MS 30000
#endif

/** Default heartbeat interval in milliseconds. Three of them in silence, and a link is down. */
#ifndef MSGR_HEARTBEAT_MS
#define MSGR_HEARTBEAT_MS 5000
#endif

/**
 * 1: the plain servers hand what is framed to msgr/lwip.h, if that is open; so both protocols share
 * a port. 0: they drop it.
 */
#ifndef MSGR_FRAMED
#define MSGR_FRAMED 0
#endif

/**
 * Links that msgr/lwip.h has at the same time, 1 to 32: as many as the engine, that is its peers
 * times MSGR_LINKS_PER_PEER. With fewer, further ones are refused.
 */
#ifndef MSGR_LWIP_LINKS
#define MSGR_LWIP_LINKS 8
#endif

/** Nodes that msgr_lwip_connect() is told to connect to at the same time, 1 to 32. */
#ifndef MSGR_LWIP_TARGETS
#define MSGR_LWIP_TARGETS 4
#endif

/** 1: msgr/sockets.h is for lwIP's sockets. 0: for POSIX's. */
#ifndef MSGR_SOCKETS_LWIP
#define MSGR_SOCKETS_LWIP 0
#endif

/**
 * Links that msgr/sockets.h has at the same time, 1 to 32: as MSGR_LWIP_LINKS. With POSIX's sockets
 * there is room for a desktop.
 */
#ifndef MSGR_SOCKETS_LINKS
#if MSGR_SOCKETS_LWIP
#define MSGR_SOCKETS_LINKS 8
#else
#define MSGR_SOCKETS_LINKS 32
#endif
#endif

/** ... and those of them that may be streams, 1 to 32; 2.4 KB each. */
#ifndef MSGR_SOCKETS_STREAMS
#define MSGR_SOCKETS_STREAMS MSGR_SOCKETS_LINKS
#endif

/** Nodes that msgr_sockets_connect() is told to connect to at the same time, 1 to 32. */
#ifndef MSGR_SOCKETS_TARGETS
#if MSGR_SOCKETS_LWIP
#define MSGR_SOCKETS_TARGETS 4
#else
#define MSGR_SOCKETS_TARGETS 8
#endif
#endif

/** Bytes of the checksum's table: 1024 for speed, or 64 for size. */
#ifndef MSGR_CRC_TABLE
#define MSGR_CRC_TABLE 1024
#endif

/** 1: PCs compute the checksum by an instruction, if their processor has it. 0: by the table. */
#ifndef MSGR_CRC_INSTRUCTION
#if defined __GNUC__ && defined __x86_64__
#define MSGR_CRC_INSTRUCTION 1
#else
#define MSGR_CRC_INSTRUCTION 0
#endif
#endif

/**
 * MSGR_LOG(level, format, ...): called with a string literal, as printf() wants it, and one of 'e'
 * (our fault or the user's), 'w' (the peer misbehaves), 'i' (peers and links come and go). Nothing
 * unless defined; then neither the texts nor the calls are compiled.
 */
#ifndef MSGR_LOG
#define MSGR_LOG(...) ((void)0)
#endif

/** MSGR_ASSERT(condition): for our own mistakes only. Nothing unless defined. */
#ifndef MSGR_ASSERT
#define MSGR_ASSERT(condition) ((void)0)
#endif

/**
 * Around what each function of msgr/lwip_plain.h and msgr/lwip.h does: keep lwIP out. Needed where
 * lwIP runs in another context than the caller; empty where all is one main loop.
 *
 *     an operating system          LOCK_TCPIP_CORE()           UNLOCK_TCPIP_CORE()
 *     Pico SDK, background mode    cyw43_arch_lwip_begin()     cyw43_arch_lwip_end()
 *     lwIP in an interrupt         uint32_t mask = mask_it()   restore_it(mask)
 *
 * lwip/tcpip.h is included where they are used; other declarations belong in MSGR_OPTS_FILE.
 * Both stand in one block, so that the first may declare a variable for the second. They are never
 * nested: the lock needs not be recursive. Both or neither.
 */
#if defined MSGR_LOCK != defined MSGR_UNLOCK
#error "MSGR_LOCK and MSGR_UNLOCK: both or neither"
#endif
#ifndef MSGR_LOCK
#define MSGR_LOCK()   ((void)0)
#define MSGR_UNLOCK() ((void)0)
#endif

#if MSGR_PORT < 1 || MSGR_PORT > 65535
#error "MSGR_PORT is a port number: 1 to 65535"
#endif
#if MSGR_PLAIN_TEXT_MAX < 16 || MSGR_PLAIN_TEXT_MAX > 8192
#error "MSGR_PLAIN_TEXT_MAX: 16 to 8192 (a UDP answer may be four times as long)"
#endif
#if MSGR_PLAIN_QUIET_MS < 1 || MSGR_PLAIN_QUIET_MS > 1000
#error "MSGR_PLAIN_QUIET_MS: 1 to 1000"
#endif
#if MSGR_PLAIN_RATE_PER_S < 1 || MSGR_PLAIN_RATE_PER_S > 1000 || 1000 % MSGR_PLAIN_RATE_PER_S != 0
#error "MSGR_PLAIN_RATE_PER_S: a divisor of 1000, so that time is counted in whole milliseconds"
#endif
#if MSGR_PLAIN_RATE_BURST < 1 || MSGR_PLAIN_RATE_BURST > 1000000
#error "MSGR_PLAIN_RATE_BURST: 1 to 1000000"
#endif
#if MSGR_FRAGMENT != 64 && MSGR_FRAGMENT != 128 && MSGR_FRAGMENT != 256 && MSGR_FRAGMENT != 512 && \
    MSGR_FRAGMENT != 1024
#error "MSGR_FRAGMENT: 64, 128, 256, 512 or 1024"
#endif
#if MSGR_MESSAGE_MAX < 1 || MSGR_MESSAGE_MAX > 65536
#error "MSGR_MESSAGE_MAX: 1 to 65536"
#endif
#if MSGR_WINDOW != 4 && MSGR_WINDOW != 8 && MSGR_WINDOW != 16 && MSGR_WINDOW != 32
#error "MSGR_WINDOW: 4, 8, 16 or 32"
#endif
#if MSGR_LINKS_PER_PEER != 1 && MSGR_LINKS_PER_PEER != 2
#error "MSGR_LINKS_PER_PEER: 1 or 2"
#endif
#if MSGR_DEADLINE_MS < 1 || MSGR_DEADLINE_MS > 86400000
#error "MSGR_DEADLINE_MS: 1 to 86400000 (a day)"
#endif
#if MSGR_HEARTBEAT_MS < 500 || MSGR_HEARTBEAT_MS > 60000
#error "MSGR_HEARTBEAT_MS: 500 to 60000"
#endif
#if MSGR_CRC_TABLE != 64 && MSGR_CRC_TABLE != 1024
#error "MSGR_CRC_TABLE: 64 or 1024"
#endif
#if MSGR_LWIP_LINKS < 1 || MSGR_LWIP_LINKS > 32
#error "MSGR_LWIP_LINKS: 1 to 32"
#endif
#if MSGR_LWIP_TARGETS < 1 || MSGR_LWIP_TARGETS > 32
#error "MSGR_LWIP_TARGETS: 1 to 32"
#endif
#if MSGR_SOCKETS_LINKS < 1 || MSGR_SOCKETS_LINKS > 32
#error "MSGR_SOCKETS_LINKS: 1 to 32"
#endif
#if MSGR_SOCKETS_STREAMS < 1 || MSGR_SOCKETS_STREAMS > 32
#error "MSGR_SOCKETS_STREAMS: 1 to 32"
#endif
#if MSGR_SOCKETS_TARGETS < 1 || MSGR_SOCKETS_TARGETS > 32
#error "MSGR_SOCKETS_TARGETS: 1 to 32"
#endif
#if MSGR_PLAIN_RATE_SOURCES < 1
#error "MSGR_PLAIN_RATE_SOURCES: at least 1"
#endif

#endif
