/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A loop that is woken while lwIP has no memory for the datagram that wakes it is woken all the
 * same, when there is memory again. Prints how many milliseconds it slept.
 */
#include "msgr/loop.h"

#include "lwip/stats.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_MS 8000

static struct pollfd fds[MSGR_LOOP_FDS(0)];
static struct msgr_loop loop;

static void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "%s\n", what);
        exit(1);
    }
}

static void signal_it(void *arg)
{
    sys_sem_signal(arg);
}

/* lwIP's thread has done all that it was asked for before. */
static void wait_for_lwip(void)
{
    sys_sem_t is_done;

    require(sys_sem_new(&is_done, 0) == ERR_OK, "sys_sem_new()");
    require(tcpip_callback(signal_it, &is_done) == ERR_OK, "tcpip_callback()");
    sys_arch_sem_wait(&is_done, 0);
    sys_sem_free(&is_done);
}

static int open_hoarder(struct sockaddr_in *address)
{
    int fd = lwip_socket(AF_INET, SOCK_DGRAM, 0);

    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_port = lwip_htons(9997);
    address->sin_addr.s_addr = lwip_htonl(INADDR_LOOPBACK);
    require(fd >= 0, "lwip_socket()");
    require(lwip_bind(fd, (struct sockaddr *)address, sizeof *address) == 0, "lwip_bind()");
    return fd;
}

/* Until there is no netbuf left. */
static void hoard(int fd, const struct sockaddr_in *address)
{
    for (int i = 0; i <= MEMP_NUM_NETBUF; i++) {
        require(lwip_sendto(fd, "x", 1, 0, (const struct sockaddr *)address, sizeof *address) == 1,
                "lwip_sendto()");
        wait_for_lwip();
    }
    require(lwip_stats.memp[MEMP_NETBUF]->used == MEMP_NUM_NETBUF, "there are netbufs left");
}

static void on_lwip_runs(void *arg)
{
    sys_sem_signal(arg);
}

int main(void)
{
    struct sockaddr_in address;
    sys_sem_t is_ready;
    uint32_t began_ms;
    int fd;

    require(sys_sem_new(&is_ready, 0) == ERR_OK, "sys_sem_new()");
    tcpip_init(on_lwip_runs, &is_ready);
    sys_arch_sem_wait(&is_ready, 0);
    require(msgr_loop_open(&loop, fds, sizeof fds / sizeof fds[0]) == 0, "msgr_loop_open()");

    fd = open_hoarder(&address);
    hoard(fd, &address);
    require(msgr_loop_wake(&loop), "msgr_loop_wake()");
    wait_for_lwip(); /* to have sent it */
    wait_for_lwip(); /* to have lost it: it came from the loopback interface */
    lwip_close(fd);

    began_ms = msgr_loop_now_ms();
    require(msgr_loop_turn(&loop, LONG_MS) == 0, "msgr_loop_turn()");
    printf("%u\n", (unsigned)(msgr_loop_now_ms() - began_ms));
    return msgr_loop_now_ms() - began_ms >= LONG_MS;
}
