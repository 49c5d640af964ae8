/* SPDX-License-Identifier: BSD-3-Clause */
#include "show_framed.h"

#include "console.h"
#include "json.h"

#include <string.h>

static void put_identity(uint64_t identity, char text[17])
{
    for (int i = 0; i < 16; i++) {
        text[i] = "0123456789abcdef"[identity >> (60 - 4 * i) & 0x0Fu];
    }
    text[16] = '\0';
}

static void show_peer_json(const struct msgr_peer_info *info)
{
    char identity[17];

    put_identity(info->identity, identity);
    json_begin("peer");
    json_text("name", info->name);
    json_text("identity", identity);
    json_bool("up", info->up);
    if (info->link >= 0) {
        json_number("link", (uint32_t)info->link);
    }
    if (info->has_estimate) {
        json_number("round_trip_ms", info->round_trip_ms);
    }
    json_number("queued", info->queued);
    json_number("in_flight", info->in_flight);
    json_number("window", info->window);
    json_end();
}

static void show_peer(const struct msgr_peer_info *info)
{
    if (console_is_json()) {
        show_peer_json(info);
        return;
    }
    console_bytes(info->name, strlen(info->name));
    console_text(info->up ? ": up" : ": down");
    if (info->link >= 0) {
        console_text(" on link ");
        console_number((uint32_t)info->link);
    }
    if (info->has_estimate) {
        console_text(", round trip ");
        console_number(info->round_trip_ms);
        console_text(" ms");
    }
    console_text(", ");
    console_count(info->queued, " messages without an outcome, ");
    console_count(info->in_flight, " fragments under way.");
    console_end();
}

void show_peers(struct net_framed *transport)
{
    struct msgr_peer_info info;
    int peer = net_framed_peer_after(transport, -1);

    if (peer < 0 && !console_is_json()) {
        console_line("No peer is known yet.");
    }
    for (; peer >= 0; peer = net_framed_peer_after(transport, peer)) {
        if (net_framed_peer_get(transport, peer, &info)) {
            show_peer(&info);
        }
    }
}
