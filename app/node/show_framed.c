/* SPDX-License-Identifier: BSD-3-Clause */
#include "show_framed.h"

#include "console.h"
#include "json.h"

#include <string.h>

static void say(const char *name, const char *what)
{
    console_bytes(name, strlen(name));
    console_text(what);
}

/* A name that lives as long as the peer's handle; "" for none. */
static struct msgr_peer_info info_of(const struct msgr *m, int peer)
{
    struct msgr_peer_info info;

    if (!msgr_peer_get(m, peer, &info)) {
        memset(&info, 0, sizeof info);
    }
    return info;
}

void show_framed_start(const char *name, uint16_t port)
{
    if (console_is_json()) {
        json_begin("ready");
        json_text("name", name);
        json_number("port", port);
        json_end();
        return;
    }
    console_text("Framed messages for ");
    say(name, " on port ");
    console_number(port);
    console_line(".");
}

void show_peer_up(struct msgr *m, int peer)
{
    const struct msgr_peer_info info = info_of(m, peer);

    if (console_is_json()) {
        json_begin("peer_up");
        json_text("peer", info.name);
        json_end();
        return;
    }
    say(info.name, " is up.");
    console_end();
}

void show_peer_down(struct msgr *m, int peer, enum msgr_reason reason)
{
    const struct msgr_peer_info info = info_of(m, peer);

    if (console_is_json()) {
        json_begin("peer_down");
        json_text("peer", info.name);
        json_text("reason", msgr_reason_text(reason));
        json_end();
        return;
    }
    say(info.name, " is down: ");
    console_text(msgr_reason_text(reason));
    console_line(".");
}

void show_message(struct msgr *m, int peer, const void *data, size_t size)
{
    const struct msgr_peer_info info = info_of(m, peer);

    if (console_is_json()) {
        json_begin("message");
        json_text("peer", info.name);
        json_bytes("text", data, size);
        json_end();
        return;
    }
    console_text("Message from ");
    say(info.name, ": ");
    console_bytes(data, size);
    console_end();
}

void show_accepted(const char *name, int32_t message)
{
    if (console_is_json()) {
        json_begin("accepted");
        json_text("peer", name);
        json_number("message", (uint32_t)message);
        json_end();
        return;
    }
    console_text("Message ");
    console_number((uint32_t)message);
    console_text(" to ");
    say(name, ": accepted.");
    console_end();
}

void show_outcome(struct msgr *m, int peer, int32_t message, enum msgr_outcome outcome,
                  enum msgr_reason reason)
{
    const struct msgr_peer_info info = info_of(m, peer);

    if (console_is_json()) {
        json_begin("outcome");
        json_text("peer", info.name);
        json_number("message", (uint32_t)message);
        json_text("outcome", msgr_outcome_text(outcome));
        json_text("reason", reason != MSGR_REASON_NONE ? msgr_reason_text(reason) : "");
        json_end();
        return;
    }
    console_text("Message ");
    console_number((uint32_t)message);
    console_text(" to ");
    say(info.name, ": ");
    console_text(msgr_outcome_text(outcome));
    if (reason != MSGR_REASON_NONE) {
        console_text(", ");
        console_text(msgr_reason_text(reason));
    }
    console_line(".");
}
