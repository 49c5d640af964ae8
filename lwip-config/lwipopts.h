/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * lwIP's configuration, without an operating system (NO_SYS) or with threads. Only what differs
 * from lwIP's default (opt.h) is here, each with its reason. What a build may choose:
 *
 *   MSGR_LWIP_THREADS  1: lwIP in a thread of its own, and its sockets; the port brings a sys_arch.
 *                      0 (default): one main loop, and the raw API
 *   MSGR_LWIP_PRESET   MSGR_PRESET_HOST (default): a simulator; room for a hundred clients
 *                      MSGR_PRESET_TINY: 4 connections; what runs dry, runs dry in a test
 *                      MSGR_PRESET_BOARD: 4 connections in a firmware that has 64 KB of RAM
 *   MSGR_LWIP_IPV4, MSGR_LWIP_IPV6   1 (default) or 0
 *   MSGR_LWIP_DHCP, MSGR_LWIP_DNS    1 (default; DHCP: with IPv4) or 0 (default with
 *                      MSGR_PRESET_TINY)
 *   MSGR_LWIP_MALLOC   1: pools and heap are malloc(), so that the sanitizers see each object
 */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MSGR_PRESET_HOST  1
#define MSGR_PRESET_TINY  2
#define MSGR_PRESET_BOARD 3

#ifndef MSGR_LWIP_THREADS
#define MSGR_LWIP_THREADS 0
#endif
#ifndef MSGR_LWIP_PRESET
#define MSGR_LWIP_PRESET MSGR_PRESET_HOST
#endif
#ifndef MSGR_LWIP_IPV4
#define MSGR_LWIP_IPV4 1
#endif
#ifndef MSGR_LWIP_IPV6
#define MSGR_LWIP_IPV6 1
#endif
#ifndef MSGR_LWIP_DHCP
#define MSGR_LWIP_DHCP (MSGR_LWIP_IPV4 && MSGR_LWIP_PRESET != MSGR_PRESET_TINY)
#endif
#ifndef MSGR_LWIP_DNS
#define MSGR_LWIP_DNS (MSGR_LWIP_PRESET != MSGR_PRESET_TINY)
#endif
#ifndef MSGR_LWIP_MALLOC
#define MSGR_LWIP_MALLOC 0
#endif

/* ---- shape --------------------------------------------------------------------------------- */

#if MSGR_LWIP_THREADS

#define NO_SYS               0
#define LWIP_NETCONN         1 /* sockets are made of them */
#define SYS_LIGHTWEIGHT_PROT 1 /* the driver's thread takes pbufs without the core's lock */

/* msgr/sockets.h wants these; its loop is woken by a datagram to itself, through "lo". */
#define LWIP_SOCKET          1
#define LWIP_SOCKET_POLL     1
#define LWIP_NETBUF_RECVINFO 1 /* to whom a datagram was sent */
#define LWIP_HAVE_LOOPIF     1
#define LWIP_SOCKET_SELECT   0 /* poll() is enough */
#define LWIP_COMPAT_SOCKETS  0 /* no macros by the name of close() */

/* A socket's function takes the lock and does its work, in place of a message to lwIP's thread and
 * back. Frames still go by messages: each one wakes that thread, which would otherwise not notice a
 * timer that another thread has started. */
#define LWIP_TCPIP_CORE_LOCKING       1
#define LWIP_TCPIP_CORE_LOCKING_INPUT 0

/* poll() would make, and free, a semaphore each time. */
#define LWIP_NETCONN_SEM_PER_THREAD 1

/* Whoever calls lwIP without the lock is stopped there (contrib's sys_arch.c). */
void sys_check_core_locking(void);
#define LWIP_ASSERT_CORE_LOCKED() sys_check_core_locking()

/* contrib's mailboxes have room for 127 messages, whatever is asked for. */
#if MSGR_LWIP_PRESET == MSGR_PRESET_HOST
#define TCPIP_MBOX_SIZE           127
#define DEFAULT_UDP_RECVMBOX_SIZE 127
#define DEFAULT_TCP_RECVMBOX_SIZE 127
#define DEFAULT_ACCEPTMBOX_SIZE   127
#else
#define TCPIP_MBOX_SIZE           8
#define DEFAULT_UDP_RECVMBOX_SIZE 4
#define DEFAULT_TCP_RECVMBOX_SIZE 4
#define DEFAULT_ACCEPTMBOX_SIZE   4
#endif

#else

#define NO_SYS               1 /* one context; the raw API */
#define LWIP_SOCKET          0 /* need an operating system */
#define LWIP_NETCONN         0
#define SYS_LIGHTWEIGHT_PROT 0 /* nothing of lwIP runs in an interrupt */

#endif

#define LWIP_IPV4 MSGR_LWIP_IPV4
#define LWIP_IPV6 MSGR_LWIP_IPV6

/* So that a plain server can join a group; a board joins none. MLD is on by default. */
#define LWIP_IGMP (LWIP_IPV4 && MSGR_LWIP_PRESET != MSGR_PRESET_BOARD)

/* DHCP servers look for the address themselves before they offer it (RFC 2131, 2.2). lwIP's own
 * look would take up to 7 s at each start, most of the time before a node takes its fixed address.
 * (The second name is 2.1.3's.) */
#define LWIP_DHCP                (MSGR_LWIP_DHCP)
#define LWIP_DHCP_DOES_ACD_CHECK 0
#define DHCP_DOES_ARP_CHECK      0

/* Names in `send`; the servers come from DHCP or, with IPv6, from the router (RFC 8106). */
#define LWIP_DNS                       (MSGR_LWIP_DNS)
#define LWIP_ND6_RDNSS_MAX_DNS_SERVERS (MSGR_LWIP_DNS && MSGR_LWIP_IPV6 ? 2 : 0)

/* A 4 KB answer over UDP is fragmented; its fragments must not push each other out of the queue
 * while the neighbour's address is resolved. (IPv6: on by default.) */
#define ARP_QUEUEING (LWIP_IPV4)

/* Where pointers have 8 bytes lwIP's reassembly needs more room than the fragment header has. */
#define IPV6_FRAG_COPYHEADER (__SIZEOF_POINTER__ > 4)

/* The node tells its user of each address that becomes usable, and of the cable. */
#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_NETIF_LINK_CALLBACK   1

/* The backlog is how a server keeps clients waiting that it has no connection for. */
#define TCP_LISTEN_BACKLOG 1

/* The default backs off like a desktop from the 1980s: 3 s before the first SYN is repeated. RFC
 * 6298 (2.1) says 1 s. */
#define LWIP_TCP_RTO_TIME 1000

/* ---- safety -------------------------------------------------------------------------------- */

/* lwIP's first ephemeral ports, and its sequence numbers, are not to be guessed; the board's port
 * gives the random bits. */
#define LWIP_RAND()        port_lwip_rand()
#define LWIP_HOOK_TCP_ISN  port_lwip_isn
#define LWIP_HOOK_FILENAME "port/isn.h"

/* lwIP's own would begin with the last port once in 16,384 starts, and its next one is 0: the first
 * connection fails with ERR_BUF, and those after it are from port 1 upwards. */
#define TCP_LOCAL_PORT_RANGE_START 0xC000
#define TCP_LOCAL_PORT_RANGE_END   0xFFFF
#define TCP_ENSURE_LOCAL_PORT_RANGE(port)                                                          \
    ((u16_t)(TCP_LOCAL_PORT_RANGE_START +                                                          \
             (port) % (TCP_LOCAL_PORT_RANGE_END - TCP_LOCAL_PORT_RANGE_START)))

/* ---- memory -------------------------------------------------------------------------------- */

#define MEM_ALIGNMENT (__SIZEOF_POINTER__) /* the default of 1 is wrong on all our machines */

#if MSGR_LWIP_PRESET == MSGR_PRESET_HOST

#define TCP_MSS                   1460
#define TCP_WND                   (8 * TCP_MSS)
#define TCP_SND_BUF               (8 * TCP_MSS)
#define MEM_SIZE                  (1024 * 1024)
#define PBUF_POOL_SIZE            512
#define PBUF_POOL_BUFSIZE         1536 /* a whole frame: no received datagram is ever in pieces */
#define MEMP_NUM_PBUF             512  /* answers that are sent without copying */
#define MEMP_NUM_TCP_PCB          256
#define MEMP_NUM_TCP_SEG          1024
#define MEMP_NUM_UDP_PCB          16
#define MEMP_NUM_REASSDATA        16
#define IP_REASS_MAX_PBUFS        64
#define MEMP_NUM_ARP_QUEUE        64
#define ARP_QUEUE_LEN             48 /* fragments of the longest datagram */
#define MEMP_NUM_IGMP_GROUP       16 /* eight of the user's, and those that every node is in */
#define MEMP_NUM_MLD6_GROUP       16
#define MEMP_NUM_ND6_QUEUE        64
#define ARP_TABLE_SIZE            64
#define LWIP_ND6_NUM_NEIGHBORS    64
#define LWIP_ND6_NUM_DESTINATIONS 64
#define MEMP_NUM_FRAG_PBUF        64

#if MSGR_LWIP_THREADS
#define MEMP_NUM_NETCONN         320 /* 128 plain clients, as many that wait, 32 links, and others */
#define MEMP_NUM_NETBUF          256 /* datagrams that wait in mailboxes: two of these */
#define MEMP_NUM_TCPIP_MSG_INPKT 128 /* frames on their way to lwIP's thread: its mailbox full */
#define MEMP_NUM_TCPIP_MSG_API   16
#endif

#elif MSGR_LWIP_PRESET == MSGR_PRESET_TINY

#define TCP_MSS          536
#define TCP_WND          (3 * TCP_MSS) /* a frame has up to 1,200 bytes */
#define TCP_SND_BUF      (3 * TCP_MSS)
#define MEM_SIZE         (12 * 1024)
#define PBUF_POOL_SIZE   16
#define MEMP_NUM_TCP_PCB 4
#if MSGR_LWIP_THREADS
#define MEMP_NUM_UDP_PCB       6 /* two by which a loop is woken */
#define MEMP_NUM_NETCONN       8 /* one of these, what listens, connections */
#define MEMP_NUM_NETBUF        4
#define MEMP_NUM_TCPIP_MSG_API 4
#else
#define MEMP_NUM_UDP_PCB 4
#endif

#elif MSGR_LWIP_PRESET == MSGR_PRESET_BOARD

#define TCP_MSS                    1460
#define TCP_WND                    (2 * TCP_MSS) /* a LAN9118's FIFO holds four of these */
#define TCP_SND_BUF                (2 * TCP_MSS) /* an answer needs less than one */

/* Headers of segments; and a UDP answer twice: 4 KB where every byte is escaped, and its fragments
 * are copied while the neighbour's address is asked for. Texts over TCP are sent from where they
 * are: 8.4 KB for the answers, and 1 KB for headers. */
#define MEM_SIZE                   (19 * 512)

/* A whole frame takes three, a short one a third of what a whole one would: eight long frames, or
 * 24 short ones, while the main loop is busy. */
#define PBUF_POOL_SIZE             24
#define PBUF_POOL_BUFSIZE          512

/* A window has two segments: keeping the second one while the first is repeated saves a peer one
 * segment for each loss, and costs 1.5 KB of flash and a sixth of the pool. */
#define TCP_QUEUE_OOSEQ            0

/* Texts and answers are sent from where they are; room at a segment's end has no use. */
#define TCP_OVERSIZE               0

/* TCP_MSS is right for IPv4 on Ethernet as it is; IPv6's headers are longer. */
#define TCP_CALCULATE_EFF_SEND_MSS (LWIP_IPV6)

/* One interface: nothing to choose between, and no zones. */
#define LWIP_SINGLE_NETIF          1

/* newlib's table for every character, where digits are all that is asked for. */
#define LWIP_NO_CTYPE_H            1

#define MEMP_NUM_TCP_PCB          4
#define MEMP_NUM_TCP_PCB_LISTEN   2
#define MEMP_NUM_TCP_SEG          16 /* two for each connection, and as many that wait their turn */
#define MEMP_NUM_UDP_PCB          4  /* the server, a client, DHCP, DNS */
#define MEMP_NUM_PBUF             12 /* answers that are sent without copying, in three pieces */
#define MEMP_NUM_REASSDATA        2
#define IP_REASS_MAX_PBUFS        6 /* of the pool: the longest text in fragments */
#define MEMP_NUM_FRAG_PBUF        6
#define MEMP_NUM_ARP_QUEUE        6
#define ARP_QUEUE_LEN             3 /* fragments of the longest answer */
#define MEMP_NUM_ND6_QUEUE        6
#define ARP_TABLE_SIZE            8
#define LWIP_ND6_NUM_NEIGHBORS    8
#define LWIP_ND6_NUM_DESTINATIONS 8
#define LWIP_ND6_NUM_PREFIXES     3
#define LWIP_ND6_NUM_ROUTERS      2

#define DNS_TABLE_SIZE 2

#else
#error "MSGR_LWIP_PRESET: MSGR_PRESET_HOST, MSGR_PRESET_TINY or MSGR_PRESET_BOARD"
#endif

/* One for each plain TCP server (1) and each running client (2), beyond what lwIP's own timers
 * need; the node's: the look at the cable, and the wait for DHCP; and the framed protocol's. */
#if defined MSGR_FRAMED && MSGR_FRAMED
#define MSGR_SYS_TIMEOUTS 6
#else
#define MSGR_SYS_TIMEOUTS 5
#endif
#define MEMP_NUM_SYS_TIMEOUT (LWIP_NUM_SYS_TIMEOUT_INTERNAL + MSGR_SYS_TIMEOUTS)

#if MSGR_LWIP_MALLOC
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#endif

/* ---- being looked at ----------------------------------------------------------------------- */

#define LWIP_STATS         1 /* the tests count every pool */
#define LWIP_STATS_LARGE   1 /* counters that do not wrap after 65,535 */
#define MEMP_STATS         1
#define LWIP_STATS_DISPLAY 0

#if MSGR_LWIP_PRESET == MSGR_PRESET_BOARD /* memory alone: what is lost, is lost there */
#define LINK_STATS     0
#define ETHARP_STATS   0
#define IP_STATS       0
#define IPFRAG_STATS   0
#define ICMP_STATS     0
#define IGMP_STATS     0
#define UDP_STATS      0
#define TCP_STATS      0
#define IP6_STATS      0
#define ICMP6_STATS    0
#define IP6_FRAG_STATS 0
#define MLD6_STATS     0
#define ND6_STATS      0
#endif

/* ---- checks -------------------------------------------------------------------------------- */

#if !MSGR_LWIP_IPV4 && !MSGR_LWIP_IPV6
#error "MSGR_LWIP_IPV4, MSGR_LWIP_IPV6: at least one of them"
#endif
#if MSGR_LWIP_THREADS && MSGR_LWIP_PRESET == MSGR_PRESET_BOARD
#error "MSGR_LWIP_THREADS: how many sockets there may be is not known for MSGR_PRESET_BOARD"
#endif
#if MSGR_LWIP_THREADS && MSGR_LWIP_PRESET == MSGR_PRESET_HOST &&                                   \
    MEMP_NUM_NETCONN < MEMP_NUM_TCP_PCB + MEMP_NUM_UDP_PCB
#error "MEMP_NUM_NETCONN: lwIP resets a client that it has a pcb for and no netconn"
#endif
#if TCP_WND < 2 * TCP_MSS
#error "TCP_WND below two segments: each one waits for a delayed acknowledgement"
#endif
#if MEM_SIZE < 2 * TCP_SND_BUF
#error "MEM_SIZE: too small for two connections that send"
#endif

#endif
