/* SPDX-License-Identifier: BSD-3-Clause */
#include "commands.h"

#include "json.h"
#include "node.h"
#include "output.h"
#include "status.h"

#include "msgr/sockets_plain.h"

#include <string.h>

/* What has been counted stays so long, that the acknowledgement of the last message is repeated to
 * who has not heard it. */
#define LINGER_US 500000

static struct msgr_sockets_plain_connection connections[NODE_PLAIN_CLIENTS];
static struct msgr_sockets_plain_connection local_connections[NODE_PLAIN_CLIENTS];
static struct msgr_sockets_plain_server tcp, local;
static struct msgr_sockets_plain_udp_server udp;

static uint32_t messages;
static uint32_t starved; /* times that there were no descriptors, of which it has been told */

/* ---- what happens -------------------------------------------------------------------------- */

static void print_plain(const struct msgr_sockets_plain_event *event)
{
    char from[MSGR_SOCKETS_ADDRESS_TEXT];

    (void)msgr_sockets_address_text(event->address, from);
    if (console_is_json()) {
        json_begin("plain");
        json_text("from", from);
        json_bytes("text", event->text, event->size);
        json_end();
        return;
    }
    console_text("Plain message from ");
    output_name(from);
    console_text(": ");
    console_bytes(event->text, event->size);
    console_end();
}

static void print_trouble(const char *what, const struct msgr_sockets_plain_event *event)
{
    char from[MSGR_SOCKETS_ADDRESS_TEXT];

    if (console_is_json()) {
        json_begin("plain_trouble");
        json_text("from", msgr_sockets_address_text(event->address, from));
        json_text("what", what);
        json_text("reason", msgr_plain_reason_text(event->reason));
        json_end();
        return;
    }
    console_text("Plain message from ");
    output_name(msgr_sockets_address_text(event->address, from));
    output_text(" %s: %s.", what, msgr_plain_reason_text(event->reason));
    console_end();
}

static void on_plain(void *arg, const struct msgr_sockets_plain_event *event)
{
    (void)arg;
    switch (event->type) {
    case MSGR_PLAIN_EVENT_RECEIVED:
        print_plain(event);
        messages++;
        break;
    case MSGR_PLAIN_EVENT_REFUSED:
        print_trouble("refused", event);
        break;
    case MSGR_PLAIN_EVENT_UNANSWERED:
        print_trouble("not answered", event);
        break;
    case MSGR_PLAIN_EVENT_ENDED:
        if (event->reason != MSGR_PLAIN_DONE && event->reason != MSGR_PLAIN_TOO_LONG) {
            print_trouble("lost", event);
        }
        break;
    default:
        break;
    }
}

static void take_events(void)
{
    struct msgr_event event;

    while (node_next(&event)) {
        switch (event.type) {
        case MSGR_EVENT_PEER_UP:
            output_up(node_peer_name(event.peer));
            break;
        case MSGR_EVENT_PEER_DOWN:
            output_down(node_peer_name(event.peer), event.reason);
            break;
        case MSGR_EVENT_MESSAGE:
            messages++;
            break;
        default:
            break;
        }
    }
}

static void tell_starvation(void)
{
    uint32_t now = node_net()->counters.no_descriptors + tcp.no_descriptors + local.no_descriptors;

    if (now != starved && starved == 0) {
        output_error("no descriptors left for further clients: they wait; those that are here are "
                     "served on (ulimit -n)");
    }
    starved = now;
}

/* ---- starting and running ------------------------------------------------------------------ */

static bool check(int error, uint16_t port, const char *path)
{
    if (error != 0) {
        node_say_not_listening(error, port, path);
    }
    return error == 0;
}

static bool open_plain(const struct options *options)
{
    struct msgr_sockets_plain_config config = {
        .loop = node_loop(),
        .port = options->port,
        .connections = connections,
        .connection_count = NODE_PLAIN_CLIENTS,
        .handler = on_plain,
    };
    struct msgr_sockets_plain_udp_config udp_config = {
        .loop = node_loop(),
        .port = options->port,
        .off_link = options->is_off_link,
        .handler = on_plain,
    };

    if (!check(msgr_sockets_plain_udp_server_open(&udp, &udp_config), options->port, NULL) ||
        !check(msgr_sockets_plain_server_open(&tcp, &config), options->port, NULL)) {
        return false;
    }
    config.path = options->path;
    config.connections = local_connections;
    return options->path == NULL ||
           check(msgr_sockets_plain_server_open(&local, &config), options->port, options->path);
}

static bool start(const struct options *options)
{
    return node_open_loop() && open_plain(options) &&
           node_open(&(struct node_config){
               .name = options->name,
               .identity = options->identity,
               .listen = true,
               .port = options->port,
               .plain_udp = &udp,
               .plain_tcp = &tcp,
               .plain_local = options->path != NULL ? &local : NULL,
           });
}

static void linger(void)
{
    uint64_t end_us = node_now_us() + LINGER_US;

    for (uint64_t now_us = node_now_us(); now_us < end_us; now_us = node_now_us()) {
        struct msgr_event event;
        if (!node_turn((uint32_t)((end_us - now_us + 999) / 1000))) {
            return;
        }
        while (node_next(&event)) {
        }
    }
}

static void serve(const struct options *options)
{
    output_listening(node_name(), options->port != 0 ? options->port : MSGR_PORT);
    while (node_turn(MSGR_LOOP_FOREVER)) {
        take_events();
        tell_starvation();
        if (options->count != 0 && messages >= options->count) {
            linger();
            return;
        }
    }
}

int serve_run(const struct options *options)
{
    bool is_started = start(options);

    if (is_started) {
        serve(options);
    }
    node_close_net();
    msgr_sockets_plain_server_close(&local);
    msgr_sockets_plain_server_close(&tcp);
    msgr_sockets_plain_udp_server_close(&udp);
    return is_started ? STATUS_OK : STATUS_NOT_DELIVERED;
}
