/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A target is free, or
 *
 *   WAITING     for at_ms; then a round of attempts begins;
 *   RESOLVING   its name is being looked up;
 *   CONNECTING  a stream, until at_ms; the descriptor is the target's;
 *   PROVING     there is a link over UDP on which HELLO has not been answered; until at_ms, if
 * there are other addresses to be tried; UP          there is a link.
 *
 * A round tries each of a name's addresses, one after the other, without waiting in between. A
 * round in vain, and a link that has ended, lead to WAITING, ever longer; a link that has been
 * proved begins again with the shortest time, and one that was refused with the longest.
 */
#include "sockets_framed.h"

#include "serial.h"
#include "sockets_address.h"
#include "sockets_fd.h"
#include "sockets_stack.h"
#include "timers.h"

#include <string.h>

#define CONNECT_MS 5000 /* for a connection to be established */
#define NEXT_MS    1000 /* the same, and for a HELLO to be answered, if there is a next address */
#define LOOK_MS    1000 /* lwIP's thread could not wake us */

enum state {
    FREE,
    WAITING,
    RESOLVING,
    CONNECTING,
    PROVING,
    UP,
};

static void set(struct msgr_sockets_target *target, enum state state, uint32_t ms)
{
    target->state = (uint8_t)state;
    target->at_ms = msgr_loop_now_ms() + ms;
}

static void wait_for_next(struct msgr_sockets_target *target)
{
    set(target, WAITING, msgr_timer_repeat_ms(target->sockets->config.m, target->attempts));
    target->attempts = (uint8_t)(target->attempts + (target->attempts < UINT8_MAX));
}

static const struct msgr_sockets_address *address_of(const struct msgr_sockets_target *target)
{
    return &target->lookup.found[target->tried];
}

/* ---- attempts ------------------------------------------------------------------------------ */

/* A silent address must not take the time of those behind it. */
static uint32_t patience_ms(const struct msgr_sockets_target *target)
{
    return target->tried + 1 < target->lookup.count ? NEXT_MS : CONNECT_MS;
}

/* Who is linked with us from there already, is reached; when that ends, it is our turn. */
static int link_udp(struct msgr_sockets_target *target)
{
    struct msgr_sockets *s = target->sockets;
    struct msgr_sockets_link *link = msgr_sockets_udp_find(s, address_of(target));

    if (link == NULL) {
        int number = msgr_link_connect(s->config.m, msgr_loop_now_ms(), MSGR_LINK_DATAGRAM);
        if (number >= 0) {
            link = msgr_sockets_add(s, number, address_of(target));
        }
    }
    if (link == NULL) {
        return -ENOBUFS;
    }
    target->link = (int8_t)msgr_sockets_number(link);
    set(target, target->lookup.count > 1 ? PROVING : UP, patience_ms(target));
    return 0;
}

static int connect_stream(struct msgr_sockets_target *target)
{
    int fd = msgr_fd_connect(address_of(target), true);

    if (fd < 0) {
        return fd;
    }
    target->fd = fd;
    target->place = 0;
    set(target, CONNECTING, patience_ms(target));
    return 0;
}

/* The address that it is, and those behind it, until an attempt is under way. */
static void try_from(struct msgr_sockets_target *target)
{
    for (; target->tried < target->lookup.count; target->tried++) {
        int error = target->kind == MSGR_SOCKETS_UDP ? link_udp(target) : connect_stream(target);
        target->error = -error;
        if (error == 0) {
            return;
        }
    }
    wait_for_next(target);
}

static void try_next(struct msgr_sockets_target *target, int error)
{
    target->tried++;
    try_from(target);
    if (target->state == WAITING && target->error == 0) {
        target->error = -error;
    }
}

static void begin_round(struct msgr_sockets_target *target)
{
    target->tried = 0;
    try_from(target);
}

/* ---- names --------------------------------------------------------------------------------- */

static bool is_named(const struct msgr_sockets_target *target)
{
    return target->kind != MSGR_SOCKETS_LOCAL && target->host[0] != '\0';
}

static void resolve(struct msgr_sockets_target *target)
{
    int error = msgr_stack_lookup_begin(&target->lookup, target->sockets->config.loop, target->host,
                                        target->port, target->kind == MSGR_SOCKETS_UDP);

    if (error == 0) {
        set(target, RESOLVING, LOOK_MS);
        target->place = 0;
    } else {
        target->error = -error;
        wait_for_next(target);
    }
}

static void look_at_answer(struct msgr_sockets_target *target)
{
    switch (msgr_stack_lookup_poll(&target->lookup)) {
    case MSGR_STACK_WAITING:
        break;
    case MSGR_STACK_FOUND:
        begin_round(target);
        break;
    case MSGR_STACK_NONE:
    case MSGR_STACK_NOT_FOUND:
    default:
        target->error = target->lookup.error;
        wait_for_next(target);
        break;
    }
}

static void begin(struct msgr_sockets_target *target)
{
    target->sockets->counters.attempts++;
    if (is_named(target)) {
        resolve(target);
    } else {
        begin_round(target);
    }
}

/* ---- what comes of it ---------------------------------------------------------------------- */

static void drop_connection(struct msgr_sockets_target *target)
{
    msgr_fd_reset(target->fd);
    target->fd = MSGR_FD_NONE;
}

static void on_connected(struct msgr_sockets_target *target)
{
    struct msgr_sockets *s = target->sockets;
    int error = msgr_fd_connected(target->fd);
    struct msgr_sockets_link *link;
    int number;

    if (error != 0) {
        drop_connection(target);
        try_next(target, error);
        return;
    }
    number = msgr_link_connect(s->config.m, msgr_loop_now_ms(), MSGR_LINK_STREAM);
    link = msgr_sockets_stream_add(s, target->fd, number, address_of(target));
    target->fd = MSGR_FD_NONE;
    if (link == NULL) {
        target->error = ENOBUFS;
        wait_for_next(target);
        return;
    }
    target->link = (int8_t)msgr_sockets_number(link);
    set(target, UP, 0);
}

static bool is_proved(const struct msgr_sockets_target *target)
{
    return msgr_link_peer(target->sockets->config.m, target->link) >= 0;
}

static void give_up(struct msgr_sockets_target *target)
{
    struct msgr_sockets_link *link;

    if (target->state == CONNECTING) {
        drop_connection(target);
    } else {
        link = &target->sockets->link[target->link];
        target->link = -1;
        target->state = FREE; /* so that its loss is not ours */
        msgr_sockets_remove(link);
    }
    try_next(target, -ETIMEDOUT);
}

/* ---- time ---------------------------------------------------------------------------------- */

static bool has_timer(const struct msgr_sockets_target *target)
{
    return target->state != FREE && target->state != UP;
}

static void on_time(struct msgr_sockets_target *target)
{
    switch ((enum state)target->state) {
    case WAITING:
        begin(target);
        break;
    case RESOLVING:
        set(target, RESOLVING, LOOK_MS);
        break;
    case CONNECTING:
    case PROVING:
        give_up(target);
        break;
    case FREE:
    case UP:
    default:
        break;
    }
}

static void turn(struct msgr_sockets_target *target, const struct msgr_loop *loop)
{
    if (target->state == RESOLVING) {
        look_at_answer(target);
    } else if (target->state == CONNECTING && target->place != 0 &&
               msgr_loop_ready(loop, target->place) != 0) {
        on_connected(target);
    } else if (target->state == PROVING && is_proved(target)) {
        set(target, UP, 0);
    }
    if (target->state == UP && is_proved(target)) {
        target->attempts = 0;
        target->error = 0;
    }
    if (has_timer(target) && !msgr_serial_before(msgr_loop_now_ms(), target->at_ms)) {
        on_time(target);
    }
}

void msgr_sockets_connect_turn(struct msgr_sockets *s, struct msgr_loop *loop)
{
    for (int i = 0; i < MSGR_SOCKETS_TARGETS; i++) {
        turn(&s->target[i], loop);
    }
}

void msgr_sockets_connect_watch(struct msgr_sockets *s, struct msgr_loop *loop)
{
    for (int i = 0; i < MSGR_SOCKETS_TARGETS; i++) {
        struct msgr_sockets_target *target = &s->target[i];

        if (target->state == CONNECTING) {
            target->place = msgr_loop_watch(loop, target->fd, POLLOUT);
        }
#if !MSGR_SOCKETS_LWIP
        if (target->state == RESOLVING) {
            target->place = msgr_loop_watch(loop, target->lookup.fd, POLLIN);
        }
#endif
    }
}

uint32_t msgr_sockets_connect_wait(struct msgr_sockets *s, uint32_t now_ms)
{
    uint32_t wait_ms = MSGR_NEVER;

    for (int i = 0; i < MSGR_SOCKETS_TARGETS; i++) {
        const struct msgr_sockets_target *target = &s->target[i];

        if (has_timer(target)) {
            uint32_t left = msgr_serial_before(now_ms, target->at_ms) ? target->at_ms - now_ms : 0;
            wait_ms = left < wait_ms ? left : wait_ms;
        }
    }
    return wait_ms;
}

void msgr_sockets_connect_lost(struct msgr_sockets *s, int link, enum msgr_reason reason)
{
    bool is_refused = reason >= MSGR_REASON_VERSION && reason <= MSGR_REASON_SUITE;

    for (int i = 0; i < MSGR_SOCKETS_TARGETS; i++) {
        struct msgr_sockets_target *target = &s->target[i];

        if ((target->state == UP || target->state == PROVING) && target->link == link) {
            target->link = -1;
            target->reason = (uint8_t)reason;
            if (is_refused) {
                target->attempts = UINT8_MAX; /* the heartbeat interval: SPEC.md, 7.5 */
            }
            wait_for_next(target);
        }
    }
}

/* ---- beginning and end --------------------------------------------------------------------- */

static struct msgr_sockets_target *take_target(struct msgr_sockets *s)
{
    for (int i = 0; i < MSGR_SOCKETS_TARGETS; i++) {
        struct msgr_sockets_target *target = &s->target[i];

        if (target->state == FREE) {
            memset(target, 0, sizeof *target);
            target->sockets = s;
            target->link = -1;
            target->fd = MSGR_FD_NONE;
#if !MSGR_SOCKETS_LWIP
            target->lookup.fd = MSGR_FD_NONE;
#endif
            return target;
        }
    }
    return NULL;
}

int msgr_sockets_connect_to(struct msgr_sockets *s, enum msgr_sockets_kind kind, const char *host,
                            const struct msgr_sockets_address *address, uint16_t port)
{
    struct msgr_sockets_target *target = take_target(s);

    if (target == NULL) {
        return MSGR_ERROR_FULL;
    }
    target->kind = (uint8_t)kind;
    target->port = port;
    if (host != NULL) {
        memcpy(target->host, host, strlen(host) + 1);
    }
    if (address != NULL) {
        target->lookup.found[0] = *address;
        target->lookup.count = 1;
    }
    begin(target);
    return (int)(target - s->target);
}

static bool is_reachable(enum msgr_sockets_kind kind, const struct msgr_sockets_address *address)
{
#if MSGR_SOCKETS_UNIX
    if (kind == MSGR_SOCKETS_LOCAL) {
        return address->size > 0 && address->as.any.sa_family == AF_UNIX;
    }
#endif
    return kind != MSGR_SOCKETS_LOCAL && msgr_sockets_address_is_one_host(address);
}

int msgr_sockets_connect(struct msgr_sockets *s, enum msgr_sockets_kind kind,
                         const struct msgr_sockets_address *address)
{
    struct msgr_sockets_address with_port = *address;
    uint16_t port = msgr_sockets_address_port(address);

    if (!is_reachable(kind, address)) {
        return MSGR_ERROR_RANGE;
    }
    if (port == 0) {
        port = MSGR_PORT;
    }
    msgr_sockets_address_set_port(&with_port, port);
    msgr_stack_set_zone(&with_port);
    return msgr_sockets_connect_to(s, kind, NULL, &with_port, port);
}

int msgr_sockets_connect_url(struct msgr_sockets *s, const char *text)
{
    struct msgr_sockets_url url;
    int error = msgr_sockets_url_parse(&url, text);

    if (error != 0) {
        return error;
    }
    if (url.kind == MSGR_SOCKETS_LOCAL) {
        return msgr_sockets_connect_to(s, url.kind, url.host, &url.address, 0);
    }
    if (url.is_name) {
#if MSGR_SOCKETS_LWIP && !LWIP_DNS
        return MSGR_ERROR_NAME;
#endif
        return msgr_sockets_connect_to(s, url.kind, url.host, NULL, url.port);
    }
    return msgr_sockets_connect(s, url.kind, &url.address);
}

/* What is under way; links that are up are the caller's to close. */
static void stop(struct msgr_sockets_target *target)
{
    if (target->state == CONNECTING) {
        drop_connection(target);
    } else if (target->state == RESOLVING) {
        msgr_stack_lookup_end(&target->lookup);
    }
    target->state = FREE;
}

void msgr_sockets_disconnect(struct msgr_sockets *s, int number)
{
    struct msgr_sockets_target *target;
    struct msgr_sockets_link *link;

    if (number < 0 || number >= MSGR_SOCKETS_TARGETS || s->target[number].state == FREE) {
        return;
    }
    target = &s->target[number];
    link = target->link >= 0 ? &s->link[target->link] : NULL;
    stop(target);
    if (link != NULL) {
        if (link->stream != NULL) {
            msgr_sockets_stream_end(link, false);
        }
        msgr_sockets_remove(link);
    }
}

void msgr_sockets_connect_close(struct msgr_sockets *s)
{
    for (int i = 0; i < MSGR_SOCKETS_TARGETS; i++) {
        stop(&s->target[i]);
    }
}

bool msgr_sockets_target_get(struct msgr_sockets *s, int number,
                             struct msgr_sockets_target_info *info)
{
    const struct msgr_sockets_target *target = &s->target[number];
    uint8_t shown;

    if (target->state == FREE) {
        return false;
    }
    shown = target->tried < target->lookup.count ? target->tried : 0;
    *info = (struct msgr_sockets_target_info){.kind = (enum msgr_sockets_kind)target->kind,
                                              .address = target->lookup.found[shown],
                                              .port = target->port,
                                              .host = target->host,
                                              .link = target->link,
                                              .attempts = target->attempts,
                                              .reason = (enum msgr_reason)target->reason,
                                              .error = target->error};
    if (target->link >= 0) { /* refused, and asked again on the same link */
        info->reason = msgr_link_reason(s->config.m, target->link);
    }
    return true;
}
