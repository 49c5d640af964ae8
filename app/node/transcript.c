/* SPDX-License-Identifier: BSD-3-Clause */
#include "transcript.h"

#include "address.h"
#include "console.h"

/* ---- servers ------------------------------------------------------------------------------- */

/*
 * The connection whose lines were printed last and are not complete. Clients that are served at the
 * same time would mix their lines: a client's first line is held back while another's lines are
 * incomplete, and printed (again) before its text if another's lines have come between.
 */
static const void *open_id;

static void print_bound(const ip_addr_t *address, uint16_t port)
{
    console_line("Socket created.");
    console_text("Socket bound to address ");
    address_print(address);
    console_text(" and port number ");
    console_number(port);
    console_end();
}

static void print_connected(const struct net_plain_event *event)
{
    console_text("Connection established with client at address ");
    address_print_python(event->address, event->port);
    console_end();
    open_id = event->id;
}

static void print_text(const struct net_plain_event *event)
{
    console_line("Message received from the client:");
    console_bytes(event->text, event->size);
    console_end();
}

static void print_answering(const struct net_plain_event *event)
{
    console_line(event->reason == MSGR_PLAIN_DONE ? "Sending acknowledgment to the client."
                                                  : "Sending refusal to the client.");
}

static void print_why(const char *what, const struct net_plain_event *event)
{
    console_text(what);
    address_print_python(event->address, event->port);
    console_text(": ");
    console_text(msgr_plain_reason_text(event->reason));
    console_text(".");
    console_end();
}

void transcript_tcp_listening(const ip_addr_t *address, uint16_t port)
{
    print_bound(address, port);
    console_line("Listening for client.");
}

void transcript_udp_bound(const ip_addr_t *address, uint16_t port)
{
    print_bound(address, port);
}

void transcript_tcp_server(const struct net_plain_event *event)
{
    bool is_open = open_id == event->id;

    switch (event->type) {
    case MSGR_PLAIN_EVENT_CONNECTED:
        if (open_id == NULL) {
            print_connected(event);
        }
        break;
    case MSGR_PLAIN_EVENT_RECEIVED:
        if (!is_open) {
            print_connected(event);
        }
        print_text(event);
        break;
    case MSGR_PLAIN_EVENT_REFUSED:
        print_why("Message refused from the client at address ", event);
        break;
    case MSGR_PLAIN_EVENT_ANSWERED:
        print_answering(event);
        console_line("Terminating the connection.");
        open_id = NULL;
        break;
    case MSGR_PLAIN_EVENT_ENDED:
        if (event->reason != MSGR_PLAIN_DONE) {
            print_why("Connection lost with client at address ", event);
        }
        open_id = is_open ? NULL : open_id;
        break;
    case MSGR_PLAIN_EVENT_UNANSWERED:
    default:
        break;
    }
}

void transcript_udp_server(const struct net_plain_event *event)
{
    switch (event->type) {
    case MSGR_PLAIN_EVENT_RECEIVED:
        print_text(event);
        break;
    case MSGR_PLAIN_EVENT_REFUSED:
        print_why("Message refused from the client at address ", event);
        break;
    case MSGR_PLAIN_EVENT_ANSWERED:
        print_answering(event);
        break;
    case MSGR_PLAIN_EVENT_UNANSWERED:
        print_why("No acknowledgment to the client at address ", event);
        break;
    case MSGR_PLAIN_EVENT_CONNECTED:
    case MSGR_PLAIN_EVENT_ENDED:
    default:
        break;
    }
}

/* ---- clients ------------------------------------------------------------------------------- */

static void print_sending(const struct net_plain_request *request)
{
    console_text("Sending msg to the server: ");
    console_bytes(request->text, request->size);
    console_end();
}

static void print_acknowledgement(const struct net_plain_event *event)
{
    console_line("Acknowledgment received from the server:");
    console_bytes(event->text, event->size);
    console_end();
}

void transcript_tcp_started(void)
{
    console_line("Socket created.");
}

void transcript_udp_started(const struct net_plain_request *request)
{
    console_line("Socket created.");
    print_sending(request);
}

void transcript_tcp_client(const struct net_plain_event *event,
                           const struct net_plain_request *request)
{
    if (event->type == MSGR_PLAIN_EVENT_CONNECTED) {
        console_line("Connection established with the server.");
        print_sending(request);
    } else if (event->type == MSGR_PLAIN_EVENT_RECEIVED) {
        print_acknowledgement(event);
    }
}

void transcript_udp_client(const struct net_plain_event *event,
                           const struct net_plain_request *request)
{
    if (event->type != MSGR_PLAIN_EVENT_RECEIVED) {
        return;
    }
    if (request->wait_ms != 0) {
        console_text("Answer from ");
        address_print_python(event->address, event->port);
        console_text(":");
        console_end();
    }
    print_acknowledgement(event);
}

void transcript_client_ended(void)
{
    console_line("Terminating the Connection.");
}
