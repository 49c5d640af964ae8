/* SPDX-License-Identifier: BSD-3-Clause */
#include "framed.h"

#include "command_framed.h"
#include "console.h"
#include "ping.h"
#include "serve.h"
#include "show_framed.h"

#include "port/port.h"

#include <string.h>

MSGR_STORAGE(memory, NODE_PEERS, NODE_PAYLOAD);

static struct net_framed transport;
static bool is_started;
static bool is_tracing;
static const char *name;
static uint32_t deadline_ms;

/* ---- events -------------------------------------------------------------------------------- */

static void on_peer_up(void *ctx, struct msgr *m, int peer)
{
    (void)ctx;
    show_peer_up(m, peer);
}

static void on_peer_down(void *ctx, struct msgr *m, int peer, enum msgr_reason reason)
{
    (void)ctx;
    show_peer_down(m, peer, reason);
}

static void on_message(void *ctx, struct msgr *m, int peer, const void *data, size_t size)
{
    (void)ctx;
    show_message(m, peer, data, size);
}

static void on_outcome(void *ctx, struct msgr *m, int peer, int32_t message,
                       enum msgr_outcome outcome, enum msgr_reason reason)
{
    (void)ctx;
    if (!ping_took(message, outcome)) {
        show_outcome(m, peer, message, outcome, reason);
    }
}

static const struct msgr_handlers handlers = {
    .peer_up = on_peer_up,
    .peer_down = on_peer_down,
    .message = on_message,
    .outcome = on_outcome,
};

static void on_trace(void *ctx, const struct net_traced *traced)
{
    (void)ctx;
    if (is_tracing) {
        show_traced(traced);
    }
}

/* ---- beginning and end --------------------------------------------------------------------- */

static void fill_random(void *ctx, void *data, size_t size)
{
    (void)ctx;
    port_random(data, size);
}

static bool say_failure(const char *why)
{
    console_error();
    console_text("framed messages: ");
    console_line(why);
    return false;
}

static struct msgr *open_engine(void)
{
    struct msgr *m = NULL;
    struct msgr_config config = {
        .name = name,
        .identity = port_identity(),
        .now_ms = net_now_ms(),
        .peers = NODE_PEERS,
        .random = fill_random,
    };
    int error;

    if (!port_boot_unique(&config.boot)) {
        config.boot = 0; /* the engine says so */
    }
    error = msgr_open(&m, memory, sizeof memory, &config);
    if (error != 0) {
        (void)say_failure(msgr_error_text(error));
    }
    return m;
}

static bool open_transport(struct msgr *m, uint16_t port)
{
    err_t err = net_framed_open(&transport, &(struct net_framed_config){
                                                .m = m,
                                                .port = port,
                                                .listen = true,
                                                .plain_udp = serve_udp_server(),
                                                .plain_tcp = serve_tcp_server(),
                                                .handlers = &handlers,
                                                .trace = on_trace,
                                            });
    if (err != ERR_OK) {
        return say_failure(err == ERR_USE ? "the port is taken" : "lwIP has no memory left");
    }
    return true;
}

/* Longer than the longest that net_framed_connect_url() takes. */
#define URL_SIZE (NET_HOST_MAX + 16)

/* Words with spaces between them. */
static bool connect_to_all(const char *urls)
{
    bool is_good = true;

    while (urls != NULL && *urls != '\0') {
        size_t size = strcspn(urls, " ");
        if (size > 0) {
            char url[URL_SIZE] = "";
            memcpy(url, urls, LWIP_MIN(size, sizeof url - 1));
            is_good = framed_connect(url) && is_good;
        }
        urls += size;
        urls += strspn(urls, " ");
    }
    return is_good;
}

bool framed_start(const struct framed_config *config, uint16_t port)
{
    struct msgr *m;

    if (port == 0) {
        port = MSGR_PORT;
    }
    name = config->name;
    deadline_ms = config->deadline_ms;
    m = open_engine();
    if (m == NULL || !open_transport(m, port)) {
        return false;
    }
    is_started = true;
    command_framed_register();
    show_framed_start(config->name, port);
    return connect_to_all(config->connect);
}

bool framed_connect(const char *url)
{
    int target = net_framed_connect_url(&transport, url);

    if (target >= 0) {
        return true;
    }
    console_error();
    console_text("connect to ");
    console_bytes(url, strlen(url));
    switch (target) {
    case MSGR_ERROR_FULL:
        console_line(": there is room for no more; disconnect frees some");
        break;
    case MSGR_ERROR_NAME:
        console_line(": the name is too long, or this build knows no names");
        break;
    default:
        console_line(": give udp://HOST or tcp://HOST, with :PORT or without");
        break;
    }
    return false;
}

void framed_poll(void)
{
    ping_poll();
}

void framed_show_stats(void)
{
    if (is_started) {
        show_framed_stats(&transport);
    }
}

struct net_framed *framed_transport(void)
{
    return &transport;
}

const char *framed_name(void)
{
    return name;
}

uint32_t framed_deadline_ms(void)
{
    return deadline_ms;
}

void framed_trace(bool is_wanted)
{
    is_tracing = is_wanted;
}

void framed_stop(void)
{
    if (is_started) {
        is_started = false;
        net_framed_close(&transport);
    }
}
