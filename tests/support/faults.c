/* SPDX-License-Identifier: BSD-3-Clause */
#include "faults.h"

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/tcp.h"
#include "lwip/udp.h"

#include <stddef.h>

static unsigned strike_at; /* 0: never */
static unsigned count;
static unsigned paused;
static bool is_lasting;
static bool has_struck;
static const char *struck;

static bool arm(unsigned k, bool lasting)
{
    bool is_tried_out = k > 1 && !has_struck;

    strike_at = is_tried_out ? 0 : k;
    is_lasting = lasting;
    count = 0;
    has_struck = false;
    struck = "none";
    return !is_tried_out;
}

bool faults_arm(unsigned k)
{
    return arm(k, false);
}

bool faults_arm_all_from(unsigned k)
{
    return arm(k, true);
}

void faults_off(void)
{
    strike_at = 0;
}

bool faults_has_struck(void)
{
    return has_struck;
}

const char *faults_name(void)
{
    return struck;
}

void faults_pause(void)
{
    paused++;
}

void faults_resume(void)
{
    paused--;
}

bool faults_strike(const char *name)
{
    if (paused > 0 || strike_at == 0) {
        return false;
    }
    count++;
    if (count == strike_at) {
        has_struck = true;
        struck = name;
        return true;
    }
    return is_lasting && count > strike_at;
}

bool faults_strike_once(const char *name)
{
    return faults_strike(name) && count == strike_at;
}

/* WRAP(type of result, name, parameters, arguments, result of a failure) */
#define WRAP(type, name, parameters, arguments, failure)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return faults_strike(#name) ? (failure) : __real_##name arguments;                         \
    }

WRAP(void *, mem_malloc, (mem_size_t size), (size), NULL)
WRAP(struct pbuf *, pbuf_alloc, (pbuf_layer layer, u16_t size, pbuf_type type), (layer, size, type),
     NULL)
WRAP(struct tcp_pcb *, tcp_new_ip_type, (u8_t type), (type), NULL)
WRAP(err_t, tcp_bind, (struct tcp_pcb * pcb, const ip_addr_t *ip, u16_t port), (pcb, ip, port),
     ERR_USE)
WRAP(err_t, tcp_connect,
     (struct tcp_pcb * pcb, const ip_addr_t *ip, u16_t port, tcp_connected_fn connected),
     (pcb, ip, port, connected), ERR_MEM)
WRAP(err_t, tcp_write, (struct tcp_pcb * pcb, const void *data, u16_t size, u8_t flags),
     (pcb, data, size, flags), ERR_MEM)
WRAP(err_t, tcp_output, (struct tcp_pcb * pcb), (pcb), ERR_MEM)
WRAP(struct udp_pcb *, udp_new_ip_type, (u8_t type), (type), NULL)
WRAP(err_t, udp_bind, (struct udp_pcb * pcb, const ip_addr_t *ip, u16_t port), (pcb, ip, port),
     ERR_USE)
WRAP(err_t, udp_connect, (struct udp_pcb * pcb, const ip_addr_t *ip, u16_t port), (pcb, ip, port),
     ERR_RTE)
WRAP(err_t, udp_sendto, (struct udp_pcb * pcb, struct pbuf *p, const ip_addr_t *ip, u16_t port),
     (pcb, p, ip, port), ERR_RTE)
WRAP(err_t, udp_sendto_if_src,
     (struct udp_pcb * pcb, struct pbuf *p, const ip_addr_t *ip, u16_t port, struct netif *netif,
      const ip_addr_t *from),
     (pcb, p, ip, port, netif, from), ERR_MEM)

struct tcp_pcb *__real_tcp_listen_with_backlog_and_err(struct tcp_pcb *pcb, u8_t backlog,
                                                       err_t *err);
struct tcp_pcb *__wrap_tcp_listen_with_backlog_and_err(struct tcp_pcb *pcb, u8_t backlog,
                                                       err_t *err);
struct tcp_pcb *__wrap_tcp_listen_with_backlog_and_err(struct tcp_pcb *pcb, u8_t backlog,
                                                       err_t *err)
{
    if (faults_strike("tcp_listen_with_backlog_and_err")) {
        *err = ERR_MEM;
        return NULL;
    }
    return __real_tcp_listen_with_backlog_and_err(pcb, backlog, err);
}

/* lwIP's manual says that these two may fail; since 2.1 they do not. Its sockets would wait then,
 * for up to 20 s, and a loop on them would, too; which is what the bench looks for. */
#define CAN_CLOSING_FAIL NO_SYS

err_t __real_tcp_shutdown(struct tcp_pcb *pcb, int rx, int tx);
err_t __wrap_tcp_shutdown(struct tcp_pcb *pcb, int rx, int tx);
err_t __wrap_tcp_shutdown(struct tcp_pcb *pcb, int rx, int tx)
{
    return CAN_CLOSING_FAIL && faults_strike("tcp_shutdown") ? ERR_MEM
                                                             : __real_tcp_shutdown(pcb, rx, tx);
}

/* A pcb that listens or was never connected closes without fail; lwIP's manual says so. */
err_t __real_tcp_close(struct tcp_pcb *pcb);
err_t __wrap_tcp_close(struct tcp_pcb *pcb);
err_t __wrap_tcp_close(struct tcp_pcb *pcb)
{
    bool can_fail = CAN_CLOSING_FAIL && pcb->state != LISTEN && pcb->state != CLOSED;

    return can_fail && faults_strike("tcp_close") ? ERR_MEM : __real_tcp_close(pcb);
}

void *__real_memp_malloc(memp_t type);
void *__wrap_memp_malloc(memp_t type);
void *__wrap_memp_malloc(memp_t type)
{
    void *memory;

    if (type != MEMP_SYS_TIMEOUT && faults_strike("memp_malloc")) {
        return NULL;
    }
    faults_pause(); /* a pool that is made of malloc() calls mem_malloc() */
    memory = __real_memp_malloc(type);
    faults_resume();
    return memory;
}
