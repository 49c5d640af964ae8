/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What PORTING.md asks of an RTOS's lwIP, counted for a messenger with two streams and one target,
 * without plain messages, beside DHCP. On Linux there are two of them.
 */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#ifndef MESSENGERS
#define MESSENGERS 1
#endif

#define NO_SYS               0
#define LWIP_NETCONN         1
#define SYS_LIGHTWEIGHT_PROT 1

#define LWIP_SOCKET           1
#define LWIP_SOCKET_POLL      1
#define LWIP_NETBUF_RECVINFO  1
#define LWIP_NETIF_LOOPBACK   1
#define LWIP_HAVE_LOOPIF      1
#define LWIP_COMPAT_SOCKETS   0
#define LWIP_ERRNO_STDINCLUDE 1

#ifndef LWIP_TCPIP_CORE_LOCKING /* 1, lwIP's default, or 0 */
#define LWIP_TCPIP_CORE_LOCKING 1
#endif

#ifndef LWIP_IPV4
#define LWIP_IPV4 1
#endif
#ifndef LWIP_IPV6
#define LWIP_IPV6 1
#endif
#define LWIP_DHCP LWIP_IPV4
#define LWIP_DNS  1

#define IPV6_FRAG_COPYHEADER (__SIZEOF_POINTER__ > 4)

#define TCP_LISTEN_BACKLOG 1
#define TCP_MSS            1460
#define TCP_WND            (2 * TCP_MSS)
#define TCP_SND_BUF        (2 * TCP_MSS)

#define MEM_ALIGNMENT           (__SIZEOF_POINTER__)
#define MEM_SIZE                (16 * 1024)
#define MEMP_NUM_NETCONN        (MESSENGERS * 6)     /* bell, UDP, listener, 2 streams, 1 target */
#define MEMP_NUM_UDP_PCB        (MESSENGERS * 3 + 2) /* bell: 2, UDP; DHCP, DNS */
#define MEMP_NUM_TCP_PCB        (MESSENGERS * 3 + 1) /* 2 streams, 1 target; and 1 */
#define MEMP_NUM_TCP_PCB_LISTEN (MESSENGERS * 1)
#define MEMP_NUM_NETBUF         (MESSENGERS * (DEFAULT_UDP_RECVMBOX_SIZE + 2)) /* UDP, bell */
#define MEMP_NUM_TCPIP_MSG_API  (MESSENGERS * 1 + 4) /* bell; the loopback interface, the SDK */
#define MEMP_NUM_SYS_TIMEOUT    (LWIP_NUM_SYS_TIMEOUT_INTERNAL + MESSENGERS * 1) /* bell */

#define TCPIP_MBOX_SIZE           16
#define DEFAULT_UDP_RECVMBOX_SIZE 8
#define DEFAULT_TCP_RECVMBOX_SIZE 8
#define DEFAULT_ACCEPTMBOX_SIZE   4
#define TCPIP_THREAD_STACKSIZE    1536
#define TCPIP_THREAD_PRIO         5

#endif
