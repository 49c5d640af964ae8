/* SPDX-License-Identifier: BSD-3-Clause */
#include "send.h"

#include "address.h"
#include "console.h"
#include "network.h"
#include "transcript.h"

#include "lwip/sys.h"

static struct net_tcp_client tcp_client = NET_TCP_CLIENT_CLOSED;
static struct net_udp_client udp_client = NET_UDP_CLIENT_CLOSED;
static struct net_plain_request request;
static char buffer[NODE_ANSWER_SIZE];
static uint32_t started_ms;
static bool is_udp;
static bool is_running;
static bool is_acknowledged;

static void say_failure(const char *why)
{
    console_error();
    console_text(is_udp ? "UDP to " : "TCP to ");
    address_print(&request.address);
    console_text(" port ");
    console_number(request.port);
    console_text(": ");
    console_text(why);
    console_text(", after ");
    console_number(sys_now() - started_ms);
    console_text(" ms");
    console_end();
}

static void end(const struct net_plain_event *event)
{
    is_running = false;
    is_acknowledged = event->reason == MSGR_PLAIN_DONE;
    if (is_acknowledged) {
        transcript_client_ended();
        return;
    }
    if (event->text != NULL) {
        console_line("Answer received from the server:");
        console_bytes(event->text, event->size);
        console_end();
    }
    say_failure(msgr_plain_reason_text(event->reason));
}

static void on_event(void *arg, const struct net_plain_event *event)
{
    (void)arg;
    if (event->type == MSGR_PLAIN_EVENT_ENDED) {
        end(event);
    } else if (is_udp) {
        transcript_udp_client(event, &request);
    } else {
        transcript_tcp_client(event, &request);
    }
}

static const char *start_failure(err_t err)
{
    switch (err) {
    case ERR_RTE:
        return "no route there from this node's addresses";
    case ERR_VAL:
        return "not the address of one host";
    case ERR_MEM:
    case ERR_BUF:
        return "lwIP has no memory left";
    default:
        return "lwIP cannot send there";
    }
}

void send_start(const struct send_config *config)
{
    err_t err;

    started_ms = sys_now();
    is_udp = config->udp;
    is_running = true;
    is_acknowledged = false;
    request = (struct net_plain_request){
        .address = config->address,
        .port = config->port != 0 ? config->port : MSGR_PORT,
        .text = config->text,
        .size = config->size,
        .buffer = buffer,
        .buffer_size = sizeof buffer,
        .timeout_ms = config->timeout_ms,
        .wait_ms = config->wait_ms,
        .handler = on_event,
    };
    err = is_udp ? net_udp_send(&udp_client, &request) : net_tcp_send(&tcp_client, &request);
    if (err != ERR_OK) {
        is_running = false;
        say_failure(start_failure(err));
    } else if (is_udp) {
        transcript_udp_started(&request);
    } else {
        transcript_tcp_started();
    }
}

bool send_is_done(void)
{
    return !is_running;
}

bool send_is_acknowledged(void)
{
    return is_acknowledged;
}

void send_stop(void)
{
    if (is_running) {
        is_running = false;
        say_failure("stopped");
    }
    net_tcp_cancel(&tcp_client);
    net_udp_cancel(&udp_client);
}
