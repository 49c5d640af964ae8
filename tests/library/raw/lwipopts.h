/* SPDX-License-Identifier: BSD-3-Clause */
/* What PORTING.md asks of a product's own options, and no more. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS               1
#define LWIP_SOCKET          0
#define LWIP_NETCONN         0
#define SYS_LIGHTWEIGHT_PROT 0

#define MEM_ALIGNMENT        8
#define TCP_LISTEN_BACKLOG   1
#define MEMP_NUM_SYS_TIMEOUT (LWIP_NUM_SYS_TIMEOUT_INTERNAL + 1)
#define TCP_WND              (4 * TCP_MSS)
#define TCP_SND_BUF          (4 * TCP_MSS)
#define MEM_SIZE             8192

#endif
