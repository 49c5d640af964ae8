/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bell is a datagram on lwIP's loopback interface, to a socket that the loop watches. An
 * interrupt may not call sockets, but give lwIP's thread a message that was made beforehand; so
 * threads do the same. In lwIP's thread that message sends the datagram, again and again until the
 * loop has heard it.
 */
#include "sockets_stack.h"

#include "sockets_address.h"
#include "sockets_bell.h"
#include "sockets_fd.h"

#include "lwip/priv/tcpip_priv.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

#include <stdatomic.h>

#define RING_AGAIN_MS 50

static uint32_t heard(struct msgr_loop *loop)
{
    return atomic_load(&loop->bell) / 2;
}

static void ring_again(void *arg);

/* Without memory lwIP drops the datagram without a word. */
static void send_datagram(struct msgr_loop *loop)
{
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, 0, PBUF_RAM);

    if (p != NULL) {
        (void)udp_send(loop->wake_pcb, p);
        pbuf_free(p);
    }
    sys_timeout(RING_AGAIN_MS, ring_again, loop);
}

/* In lwIP's thread. */
static void ring(void *arg)
{
    struct msgr_loop *loop = arg;

    sys_untimeout(ring_again, loop);
    loop->wake_heard = heard(loop);
    send_datagram(loop);
}

/* Unless it has been heard: nobody else would ring. */
static void ring_again(void *arg)
{
    struct msgr_loop *loop = arg;

    if (loop->wake_heard == heard(loop)) {
        send_datagram(loop);
    }
}

struct bell_call {
    struct tcpip_api_call_data data; /* first */
    struct msgr_loop *loop;
    ip_addr_t address;
    uint16_t port;
};

static err_t open_pcb(struct tcpip_api_call_data *data)
{
    struct bell_call *call = (struct bell_call *)(void *)data;
    struct udp_pcb *pcb = udp_new_ip_type(IP_GET_TYPE(&call->address));
    err_t err;

    if (pcb == NULL) {
        return ERR_MEM;
    }
    err = udp_connect(pcb, &call->address, call->port);
    if (err != ERR_OK) {
        udp_remove(pcb);
        return err;
    }
    call->loop->wake_pcb = pcb;
    return ERR_OK;
}

static err_t close_pcb(struct tcpip_api_call_data *data)
{
    struct bell_call *call = (struct bell_call *)(void *)data;

    sys_untimeout(ring_again, call->loop);
    if (call->loop->wake_pcb != NULL) {
        udp_remove(call->loop->wake_pcb);
        call->loop->wake_pcb = NULL;
    }
    return ERR_OK;
}

/* A socket on the loopback interface, on a port that lwIP chooses, which only we know. */
static int open_socket(struct msgr_loop *loop, struct bell_call *call)
{
    struct msgr_sockets_address address;
    int fd = msgr_stack_socket(LWIP_IPV4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
    int error;

    if (fd < 0) {
        return msgr_fd_error();
    }
    loop->wake_fd[0] = fd;
    error = msgr_stack_prepare(fd);
    (void)msgr_sockets_address_parse(&address, LWIP_IPV4 ? "127.0.0.1" : "::1", 0);
    if (error == 0 && (msgr_stack_bind(fd, &address.as.any, address.size) != 0 ||
                       msgr_stack_getsockname(fd, &address.as.any, &address.size) != 0)) {
        error = msgr_fd_error();
    }
    call->port = msgr_sockets_address_port(&address);
    return error;
}

static int open_bell(struct msgr_loop *loop, struct bell_call *call)
{
    int error = open_socket(loop, call);

    if (error != 0) {
        return error;
    }
    loop->wake_msg = tcpip_callbackmsg_new(ring, loop);
    if (loop->wake_msg == NULL) {
        return -ENOMEM;
    }
    return tcpip_api_call(open_pcb, &call->data) == ERR_OK ? 0 : -ENOMEM;
}

int msgr_stack_bell_open(struct msgr_loop *loop)
{
    struct bell_call call = {.loop = loop};
    int error;

#if LWIP_IPV4
    ip_addr_set_loopback(false, &call.address);
#else
    ip_addr_set_loopback(true, &call.address);
#endif
    loop->wake_fd[0] = MSGR_FD_NONE;
    error = open_bell(loop, &call);
    if (error != 0) {
        msgr_stack_bell_close(loop);
    }
    return error;
}

/* In lwIP's thread. */
static void signal_it(void *arg)
{
    sys_sem_signal((sys_sem_t *)arg);
}

/* The message may be on its way to lwIP's thread, which must not come upon it when it is gone: one
 * that was sent later has been heard when all before it have. @return false: there is no memory */
static bool wait_until_heard(sys_sem_t *heard)
{
    if (tcpip_callback(signal_it, heard) != ERR_OK) {
        return false;
    }
    (void)sys_arch_sem_wait(heard, 0);
    return true;
}

void msgr_stack_bell_close(struct msgr_loop *loop)
{
    struct bell_call call = {.loop = loop};
    sys_sem_t heard;
    bool has_heard = sys_sem_new(&heard, 0) == ERR_OK;
    bool is_heard = has_heard && wait_until_heard(&heard);

    (void)tcpip_api_call(close_pcb, &call.data);
    if (has_heard) {
        sys_sem_free(&heard); /* signal_it() has returned, for that call was behind it */
    }
    if (loop->wake_msg != NULL && is_heard) { /* else it is lwIP's for ever */
        tcpip_callbackmsg_delete(loop->wake_msg);
        loop->wake_msg = NULL;
    }
    if (loop->wake_fd[0] != MSGR_FD_NONE) {
        msgr_fd_close(loop->wake_fd[0]);
    }
}

bool msgr_stack_bell_ring(struct msgr_loop *loop)
{
    return tcpip_callbackmsg_trycallback(loop->wake_msg) == ERR_OK;
}

/* A positive result is the port's way to say that a task of higher priority is ready. */
bool msgr_loop_wake_from_isr(struct msgr_loop *loop, bool *needs_switch)
{
    uint32_t bell = msgr_bell_look(loop);
    err_t err;

    if ((bell & MSGR_BELL_RUNG) != 0) {
        return true;
    }
    err = tcpip_callbackmsg_trycallback_fromisr(loop->wake_msg);
    if (err < 0) {
        return false;
    }
    if (err > 0) {
        *needs_switch = true;
    }
    msgr_bell_note(loop, bell);
    return true;
}

void msgr_stack_bell_hush(struct msgr_loop *loop)
{
    char rung[4];

    while (msgr_fd_receive(loop->wake_fd[0], rung, sizeof rung) >= 0) {
    }
}
