/* SPDX-License-Identifier: BSD-3-Clause */
#include "network_sockets.h"

#include "serve.h"

#include "lwip/inet.h"

#include <string.h>

/* Plain clients and what they come to, the console's own two, and framed links. */
#define FDS                                                                                        \
    MSGR_LOOP_FDS(MSGR_SOCKETS_PLAIN_FDS(NODE_CONNECTIONS) + MSGR_SOCKETS_PLAIN_UDP_FDS +          \
                  2 * MSGR_SOCKETS_PLAIN_CLIENT_FDS + MSGR_SOCKETS_FDS)

static struct pollfd fds[FDS];
static struct msgr_loop loop;
static bool is_open; /* changed with lwIP's lock held */

bool net_open(void)
{
    if (msgr_loop_open(&loop, fds, FDS) != 0) {
        return false;
    }
    net_lock();
    is_open = true;
    net_unlock();
    return true;
}

void net_close(void)
{
    bool was_open;

    net_lock();
    was_open = is_open;
    is_open = false;
    net_unlock();
    if (was_open) {
        msgr_loop_close(&loop);
    }
}

struct msgr_loop *net_loop(void)
{
    return &loop;
}

/* If lwIP's thread has too much to do, the loop comes by in a second (run_threads.c). */
void net_note_leave(net_note *note)
{
    atomic_store(note, true);
    if (is_open) {
        (void)msgr_loop_wake(&loop);
    }
}

/* ---- addresses ----------------------------------------------------------------------------- */

uint16_t net_ip_of(const struct msgr_sockets_address *from, ip_addr_t *address)
{
    ip_addr_set_any(0, address);
#if LWIP_IPV6
    if (from->size > 0 && from->as.any.sa_family == AF_INET6) {
        ip_addr_set_any(1, address);
        inet6_addr_to_ip6addr(ip_2_ip6(address), &from->as.in6.sin6_addr);
        if (ip6_addr_has_scope(ip_2_ip6(address), IP6_UNKNOWN)) {
            ip6_addr_set_zone(ip_2_ip6(address), (uint8_t)from->as.in6.sin6_scope_id);
        }
    }
#endif
#if LWIP_IPV4
    if (from->size > 0 && from->as.any.sa_family == AF_INET) {
        inet_addr_to_ip4addr(ip_2_ip4(address), &from->as.in4.sin_addr);
    }
#endif
    return msgr_sockets_address_port(from);
}

void net_socket_of(const ip_addr_t *from, uint16_t port, struct msgr_sockets_address *address)
{
    memset(address, 0, sizeof *address);
#if LWIP_IPV6
    if (IP_IS_V6(from)) {
        address->size = sizeof address->as.in6;
        address->as.in6.sin6_len = sizeof address->as.in6;
        address->as.in6.sin6_family = AF_INET6;
        address->as.in6.sin6_port = lwip_htons(port);
        inet6_addr_from_ip6addr(&address->as.in6.sin6_addr, ip_2_ip6(from));
        address->as.in6.sin6_scope_id = ip6_addr_zone(ip_2_ip6(from));
        return;
    }
#endif
#if LWIP_IPV4
    address->size = sizeof address->as.in4;
    address->as.in4.sin_len = sizeof address->as.in4;
    address->as.in4.sin_family = AF_INET;
    address->as.in4.sin_port = lwip_htons(port);
    inet_addr_from_ip4addr(&address->as.in4.sin_addr, ip_2_ip4(from));
#endif
}

err_t net_err_of(int error)
{
    switch (-error) {
    case 0:
        return ERR_OK;
    case EADDRINUSE:
        return ERR_USE;
    case ENETUNREACH:
    case EHOSTUNREACH:
        return ERR_RTE;
    case EINVAL:
    case EAFNOSUPPORT:
        return ERR_VAL;
    case ENOMEM:
    case ENOBUFS:
    case EMFILE:
    case ENFILE:
        return ERR_MEM;
    default:
        return ERR_IF;
    }
}
