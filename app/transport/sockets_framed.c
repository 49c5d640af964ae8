/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each of the engine's links has a record with the same number. What has come is given to the
 * engine in the loop's turn; then its events are told, or pulled; its output leaves before the loop
 * sleeps again. The order is what lets an acknowledgement ride on an answer.
 */
#include "sockets_framed.h"

#include "engine.h"
#include "serial.h"
#include "sockets_fd.h"

#include "msgr/sockets_plain.h"

#include <string.h>

#define RETRY_MS 10   /* after a lack of memory */
#define PAUSE_MS 1000 /* after a lack of descriptors */

/* ---- links --------------------------------------------------------------------------------- */

struct msgr_sockets_link *msgr_sockets_add(struct msgr_sockets *s, int number,
                                           const struct msgr_sockets_address *address)
{
    if (number >= MSGR_SOCKETS_LINKS) {
        msgr_link_down(s->config.m, number, msgr_loop_now_ms());
        return NULL;
    }
    struct msgr_sockets_link *link = &s->link[number];
    memset(link, 0, sizeof *link);
    link->sockets = s;
    link->address = *address;
    link->is_used = true;
    return link;
}

void msgr_sockets_remove(struct msgr_sockets_link *link)
{
    struct msgr_sockets *s = link->sockets;
    int number = msgr_sockets_number(link);
    enum msgr_reason reason = msgr_link_reason(s->config.m, number);

    link->is_used = false;
    msgr_link_down(s->config.m, number, msgr_loop_now_ms());
    msgr_sockets_connect_lost(s, number, reason);
}

void msgr_sockets_trace(const struct msgr_sockets *s, const struct msgr_sockets_address *address,
                        bool is_stream, bool is_out, const void *data, size_t size)
{
    const struct msgr_sockets_config *config = &s->config;

    if (config->trace != NULL) {
        config->trace(config->trace_ctx, &(struct msgr_sockets_traced){.is_stream = is_stream,
                                                                       .is_out = is_out,
                                                                       .address = address,
                                                                       .data = data,
                                                                       .size = size});
    }
}

void msgr_sockets_starve(struct msgr_sockets *s)
{
    s->counters.no_descriptors++;
    s->is_starved = true;
    s->pause_ms = msgr_loop_now_ms() + PAUSE_MS;
}

/* ---- output -------------------------------------------------------------------------------- */

static void close_link(struct msgr_sockets *s, int number)
{
    struct msgr_sockets_link *link = &s->link[number];

    if (link->stream != NULL) {
        /* Who does not answer would leave the stack with a connection for minutes. */
        msgr_sockets_stream_end(link, msgr_link_reason(s->config.m, number) == MSGR_REASON_SILENT ||
                                          link->stream->is_broken);
    }
    msgr_sockets_remove(link);
}

/* @return whether a link was closed, so that others may have something to send now */
static bool flush_links(struct msgr_sockets *s)
{
    struct msgr *m = s->config.m;
    bool is_closed = false;

    for (int i = msgr_link_pending(m, -1); i >= 0; i = msgr_link_pending(m, i)) {
        struct msgr_sockets_link *link = &s->link[i];

        if (link->stream != NULL) {
            msgr_sockets_stream_output(link);
        } else {
            msgr_sockets_udp_output(link);
        }
        if (msgr_link_is_over(m, i) || (link->stream != NULL && link->stream->is_broken)) {
            close_link(s, i);
            is_closed = true;
        }
    }
    return is_closed;
}

static void flush(struct msgr_sockets *s)
{
    s->is_udp_blocked = false;
    for (int passes = 0; passes <= MSGR_SOCKETS_LINKS && flush_links(s); passes++) {
    }
}

/* ---- other threads' messages --------------------------------------------------------------- */

/* With what is left of its time; one whose time is up is not delivered, and was never accepted. */
static int32_t send_item(const struct msgr_sockets *s, const struct msgr_mailbox_item *item,
                         uint32_t now_ms)
{
    uint32_t passed_ms = msgr_serial_passed(item->posted_ms, now_ms);
    uint32_t deadline_ms = item->deadline_ms != 0 ? item->deadline_ms : MSGR_DEADLINE_MS;

    if (deadline_ms > MSGR_DEADLINE_MAX_MS) {
        return MSGR_ERROR_RANGE;
    }
    /* A time that is up is as short as one can be: then the engine says what has become of it. */
    return msgr_send(s->config.m, item->peer, item->data, item->size,
                     passed_ms < deadline_ms ? deadline_ms - passed_ms : 1);
}

static void empty_mailbox(struct msgr_sockets *s, uint32_t now_ms)
{
    struct msgr_mailbox *mailbox = s->config.mailbox;
    struct msgr_mailbox_item item;

    /* No more than it can hold: who posts without end does not keep the loop. */
    for (uint32_t left = mailbox->count; left > 0 && msgr_mailbox_peek(mailbox, &item); left--) {
        int32_t message = send_item(s, &item, now_ms);

        msgr_mailbox_done(mailbox);
        if (s->config.posted != NULL) {
            s->config.posted(s->config.posted_ctx, item.tag, item.peer, message);
        }
    }
}

static bool wake_loop(void *ctx)
{
    return msgr_loop_wake(ctx);
}

#if MSGR_SOCKETS_LWIP
static bool wake_loop_from_isr(void *ctx, bool *needs_switch)
{
    return msgr_loop_wake_from_isr(ctx, needs_switch);
}
#else
/* A signal handler. */
static bool wake_loop_from_isr(void *ctx, bool *needs_switch)
{
    *needs_switch = false;
    return msgr_loop_wake(ctx);
}
#endif

static void open_mailbox(const struct msgr_sockets *s)
{
    if (s->config.mailbox != NULL) {
        msgr_mailbox_open(s->config.mailbox,
                          &(struct msgr_mailbox_owner){.now_ms = msgr_loop_now_ms,
                                                       .wake = wake_loop,
                                                       .wake_from_isr = wake_loop_from_isr,
                                                       .ctx = s->config.loop});
    }
}

/* ---- turns --------------------------------------------------------------------------------- */

/* Perhaps: the engine finds out when it is asked. */
static bool may_have_events(const struct msgr *m)
{
    return m->eventful != 0 || m->wanting != 0 || m->outcomes.first != MSGR_NO_SLOT;
}

static void tell(const struct msgr_sockets *s)
{
    if (s->config.handlers != NULL && may_have_events(s->config.m)) {
        msgr_dispatch(s->config.m, s->config.handlers);
    }
}

static uint32_t earlier(uint32_t wait_ms, bool is_set, uint32_t other_ms)
{
    return is_set && other_ms < wait_ms ? other_ms : wait_ms;
}

static uint32_t wait_for(struct msgr_sockets *s, uint32_t now_ms)
{
    uint32_t wait_ms = msgr_deadline_ms(s->config.m, now_ms);
    uint32_t pause_ms = msgr_serial_before(now_ms, s->pause_ms) ? s->pause_ms - now_ms : 0;

    wait_ms = earlier(wait_ms, true, msgr_sockets_connect_wait(s, now_ms));
    wait_ms = earlier(wait_ms, s->is_starved, pause_ms);
    return earlier(wait_ms, s->is_udp_blocked, RETRY_MS);
}

static uint32_t prepare(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets *s = (struct msgr_sockets *)(void *)part;

    msgr_tick(s->config.m, now_ms);
    flush(s);
    if (s->is_starved && !msgr_serial_before(now_ms, s->pause_ms)) {
        s->is_starved = false;
    }
    msgr_sockets_udp_watch(s, loop);
    msgr_sockets_stream_watch(s, loop);
    msgr_sockets_connect_watch(s, loop);
    return wait_for(s, now_ms);
}

static void turn(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    struct msgr_sockets *s = (struct msgr_sockets *)(void *)part;

    msgr_tick(s->config.m, now_ms);
    if (s->config.mailbox != NULL) {
        empty_mailbox(s, now_ms);
    }
    msgr_sockets_connect_turn(s, loop);
    msgr_sockets_stream_turn(s, loop);
    msgr_sockets_udp_turn(s, loop);
    tell(s);
}

/* ---- beginning and end --------------------------------------------------------------------- */

static bool is_running(const struct msgr_sockets_plain_server *server)
{
    return server == NULL || (server->is_open && server->listener != MSGR_FD_NONE);
}

/* One that was never opened may be all zero. */
static bool is_running_udp(const struct msgr_sockets_plain_udp_server *server)
{
    return server->config.loop != NULL && server->fd != MSGR_FD_NONE;
}

static bool is_complete(const struct msgr_sockets_config *config)
{
    return config->m != NULL && config->loop != NULL && is_running(config->plain_tcp) &&
           is_running(config->plain_local) &&
           (config->plain_udp == NULL || is_running_udp(config->plain_udp));
}

static void reset(struct msgr_sockets *s, const struct msgr_sockets_config *config)
{
    memset(s, 0, sizeof *s);
    s->config = *config;
    s->config.path = NULL; /* it is copied where it is listened on */
    if (config->port == 0) {
        s->config.port = MSGR_PORT;
    }
    s->part = (struct msgr_part){.fd_max = MSGR_SOCKETS_FDS, .prepare = prepare, .turn = turn};
    s->udp = MSGR_FD_NONE;
    s->listener = MSGR_FD_NONE;
    s->local = MSGR_FD_NONE;
    for (int i = 0; i < MSGR_SOCKETS_STREAMS; i++) {
        s->stream[i].fd = MSGR_FD_NONE;
    }
}

static int start(struct msgr_sockets *s, const char *path)
{
    int error = msgr_sockets_udp_open(s);

    if (error == 0) {
        s->config.path = path;
        error = msgr_sockets_stream_open(s);
        s->config.path = NULL;
    }
    if (error == 0) {
        error = msgr_loop_add(s->config.loop, &s->part);
    }
    return error;
}

int msgr_sockets_open(struct msgr_sockets *s, const struct msgr_sockets_config *config)
{
    int error;

    reset(s, config);
    if (!is_complete(config)) {
        return -EINVAL;
    }
    error = start(s, config->path);
    if (error != 0) {
        msgr_sockets_stream_close(s);
        msgr_sockets_udp_close(s);
        return error;
    }
    s->is_open = true;
    open_mailbox(s);
    return 0;
}

void msgr_sockets_close(struct msgr_sockets *s)
{
    if (!s->is_open) {
        return;
    }
    s->is_open = false;
    if (s->config.mailbox != NULL) {
        msgr_mailbox_close(s->config.mailbox);
    }
    msgr_sockets_connect_close(s);
    for (int i = 0; i < MSGR_SOCKETS_LINKS; i++) {
        if (s->link[i].is_used) {
            if (s->link[i].stream != NULL) {
                msgr_sockets_stream_end(&s->link[i], true);
            }
            msgr_sockets_remove(&s->link[i]);
        }
    }
    msgr_sockets_stream_close(s);
    msgr_sockets_udp_close(s);
    msgr_loop_remove(s->config.loop, &s->part);
}

/* ---- the application's calls --------------------------------------------------------------- */

int32_t msgr_sockets_send(struct msgr_sockets *s, int peer, const void *data, size_t size,
                          uint32_t deadline_ms)
{
    msgr_tick(s->config.m, msgr_loop_now_ms());
    return msgr_send(s->config.m, peer, data, size, deadline_ms);
}

int msgr_sockets_cancel(struct msgr_sockets *s, int32_t message)
{
    msgr_tick(s->config.m, msgr_loop_now_ms());
    return msgr_cancel(s->config.m, message);
}

bool msgr_sockets_next(struct msgr_sockets *s, struct msgr_event *event)
{
    msgr_tick(s->config.m, msgr_loop_now_ms());
    return msgr_next(s->config.m, event);
}

int msgr_sockets_peer(struct msgr_sockets *s, const char *name)
{
    return msgr_peer(s->config.m, name);
}

bool msgr_sockets_peer_get(struct msgr_sockets *s, int peer, struct msgr_peer_info *info)
{
    return msgr_peer_get(s->config.m, peer, info);
}

int msgr_sockets_peer_after(struct msgr_sockets *s, int peer)
{
    return msgr_peer_after(s->config.m, peer);
}

void msgr_sockets_stats(struct msgr_sockets *s, struct msgr_stats *stats)
{
    msgr_stats(s->config.m, stats);
}

bool msgr_sockets_link_get(struct msgr_sockets *s, int link, struct msgr_sockets_link_info *info)
{
    const struct msgr_sockets_link *found = &s->link[link];

    if (!found->is_used) {
        return false;
    }
    info->is_stream = found->stream != NULL;
    info->address = found->address;
    info->peer = msgr_link_peer(s->config.m, link);
    return true;
}
