/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's DNS answers in lwIP's thread, and knows one address for a name. */
#include "sockets_stack.h"

#include "sockets_lwip_address.h"

#include "lwip/dns.h"
#include "lwip/priv/tcpip_priv.h"

#include <stdatomic.h>
#include <string.h>

#if LWIP_DNS

struct lookup_call {
    struct tcpip_api_call_data data; /* first */
    struct msgr_sockets_lookup *lookup;
    struct msgr_loop *loop;
    const char *host;
    uint16_t port;
};

static void set_found(struct msgr_sockets_lookup *lookup, const ip_addr_t *address)
{
    lookup->found[0] = msgr_sockets_from_lwip(address, lookup->port);
    lookup->count = 1;
}

/* In lwIP's thread, as asking and forgetting: so none of them comes in the middle of another. The
 * question may be older than what is asked now. */
static void on_found(const char *name, const ip_addr_t *address, void *arg)
{
    struct msgr_sockets_lookup *lookup = arg;

    if (atomic_load(&lookup->state) != MSGR_STACK_WAITING || strcmp(name, lookup->host) != 0) {
        return;
    }
    lookup->error = ENOENT; /* lwIP does not tell a "no" from no answer */
    if (address != NULL) {
        set_found(lookup, address);
    }
    atomic_store(&lookup->state, address != NULL ? MSGR_STACK_FOUND : MSGR_STACK_NOT_FOUND);
    (void)msgr_loop_wake(lookup->loop); /* else it looks again by itself */
}

static err_t ask(struct tcpip_api_call_data *data)
{
    const struct lookup_call *call = (const struct lookup_call *)(const void *)data;
    struct msgr_sockets_lookup *lookup = call->lookup;
    ip_addr_t address;
    err_t err;

    lookup->loop = call->loop;
    lookup->host = call->host;
    lookup->port = call->port;
    atomic_store(&lookup->state, MSGR_STACK_WAITING);
    err = dns_gethostbyname(call->host, &address, on_found, lookup);
    if (err == ERR_OK) {
        set_found(lookup, &address);
        atomic_store(&lookup->state, MSGR_STACK_FOUND);
    } else if (err != ERR_INPROGRESS) {
        atomic_store(&lookup->state, MSGR_STACK_NONE);
        return err;
    }
    return ERR_OK;
}

static err_t forget(struct tcpip_api_call_data *data)
{
    const struct lookup_call *call = (const struct lookup_call *)(const void *)data;

    atomic_store(&call->lookup->state, MSGR_STACK_NONE);
    return ERR_OK;
}

int msgr_stack_lookup_begin(struct msgr_sockets_lookup *lookup, struct msgr_loop *loop,
                            const char *host, uint16_t port, bool is_datagram)
{
    struct lookup_call call = {.lookup = lookup, .loop = loop, .host = host, .port = port};

    (void)is_datagram;
    return -err_to_errno(tcpip_api_call(ask, &call.data));
}

enum msgr_stack_answer msgr_stack_lookup_poll(struct msgr_sockets_lookup *lookup)
{
    enum msgr_stack_answer answer = (enum msgr_stack_answer)atomic_load(&lookup->state);

    if (answer != MSGR_STACK_WAITING) {
        atomic_store(&lookup->state, MSGR_STACK_NONE);
    }
    return answer;
}

void msgr_stack_lookup_end(struct msgr_sockets_lookup *lookup)
{
    struct lookup_call call = {.lookup = lookup};

    (void)tcpip_api_call(forget, &call.data);
}

#else

int msgr_stack_lookup_begin(struct msgr_sockets_lookup *lookup, struct msgr_loop *loop,
                            const char *host, uint16_t port, bool is_datagram)
{
    (void)lookup, (void)loop, (void)host, (void)port, (void)is_datagram;
    return -ENOENT;
}

enum msgr_stack_answer msgr_stack_lookup_poll(struct msgr_sockets_lookup *lookup)
{
    (void)lookup;
    return MSGR_STACK_NONE;
}

void msgr_stack_lookup_end(struct msgr_sockets_lookup *lookup)
{
    (void)lookup;
}

#endif
