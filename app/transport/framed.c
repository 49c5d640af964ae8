/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each of the engine's links has a record with the same number. Everything happens in turns: lwIP
 * or the application gives the engine something; then its events are told, then its output leaves,
 * then the one timer is set. The order is what lets an acknowledgement ride on an answer.
 *
 * If the application pulls, the output waits for it, for no more than TURN_MS. It is the engine
 * that knows whether there is something to pull.
 *
 * The timer is set for the earliest of the engine's deadline, the next attempt to connect, the end
 * of a turn, and the end of a lack of memory. One that comes too early does no harm, so it is only
 * ever moved forward.
 */
#include "framed.h"

#include "engine.h"
#include "lwip_lock.h"
#include "lwip_tcp.h"
#include "serial.h"

#include "lwip/sys.h"
#include "lwip/timeouts.h"
#if !NO_SYS
#include "lwip/tcpip.h"
#endif

#include <string.h>

#define TURN_MS  2
#define RETRY_MS 10 /* after a lack of memory */

static void on_timer(void *arg);

/* ---- links --------------------------------------------------------------------------------- */

struct msgr_lwip_link *msgr_framed_add(struct msgr_lwip *l, int number, const ip_addr_t *address,
                                       uint16_t port)
{
    if (number >= MSGR_LWIP_LINKS) {
        msgr_link_down(l->config.m, number, sys_now());
        return NULL;
    }
    struct msgr_lwip_link *link = &l->link[number];
    memset(link, 0, sizeof *link);
    link->lwip = l;
    link->address = *address;
    link->port = port;
    link->is_used = true;
    return link;
}

void msgr_framed_remove(struct msgr_lwip_link *link)
{
    struct msgr_lwip *l = link->lwip;
    int number = msgr_framed_number(link);
    enum msgr_reason reason = msgr_link_reason(l->config.m, number);

    link->is_used = false;
    msgr_link_down(l->config.m, number, sys_now());
    msgr_framed_connect_lost(l, number, reason);
}

/* ---- output -------------------------------------------------------------------------------- */

static void close_link(struct msgr_lwip *l, int number)
{
    struct msgr_lwip_link *link = &l->link[number];

    if (link->is_stream) {
        /* Who does not answer would leave us with a pcb for minutes. */
        msgr_framed_tcp_end(link, msgr_link_reason(l->config.m, number) == MSGR_REASON_SILENT);
    }
    msgr_framed_remove(link);
}

/* @return whether a link was closed, so that others may have something to send now */
static bool flush_links(struct msgr_lwip *l)
{
    struct msgr *m = l->config.m;
    bool is_closed = false;

    for (int i = msgr_link_pending(m, -1); i >= 0; i = msgr_link_pending(m, i)) {
        struct msgr_lwip_link *link = &l->link[i];

        if (link->is_stream) {
            msgr_framed_tcp_output(link);
        } else {
            msgr_framed_udp_output(link);
        }
        if (msgr_link_is_over(m, i)) {
            close_link(l, i);
            is_closed = true;
        }
    }
    return is_closed;
}

static void flush(struct msgr_lwip *l)
{
    l->is_deferred = false;
    l->is_starved = false;
    for (int passes = 0; passes <= MSGR_LWIP_LINKS && flush_links(l); passes++) {
    }
}

/* ---- the timer ----------------------------------------------------------------------------- */

static uint32_t earlier(uint32_t wait, bool is_set, uint32_t other)
{
    return is_set && other < wait ? other : wait;
}

static uint32_t wait_ms(struct msgr_lwip *l, uint32_t now_ms)
{
    uint32_t wait = msgr_deadline_ms(l->config.m, now_ms);
    uint32_t flush_ms = msgr_serial_before(now_ms, l->flush_ms) ? l->flush_ms - now_ms : 0;

    wait = earlier(wait, true, msgr_framed_connect_wait(l));
    wait = earlier(wait, l->is_deferred, flush_ms);
    return earlier(wait, l->is_starved, RETRY_MS);
}

/* @return whether it was moved forward */
static bool arm(struct msgr_lwip *l)
{
    uint32_t now_ms = sys_now();
    uint32_t wait = wait_ms(l, now_ms);

    if (wait == MSGR_NEVER || (l->is_armed && !msgr_serial_before(now_ms + wait, l->armed_ms))) {
        return false;
    }
    if (l->is_armed) {
        sys_untimeout(on_timer, l);
    }
    l->is_armed = true;
    l->armed_ms = now_ms + wait;
    sys_timeout(wait, on_timer, l);
    return true;
}

#if !NO_SYS
static void look_at_the_timers(void *arg)
{
    (void)arg;
}
#endif

/* lwIP's thread sleeps for what it knew when it fell asleep. */
static void arm_from_elsewhere(struct msgr_lwip *l)
{
    if (arm(l)) {
#if !NO_SYS
        (void)tcpip_try_callback(look_at_the_timers, NULL);
#endif
    }
}

/* ---- turns --------------------------------------------------------------------------------- */

/* Perhaps: the engine finds out when it is asked. */
static bool may_have_events(const struct msgr *m)
{
    return m->eventful != 0 || m->wanting != 0 || m->outcomes.first != MSGR_NO_SLOT;
}

static bool must_be_pulled(struct msgr_lwip *l)
{
    struct msgr *m = l->config.m;

    if (l->config.handlers == NULL) {
        return may_have_events(m);
    }
    if (may_have_events(m)) {
        msgr_dispatch(m, l->config.handlers);
    }
    return false;
}

static void defer(struct msgr_lwip *l)
{
    if (!l->is_deferred) {
        l->is_deferred = true;
        l->flush_ms = sys_now() + TURN_MS;
    }
}

static void tell(const struct msgr_lwip *l)
{
    if (l->config.on_event != NULL) {
        l->config.on_event(l->config.ctx);
    }
}

void msgr_framed_turn(struct msgr_lwip *l)
{
    bool is_waiting = must_be_pulled(l);

    if (is_waiting) {
        defer(l);
    } else {
        flush(l);
    }
    (void)arm(l);
    if (is_waiting) {
        tell(l);
    }
}

void msgr_framed_turn_of_application(struct msgr_lwip *l)
{
    if (l->is_pulling) {
        defer(l);
    } else {
        flush(l);
    }
    if (l->config.handlers != NULL && may_have_events(l->config.m)) {
        defer(l); /* they are called in lwIP's context only */
    }
    arm_from_elsewhere(l);
}

static void on_timer(void *arg)
{
    struct msgr_lwip *l = arg;
    bool is_waiting;

    l->is_armed = false;
    msgr_tick(l->config.m, sys_now());
    msgr_framed_connect_tick(l);
    is_waiting = must_be_pulled(l);
    flush(l);
    (void)arm(l);
    if (is_waiting) {
        tell(l);
    }
}

/* ---- beginning and end --------------------------------------------------------------------- */

static err_t check(const struct msgr_lwip_config *config)
{
    if (config->m == NULL) {
        return ERR_ARG;
    }
#if MSGR_FRAMED
    if ((config->plain_udp != NULL && config->plain_udp->pcb == NULL) ||
        (config->plain_tcp != NULL && config->plain_tcp->listener == NULL)) {
        return ERR_ARG;
    }
#endif
    return ERR_OK;
}

static err_t start(struct msgr_lwip *l, const struct msgr_lwip_config *config)
{
    err_t err = check(config);

    memset(l, 0, sizeof *l);
    if (err != ERR_OK) {
        return err;
    }
    l->config = *config;
    if (config->port == 0) {
        l->config.port = MSGR_PORT;
    }
    err = msgr_framed_udp_open(l);
    if (err == ERR_OK) {
        err = msgr_framed_tcp_open(l);
    }
    if (err != ERR_OK) {
        msgr_framed_udp_close(l);
        return err;
    }
    l->is_open = true;
    msgr_framed_turn(l); /* an engine that has lived before may have something to do */
    return ERR_OK;
}

err_t msgr_lwip_open(struct msgr_lwip *l, const struct msgr_lwip_config *config)
{
    err_t err;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    err = start(l, config);
    MSGR_UNLOCK();
    return err;
}

static void stop(struct msgr_lwip *l)
{
    l->is_open = false;
    msgr_framed_connect_close(l);
    for (int i = 0; i < MSGR_LWIP_LINKS; i++) {
        if (l->link[i].is_used) {
            if (l->link[i].is_stream) {
                msgr_framed_tcp_end(&l->link[i], true);
            }
            msgr_framed_remove(&l->link[i]);
        }
    }
    msgr_framed_tcp_close(l);
    msgr_framed_udp_close(l);
    sys_untimeout(on_timer, l);
    l->is_armed = false;
}

void msgr_lwip_close(struct msgr_lwip *l)
{
    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    if (l->is_open) {
        stop(l);
    }
    MSGR_UNLOCK();
}

/* ---- the application's calls --------------------------------------------------------------- */

int32_t msgr_lwip_send(struct msgr_lwip *l, int peer, const void *data, size_t size,
                       uint32_t deadline_ms)
{
    int32_t message;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    msgr_tick(l->config.m, sys_now());
    message = msgr_send(l->config.m, peer, data, size, deadline_ms);
    msgr_framed_turn_of_application(l);
    MSGR_UNLOCK();
    return message;
}

int msgr_lwip_cancel(struct msgr_lwip *l, int32_t message)
{
    int error;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    msgr_tick(l->config.m, sys_now());
    error = msgr_cancel(l->config.m, message);
    msgr_framed_turn_of_application(l);
    MSGR_UNLOCK();
    return error;
}

bool msgr_lwip_next(struct msgr_lwip *l, struct msgr_event *event)
{
    bool has_event;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    msgr_tick(l->config.m, sys_now());
    has_event = msgr_next(l->config.m, event);
    l->is_pulling = has_event;
    msgr_framed_turn_of_application(l);
    MSGR_UNLOCK();
    return has_event;
}

int msgr_lwip_peer(struct msgr_lwip *l, const char *name)
{
    int peer;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    peer = msgr_peer(l->config.m, name);
    MSGR_UNLOCK();
    return peer;
}

bool msgr_lwip_peer_get(struct msgr_lwip *l, int peer, struct msgr_peer_info *info)
{
    bool is_there;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    is_there = msgr_peer_get(l->config.m, peer, info);
    MSGR_UNLOCK();
    return is_there;
}

int msgr_lwip_peer_after(struct msgr_lwip *l, int peer)
{
    int after;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    after = msgr_peer_after(l->config.m, peer);
    MSGR_UNLOCK();
    return after;
}

void msgr_lwip_stats(struct msgr_lwip *l, struct msgr_stats *stats)
{
    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    msgr_stats(l->config.m, stats);
    MSGR_UNLOCK();
}

bool msgr_lwip_link_get(struct msgr_lwip *l, int link, struct msgr_lwip_link_info *info)
{
    const struct msgr_lwip_link *found = &l->link[link];
    bool is_there;

    MSGR_LOCK();
    LWIP_ASSERT_CORE_LOCKED();
    is_there = found->is_used;
    if (is_there) {
        *info = (struct msgr_lwip_link_info){.is_stream = found->is_stream,
                                             .address = found->address,
                                             .port = found->port,
                                             .peer = msgr_link_peer(l->config.m, link)};
    }
    MSGR_UNLOCK();
    return is_there;
}
