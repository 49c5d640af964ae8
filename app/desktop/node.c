/* SPDX-License-Identifier: BSD-3-Clause */
#include "node.h"

#include "output.h"
#include "signals.h"
#include "url.h"

#include "msgr/sockets_plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* Standard input is the one more. */
#define WATCHED                                                                                    \
    (MSGR_SOCKETS_FDS + 2 * MSGR_SOCKETS_PLAIN_FDS(NODE_PLAIN_CLIENTS) +                           \
     MSGR_SOCKETS_PLAIN_UDP_FDS + MSGR_SOCKETS_PLAIN_CLIENT_FDS + 1)

MSGR_STORAGE(memory, NODE_PEERS, MSGR_AMPLE(NODE_PEERS));

static struct pollfd fds[MSGR_LOOP_FDS(WATCHED)];
static struct msgr_loop loop;
static struct msgr_sockets net;
static char name[MSGR_NAME_MAX + 1];
static bool has_loop, has_net;
static bool has_failed; /* the loop's poll() */

/* ---- who we are ---------------------------------------------------------------------------- */

static void fill_random(void *ctx, void *data, size_t size)
{
    uint8_t *at = data;

    (void)ctx;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
}

static bool is_plain_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-';
}

/* The computer's name, with room for what is put behind it. */
static void make_name(bool is_brief)
{
    char host[256] = "";
    char suffix[16] = "";

    (void)gethostname(host, sizeof host - 1);
    for (char *at = host; *at != '\0'; at++) {
        *at = is_plain_letter(*at) ? *at : '-';
    }
    if (is_brief) {
        (void)snprintf(suffix, sizeof suffix, "-%ld", (long)getpid());
    }
    (void)snprintf(name, sizeof name, "%.*s%s", (int)(MSGR_NAME_MAX - strlen(suffix)),
                   host[0] != '\0' ? host : "desk", suffix);
}

static uint64_t hash(uint64_t value, const char *text)
{
    do { /* FNV-1a; the zero counts, too */
        value = (value ^ (uint8_t)*text) * 0x100000001B3u;
    } while (*text++ != '\0');
    return value;
}

/* The same at each start of that name on this computer, and hardly anywhere else. */
static uint64_t make_identity(void)
{
    char host[256] = "";
    uint64_t value;

    (void)gethostname(host, sizeof host - 1);
    value = hash(hash(0xCBF29CE484222325u, host), name);
    return value != 0 ? value : 1;
}

const char *node_name(void)
{
    return name;
}

/* ---- starting and ending ------------------------------------------------------------------- */

bool node_open_loop(void)
{
    int error = msgr_loop_open(&loop, fds, sizeof fds / sizeof fds[0]);

    if (error != 0) {
        output_error("cannot start: %s",
                     error == -EMFILE ? "no descriptors left (ulimit -n)" : strerror(-error));
        return false;
    }
    has_loop = true;
    signals_open(&loop);
    return true;
}

void node_say_not_listening(int error, uint16_t port, const char *path)
{
    char place[140];

    if (path != NULL) {
        (void)snprintf(place, sizeof place, "%s", path);
    } else {
        (void)snprintf(place, sizeof place, "port %u", port != 0 ? port : MSGR_PORT);
    }
    switch (-error) {
    case EADDRINUSE:
        output_error("%s is in use: end the other program, or choose another with --%s", place,
                     path != NULL ? "unix" : "port");
        break;
    case EMFILE:
    case ENFILE:
        output_error("no descriptors left (ulimit -n)");
        break;
    default:
        output_error("cannot listen at %s: %s", place, strerror(-error));
        break;
    }
}

static bool open_engine(struct msgr **m, const struct node_config *config)
{
    struct msgr_config wanted = {
        .name = name,
        .identity = config->identity != 0 ? config->identity : make_identity(),
        .now_ms = msgr_loop_now_ms(),
        .peers = NODE_PEERS,
        .random = fill_random,
    };
    int error;

    fill_random(NULL, &wanted.boot, sizeof wanted.boot);
    wanted.boot |= 1;
    error = msgr_open(m, memory, sizeof memory, &wanted);
    if (error != 0) {
        output_error("cannot start: %s", msgr_error_text(error));
    }
    return error == 0;
}

bool node_open(const struct node_config *config)
{
    struct msgr_sockets_config wanted = {
        .loop = &loop,
        .port = config->port,
        .listen = config->listen,
        .path = config->path,
        .plain_udp = config->plain_udp,
        .plain_tcp = config->plain_tcp,
        .plain_local = config->plain_local,
    };
    int error;

    if (config->name != NULL) {
        (void)snprintf(name, sizeof name, "%s", config->name);
    } else {
        make_name(config->is_brief);
    }
    if (!open_engine(&wanted.m, config)) {
        return false;
    }
    error = msgr_sockets_open(&net, &wanted);
    if (error != 0) {
        node_say_not_listening(error, config->port, config->listen ? NULL : config->path);
        return false;
    }
    has_net = true;
    return true;
}

/* An acknowledgement may wait for so long: what was printed last is to be known as delivered. */
static void let_acknowledgements_leave(void)
{
    uint64_t end_us = node_now_us() + 6000;

    for (uint64_t now_us = node_now_us(); now_us < end_us && !has_failed; now_us = node_now_us()) {
        (void)node_turn_anyway((uint32_t)((end_us - now_us + 999) / 1000));
    }
}

void node_close_net(void)
{
    if (has_net) {
        let_acknowledgements_leave();
        msgr_sockets_leave(&net);
        has_net = false;
    }
}

void node_close(void)
{
    node_close_net();
    if (has_loop) {
        signals_close();
        msgr_loop_close(&loop);
        has_loop = false;
    }
}

/* ---- running ------------------------------------------------------------------------------- */

struct msgr_loop *node_loop(void)
{
    return &loop;
}

struct msgr_sockets *node_net(void)
{
    return &net;
}

bool node_is_ending(void)
{
    return signals_count() > 0 || output_is_broken() || has_failed;
}

bool node_was_interrupted(void)
{
    return signals_count() > 0;
}

bool node_turn_anyway(uint32_t most_ms)
{
    int error = msgr_loop_turn(&loop, most_ms);

    if (error != 0 && !has_failed) {
        has_failed = true;
        output_error("waiting failed: %s", strerror(-error));
    }
    return !has_failed;
}

bool node_turn(uint32_t most_ms)
{
    return !node_is_ending() && node_turn_anyway(most_ms) && !node_is_ending();
}

bool node_take(struct msgr_event *event)
{
    return has_net && msgr_sockets_next(&net, event);
}

bool node_next(struct msgr_event *event)
{
    if (!node_take(event)) {
        return false;
    }
    if (event->type == MSGR_EVENT_MESSAGE) {
        output_message(node_peer_name(event->peer), event->data, event->size);
    }
    return true;
}

const char *node_peer_name(int peer)
{
    static struct msgr_peer_info info;

    return msgr_sockets_peer_get(&net, peer, &info) ? info.name : "?";
}

uint64_t node_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
