/* SPDX-License-Identifier: BSD-3-Clause */
#include "chat_command.h"

#include "json.h"
#include "node.h"
#include "output.h"
#include "url.h"

#include <string.h>

static void show_peer(const struct msgr_peer_info *info)
{
    if (console_is_json()) {
        json_begin("peer");
        json_text("peer", info->name);
        json_bool("up", info->up);
        json_number("queued", info->queued);
        json_end();
        return;
    }
    output_name(info->name);
    console_text(info->up ? " is up" : " is down");
    if (info->up && info->has_estimate) {
        output_text(", round trip %u ms", info->round_trip_ms);
    }
    output_text(", %u without an outcome.", info->queued);
    console_end();
}

static void show_peers(void)
{
    struct msgr_peer_info info;
    int peer = msgr_sockets_peer_after(node_net(), -1);

    if (peer < 0) {
        console_line("Nobody has been here yet.");
    }
    for (; peer >= 0; peer = msgr_sockets_peer_after(node_net(), peer)) {
        if (msgr_sockets_peer_get(node_net(), peer, &info)) {
            show_peer(&info);
        }
    }
}

static void choose(const char *name, char to[MSGR_NAME_MAX + 1])
{
    if (!url_is_name(name)) {
        output_error("/to NAME: /peers lists names");
        return;
    }
    memcpy(to, name, strlen(name) + 1);
}

bool chat_obey(const char *text, char to[MSGR_NAME_MAX + 1])
{
    if (strcmp(text, "/quit") == 0) {
        return false;
    }
    if (strcmp(text, "/peers") == 0) {
        show_peers();
    } else if (strncmp(text, "/to ", 4) == 0) {
        choose(text + 4, to);
    } else {
        console_line("/to NAME: send the next lines there");
        console_line("/peers: who is here");
        console_line("/quit: wait until all has its outcome, and end (Ctrl-D; Ctrl-C: at once)");
        console_line("//TEXT: send /TEXT");
    }
    return true;
}
