/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A target is free, or
 *
 *   WAITING     for at_ms; then an attempt begins;
 *   RESOLVING   lwIP asks for its address;
 *   CONNECTING  over TCP, until at_ms; the pcb is the target's;
 *   UP          there is a link, which may be proved or not: the engine says HELLO on it.
 *
 * A stream that ends, and an attempt that fails, lead to WAITING, ever longer; a link that has been
 * proved begins again with the shortest time, and one that was refused with the longest. A link
 * over UDP does not end by itself: the engine repeats HELLO, by the same times.
 */
#include "framed.h"

#include "lwip_address.h"
#include "lwip_tcp.h"
#include "serial.h"
#include "timers.h"

#include "lwip/dns.h"
#include "lwip/sys.h"

#include <string.h>

#define CONNECT_MS 5000 /* for a connection to be established; lwIP's own patience is minutes */

enum state {
    FREE,
    WAITING,
    RESOLVING,
    CONNECTING,
    UP,
};

static void begin(struct msgr_lwip_target *target);

static void set(struct msgr_lwip_target *target, enum state state, uint32_t ms)
{
    target->state = (uint8_t)state;
    target->at_ms = sys_now() + ms;
}

static void wait_for_next(struct msgr_lwip_target *target)
{
    set(target, WAITING, msgr_timer_repeat_ms(target->lwip->config.m, target->attempts));
    target->attempts = (uint8_t)(target->attempts + (target->attempts < UINT8_MAX));
}

/* ---- UDP ----------------------------------------------------------------------------------- */

/* Who is linked with us from there already, is reached; when that ends, it is our turn. */
static bool link_udp(struct msgr_lwip_target *target)
{
    struct msgr_lwip *l = target->lwip;
    struct msgr_lwip_link *link = msgr_framed_udp_find(l, &target->address, target->port);

    if (link == NULL) {
        int number = msgr_link_connect(l->config.m, sys_now(), MSGR_LINK_DATAGRAM);
        if (number >= 0) {
            link = msgr_framed_add(l, number, &target->address, target->port);
        }
    }
    if (link == NULL) {
        return false;
    }
    target->link = (int8_t)msgr_framed_number(link);
    set(target, UP, 0);
    return true;
}

/* ---- TCP ----------------------------------------------------------------------------------- */

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct msgr_lwip_target *target = arg;
    struct msgr_lwip *l = target->lwip;
    struct msgr_lwip_link *link;

    (void)err; /* always ERR_OK: lwIP reports errors elsewhere */
    msgr_framed_tcp_enter(l, pcb);
    target->pcb = NULL;
    link = msgr_framed_tcp_add(l, pcb, msgr_link_connect(l->config.m, sys_now(), MSGR_LINK_STREAM));
    if (link == NULL) {
        wait_for_next(target);
    } else {
        target->link = (int8_t)msgr_framed_number(link);
        set(target, UP, 0);
    }
    return msgr_framed_tcp_leave(l);
}

static void on_error(void *arg, err_t err)
{
    struct msgr_lwip_target *target = arg;

    (void)err;
    target->pcb = NULL; /* it is gone already */
    wait_for_next(target);
    msgr_framed_turn(target->lwip);
}

static const struct msgr_lwip_tcp_callbacks callbacks = {.error = on_error};

static bool connect_tcp(struct msgr_lwip_target *target)
{
    struct tcp_pcb *pcb = tcp_new_ip_type(IP_GET_TYPE(&target->address));

    if (pcb == NULL) {
        return false;
    }
    msgr_lwip_tcp_attach(pcb, target, &callbacks);
    if (tcp_connect(pcb, &target->address, target->port, on_connected) != ERR_OK) {
        tcp_err(pcb, NULL);
        (void)tcp_close(pcb); /* cannot fail: it was never connected */
        return false;
    }
    target->pcb = pcb;
    set(target, CONNECTING, CONNECT_MS);
    return true;
}

/* ---- names --------------------------------------------------------------------------------- */

static bool has_address(struct msgr_lwip_target *target)
{
#if LWIP_IPV6
    /* lwIP says of a link-local address that something comes from in which zone it is. */
    if (IP_IS_V6(&target->address) &&
        ip6_addr_lacks_zone(ip_2_ip6(&target->address), IP6_UNICAST)) {
        ip6_addr_select_zone(ip_2_ip6(&target->address), IP6_ADDR_ANY6);
    }
#endif
    return !ip_addr_isany(&target->address) && msgr_lwip_route(&target->address) != NULL;
}

/* @return whether something is under way now */
static bool start(struct msgr_lwip_target *target)
{
    if (!has_address(target)) {
        return false;
    }
    return target->kind == MSGR_LWIP_UDP ? link_udp(target) : connect_tcp(target);
}

static void go_there(struct msgr_lwip_target *target)
{
    if (!start(target)) {
        wait_for_next(target);
    }
}

#if LWIP_DNS
static void on_found(const char *name, const ip_addr_t *address, void *arg)
{
    struct msgr_lwip_target *target = arg;

    /* The question may be older than what the target is used for now. */
    if (target->state != RESOLVING || strcmp(name, target->host) != 0) {
        return;
    }
    if (address == NULL) {
        wait_for_next(target);
    } else {
        target->address = *address;
        go_there(target);
    }
    msgr_framed_turn(target->lwip);
}

static void resolve(struct msgr_lwip_target *target)
{
    err_t err = dns_gethostbyname(target->host, &target->address, on_found, target);

    if (err == ERR_OK) {
        go_there(target);
    } else if (err == ERR_INPROGRESS) {
        set(target, RESOLVING, 0);
    } else {
        wait_for_next(target);
    }
}
#endif

static void begin(struct msgr_lwip_target *target)
{
    target->lwip->counters.attempts++;
#if LWIP_DNS
    if (target->host[0] != '\0') {
        resolve(target);
        return;
    }
#endif
    go_there(target);
}

/* ---- time ---------------------------------------------------------------------------------- */

static bool has_timer(const struct msgr_lwip_target *target)
{
    return target->state == WAITING || target->state == CONNECTING;
}

static void tick(struct msgr_lwip_target *target)
{
    if (!has_timer(target) || msgr_serial_before(sys_now(), target->at_ms)) {
        return;
    }
    if (target->state == CONNECTING) {
        msgr_framed_tcp_abort(target->lwip, target->pcb);
        target->pcb = NULL;
        wait_for_next(target);
    } else {
        begin(target);
    }
}

void msgr_framed_connect_tick(struct msgr_lwip *l)
{
    for (int i = 0; i < MSGR_LWIP_TARGETS; i++) {
        tick(&l->target[i]);
    }
}

uint32_t msgr_framed_connect_wait(struct msgr_lwip *l)
{
    uint32_t now_ms = sys_now();
    uint32_t wait = MSGR_NEVER;

    for (int i = 0; i < MSGR_LWIP_TARGETS; i++) {
        struct msgr_lwip_target *target = &l->target[i];

        if (target->state == UP && msgr_link_peer(l->config.m, target->link) >= 0) {
            target->attempts = 0;
        } else if (has_timer(target)) {
            uint32_t left = msgr_serial_before(now_ms, target->at_ms) ? target->at_ms - now_ms : 0;
            wait = LWIP_MIN(wait, left);
        }
    }
    return wait;
}

void msgr_framed_connect_lost(struct msgr_lwip *l, int link, enum msgr_reason reason)
{
    bool is_refused = reason >= MSGR_REASON_VERSION && reason <= MSGR_REASON_SUITE;

    for (int i = 0; i < MSGR_LWIP_TARGETS; i++) {
        struct msgr_lwip_target *target = &l->target[i];

        if (target->state == UP && target->link == link) {
            target->link = MSGR_FRAMED_NONE;
            target->reason = (uint8_t)reason;
            if (is_refused) {
                target->attempts = UINT8_MAX; /* the heartbeat interval: SPEC.md, 7.5 */
            }
            wait_for_next(target);
        }
    }
}

/* ---- beginning and end --------------------------------------------------------------------- */

static bool is_one_host(const ip_addr_t *address)
{
    return !ip_addr_isany(address) && !ip_addr_ismulticast(address)
#if LWIP_IPV4
           && !(IP_IS_V4(address) && ip4_addr_cmp(ip_2_ip4(address), IP4_ADDR_BROADCAST))
#endif
        ;
}

static struct msgr_lwip_target *take_target(struct msgr_lwip *l)
{
    for (int i = 0; i < MSGR_LWIP_TARGETS; i++) {
        struct msgr_lwip_target *target = &l->target[i];

        if (target->state == FREE) {
            memset(target, 0, sizeof *target);
            target->lwip = l;
            target->link = MSGR_FRAMED_NONE;
            return target;
        }
    }
    return NULL;
}

int msgr_framed_connect(struct msgr_lwip *l, enum msgr_lwip_kind kind, const char *host,
                        const ip_addr_t *address, uint16_t port)
{
    struct msgr_lwip_target *target;

    if (host == NULL && !is_one_host(address)) {
        return MSGR_ERROR_RANGE;
    }
    target = take_target(l);
    if (target == NULL) {
        return MSGR_ERROR_FULL;
    }
    target->kind = (uint8_t)kind;
    target->port = port != 0 ? port : MSGR_PORT;
    if (host == NULL) {
        target->address = *address;
    }
#if LWIP_DNS
    else {
        memcpy(target->host, host, strlen(host) + 1);
    }
#endif
    begin(target);
    msgr_framed_turn_of_application(l);
    return (int)(target - l->target);
}

int msgr_lwip_connect(struct msgr_lwip *l, enum msgr_lwip_kind kind, const ip_addr_t *address,
                      uint16_t port)
{
    int target;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    target = msgr_framed_connect(l, kind, NULL, address, port);
    MSGR_UNLOCK();
    return target;
}

int msgr_lwip_connect_url(struct msgr_lwip *l, const char *text)
{
    struct msgr_framed_url url;
    int target = msgr_framed_url_parse(&url, text);

    if (target != 0) {
        return target;
    }
    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    target =
        msgr_framed_connect(l, url.kind, url.is_name ? url.host : NULL, &url.address, url.port);
    MSGR_UNLOCK();
    return target;
}

static void disconnect(struct msgr_lwip *l, struct msgr_lwip_target *target)
{
    enum state state = (enum state)target->state;

    target->state = FREE;
    if (state == CONNECTING) {
        msgr_framed_tcp_abort(l, target->pcb);
    } else if (state == UP) {
        struct msgr_lwip_link *link = &l->link[target->link];
        if (link->is_stream) {
            msgr_framed_tcp_end(link, false);
        }
        msgr_framed_remove(link);
    }
}

void msgr_lwip_disconnect(struct msgr_lwip *l, int target)
{
    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    if (target >= 0 && target < MSGR_LWIP_TARGETS) {
        disconnect(l, &l->target[target]);
        msgr_framed_turn_of_application(l);
    }
    MSGR_UNLOCK();
}

/* Links that are up are the caller's to close. */
void msgr_framed_connect_close(struct msgr_lwip *l)
{
    for (int i = 0; i < MSGR_LWIP_TARGETS; i++) {
        if (l->target[i].state == CONNECTING) {
            msgr_framed_tcp_abort(l, l->target[i].pcb);
        }
        l->target[i].state = FREE;
    }
}

bool msgr_lwip_target_get(struct msgr_lwip *l, int target, struct msgr_lwip_target_info *info)
{
    const struct msgr_lwip_target *found = &l->target[target];
    bool is_there;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    is_there = found->state != FREE;
    if (is_there) {
        *info = (struct msgr_lwip_target_info){.kind = (enum msgr_lwip_kind)found->kind,
                                               .address = found->address,
                                               .port = found->port,
                                               .host = "",
                                               .link = found->link,
                                               .attempts = found->attempts,
                                               .reason = (enum msgr_reason)found->reason};
        if (found->state == UP) { /* refused, and asked again on the same link */
            info->reason = msgr_link_reason(l->config.m, found->link);
        }
#if LWIP_DNS
        info->host = found->host;
#endif
    }
    MSGR_UNLOCK();
    return is_there;
}
