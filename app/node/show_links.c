/* SPDX-License-Identifier: BSD-3-Clause */
#include "show_framed.h"

#include "address.h"
#include "console.h"
#include "json.h"

#include <string.h>

static void show_link_json(int number, const struct net_link_info *link, const char *name)
{
    json_begin("link");
    json_number("link", (uint32_t)number);
    json_text("kind", link->is_stream ? "tcp" : "udp");
    json_open_string("address");
    address_print(&link->address);
    json_close_string();
    json_number("port", link->port);
    json_text("peer", name);
    json_end();
}

static void show_link(struct net_framed *transport, int number, const struct net_link_info *link)
{
    struct msgr_peer_info peer = {.name = ""};

    if (link->peer >= 0) {
        (void)net_framed_peer_get(transport, link->peer, &peer);
    }
    if (console_is_json()) {
        show_link_json(number, link, peer.name);
        return;
    }
    console_text("Link ");
    console_number((uint32_t)number);
    console_text(link->is_stream ? ": TCP with " : ": UDP with ");
    address_print(&link->address);
    console_text(" port ");
    console_number(link->port);
    if (link->peer >= 0) {
        console_text(", ");
        console_bytes(peer.name, strlen(peer.name));
        console_line(".");
    } else {
        console_line(", not proved yet.");
    }
}

static void print_host(const struct net_target_info *target)
{
    if (target->host[0] != '\0') {
        console_text(target->host);
    } else {
        address_print(&target->address);
    }
}

static void show_target_json(int number, const struct net_target_info *target)
{
    json_begin("connection");
    json_number("connection", (uint32_t)number);
    json_text("kind", target->kind == NET_TCP ? "tcp" : "udp");
    json_open_string("host");
    print_host(target);
    json_close_string();
    json_number("port", target->port);
    if (target->link >= 0) {
        json_number("link", (uint32_t)target->link);
    }
    json_number("attempts", target->attempts);
    json_text("reason", target->reason != MSGR_REASON_NONE ? msgr_reason_text(target->reason) : "");
    json_end();
}

static void show_target(int number, const struct net_target_info *target)
{
    if (console_is_json()) {
        show_target_json(number, target);
        return;
    }
    console_text("Connection ");
    console_number((uint32_t)number);
    console_text(target->kind == NET_TCP ? ": TCP to " : ": UDP to ");
    print_host(target);
    console_text(" port ");
    console_number(target->port);
    if (target->link >= 0) {
        console_text(", link ");
        console_number((uint32_t)target->link);
    } else if (target->reason == MSGR_REASON_NONE) {
        console_text(", attempts in vain: ");
        console_number(target->attempts);
    }
    if (target->reason != MSGR_REASON_NONE) {
        console_text(", last: ");
        console_text(msgr_reason_text(target->reason));
    }
    console_line(".");
}

void show_links(struct net_framed *transport)
{
    bool is_none = true;

    for (int i = 0; i < NET_TARGETS; i++) {
        struct net_target_info target;
        if (net_framed_target_get(transport, i, &target)) {
            show_target(i, &target);
            is_none = false;
        }
    }
    for (int i = 0; i < NET_LINKS; i++) {
        struct net_link_info link;
        if (net_framed_link_get(transport, i, &link)) {
            show_link(transport, i, &link);
            is_none = false;
        }
    }
    if (is_none && !console_is_json()) {
        console_line("There is no link.");
    }
}
