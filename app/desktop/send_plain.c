/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One plain exchange. The acknowledgement goes to standard output as it is shown to people, so that
 * scripts can use it. A host's addresses are tried in turn, as long as nobody has taken the text.
 */
#include "commands.h"

#include "json.h"
#include "node.h"
#include "output.h"
#include "status.h"

#include "msgr/sockets_plain.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#define ADDRESSES 8

static struct {
    struct msgr_sockets_address address[ADDRESSES];
    size_t count;
    char buffer[MSGR_SOCKETS_PLAIN_BUFFER_SIZE];
    bool is_running;
    bool is_connected;
    enum msgr_plain_reason reason;
} run;

static struct msgr_sockets_plain_client client;
static struct msgr_sockets_plain_udp_client udp_client;

/* ---- where to ------------------------------------------------------------------------------ */

static void add(const struct sockaddr *address, socklen_t size)
{
    struct msgr_sockets_address *to = &run.address[run.count];

    if (run.count < ADDRESSES && size <= sizeof to->as) {
        memcpy(&to->as, address, size);
        to->size = size;
        run.count++;
    }
}

static bool resolve_unix(const struct url *url)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    memcpy(address.sun_path, url->host, strlen(url->host)); /* shorter: options.c */
    add((const struct sockaddr *)&address, sizeof address);
    return true;
}

static bool resolve(const struct url *url, const char **why)
{
    struct addrinfo hints = {.ai_socktype = url->kind == URL_UDP ? SOCK_DGRAM : SOCK_STREAM};
    struct addrinfo *found;
    char port[6];
    int error;

    (void)snprintf(port, sizeof port, "%u", url->port != 0 ? url->port : MSGR_PORT);
    error = getaddrinfo(url->host, port, &hints, &found);
    if (error != 0) {
        *why = gai_strerror(error);
        return false;
    }
    for (const struct addrinfo *one = found; one != NULL; one = one->ai_next) {
        add(one->ai_addr, one->ai_addrlen);
    }
    freeaddrinfo(found);
    return true;
}

/* ---- the exchange -------------------------------------------------------------------------- */

static void print_answer(const char *event, const void *text, size_t size)
{
    if (console_is_json()) {
        json_begin(event);
        json_bytes("text", text, size);
        json_end();
        return;
    }
    console_bytes(text, size);
    console_end();
}

static void on_event(void *arg, const struct msgr_sockets_plain_event *event)
{
    (void)arg;
    switch (event->type) {
    case MSGR_PLAIN_EVENT_CONNECTED:
        run.is_connected = true;
        break;
    case MSGR_PLAIN_EVENT_RECEIVED:
        print_answer("acknowledgement", event->text, event->size);
        break;
    case MSGR_PLAIN_EVENT_ENDED:
        run.is_running = false;
        run.reason = event->reason;
        if (event->reason == MSGR_PLAIN_NO_ACK && event->text != NULL) {
            print_answer("answer", event->text, event->size);
        }
        break;
    default:
        break;
    }
}

/* @return 0, or a negative number of errno.h */
static int start(const struct options *options, size_t which, const char *text, size_t size)
{
    struct msgr_sockets_plain_request request = {
        .loop = node_loop(),
        .address = run.address[which],
        .text = text,
        .size = size,
        .buffer = run.buffer,
        .buffer_size = sizeof run.buffer,
        .timeout_ms = options->deadline_ms,
        .handler = on_event,
    };

    run.is_running = true;
    run.is_connected = false;
    return options->urls[0].kind == URL_UDP ? msgr_sockets_plain_udp_send(&udp_client, &request)
                                            : msgr_sockets_plain_send(&client, &request);
}

/* @return NULL: it is acknowledged; else why not */
static const char *exchange(const struct options *options, const char *text, size_t size)
{
    const char *why = "no address";

    for (size_t i = 0; i < run.count; i++) {
        int error = start(options, i, text, size);
        if (error != 0) {
            run.is_running = false;
            why = strerror(-error);
            continue;
        }
        while (run.is_running && node_turn(MSGR_LOOP_FOREVER)) {
        }
        if (run.is_running) {
            return "cancelled";
        }
        if (run.reason == MSGR_PLAIN_DONE) {
            return NULL;
        }
        why = client.error != 0 && !run.is_connected ? strerror(client.error)
                                                     : msgr_plain_reason_text(run.reason);
        if (run.is_connected || options->urls[0].kind == URL_UDP) {
            break; /* somebody may have taken the text */
        }
    }
    return why;
}

static void cancel(const struct url *url)
{
    if (!run.is_running) {
        return;
    }
    if (url->kind == URL_UDP) {
        msgr_sockets_plain_udp_cancel(&udp_client);
    } else {
        msgr_sockets_plain_cancel(&client);
    }
}

static int fail(const struct url *url, const char *why)
{
    output_error("%s: %s", url->text, why);
    return node_was_interrupted() ? STATUS_INTERRUPTED : STATUS_NOT_DELIVERED;
}

int send_plain(const struct options *options, const char *text, size_t size)
{
    const struct url *url = &options->urls[0];
    const char *why = NULL;

    /* Before signals are ours: looking up a name cannot be interrupted otherwise. */
    if (!(url->kind == URL_UNIX ? resolve_unix(url) : resolve(url, &why))) {
        return fail(url, why);
    }
    if (!node_open_loop()) {
        return STATUS_NOT_DELIVERED;
    }
    why = exchange(options, text, size);
    cancel(url);
    return why == NULL ? STATUS_OK : fail(url, why);
}
