/* SPDX-License-Identifier: BSD-3-Clause */
#include "show_framed.h"

#include "address.h"
#include "console.h"
#include "json.h"

#include "lwip/sys.h"

#include <string.h>

static const char *kind_name(bool is_stream)
{
    return is_stream ? "tcp" : "udp";
}

static void say(const char *name, const char *what)
{
    console_bytes(name, strlen(name));
    console_text(what);
}

static void say_number(const char *before, uint32_t number)
{
    console_text(before);
    console_number(number);
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

/* ---- events -------------------------------------------------------------------------------- */

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
    say_number("Message ", (uint32_t)message);
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
    say_number("Message ", (uint32_t)message);
    console_text(" to ");
    say(info.name, ": ");
    console_text(msgr_outcome_text(outcome));
    if (reason != MSGR_REASON_NONE) {
        console_text(", ");
        console_text(msgr_reason_text(reason));
    }
    console_line(".");
}

/* ---- peers --------------------------------------------------------------------------------- */

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
    say(info->name, info->up ? ": up" : ": down");
    if (info->link >= 0) {
        say_number(" on link ", (uint32_t)info->link);
    }
    if (info->has_estimate) {
        say_number(", round trip ", info->round_trip_ms);
        console_text(" ms");
    }
    say_number(", ", info->queued);
    say_number(" messages without an outcome, ", info->in_flight);
    console_line(" fragments under way.");
}

void show_peers(struct msgr_lwip *transport)
{
    struct msgr_peer_info info;
    int peer = msgr_lwip_peer_after(transport, -1);

    if (peer < 0 && !console_is_json()) {
        console_line("No peer is known yet.");
    }
    for (; peer >= 0; peer = msgr_lwip_peer_after(transport, peer)) {
        if (msgr_lwip_peer_get(transport, peer, &info)) {
            show_peer(&info);
        }
    }
}

/* ---- links --------------------------------------------------------------------------------- */

static void put_address(const ip_addr_t *address, char text[IPADDR_STRLEN_MAX])
{
    if (ipaddr_ntoa_r(address, text, IPADDR_STRLEN_MAX) == NULL) {
        text[0] = '\0';
    }
}

static void show_link_json(int number, const struct msgr_lwip_link_info *link, const char *name)
{
    char address[IPADDR_STRLEN_MAX];

    put_address(&link->address, address);
    json_begin("link");
    json_number("link", (uint32_t)number);
    json_text("kind", kind_name(link->is_stream));
    json_text("address", address);
    json_number("port", link->port);
    json_text("peer", name);
    json_end();
}

static void show_link(struct msgr_lwip *transport, int number,
                      const struct msgr_lwip_link_info *link)
{
    struct msgr_peer_info peer = {.name = ""};

    if (link->peer >= 0) {
        (void)msgr_lwip_peer_get(transport, link->peer, &peer);
    }
    if (console_is_json()) {
        show_link_json(number, link, peer.name);
        return;
    }
    say_number("Link ", (uint32_t)number);
    console_text(link->is_stream ? ": TCP with " : ": UDP with ");
    address_print(&link->address);
    say_number(" port ", link->port);
    console_text(peer.name[0] != '\0' ? ", " : ", not proved yet");
    say(peer.name, ".");
    console_end();
}

static void show_target_json(int number, const struct msgr_lwip_target_info *target)
{
    char address[IPADDR_STRLEN_MAX];

    put_address(&target->address, address);
    json_begin("connection");
    json_number("connection", (uint32_t)number);
    json_text("kind", kind_name(target->kind == MSGR_LWIP_TCP));
    json_text("host", target->host[0] != '\0' ? target->host : address);
    json_number("port", target->port);
    if (target->link >= 0) {
        json_number("link", (uint32_t)target->link);
    }
    json_number("attempts", target->attempts);
    json_text("reason", target->reason != MSGR_REASON_NONE ? msgr_reason_text(target->reason) : "");
    json_end();
}

static void show_target(int number, const struct msgr_lwip_target_info *target)
{
    if (console_is_json()) {
        show_target_json(number, target);
        return;
    }
    say_number("Connection ", (uint32_t)number);
    console_text(target->kind == MSGR_LWIP_TCP ? ": TCP to " : ": UDP to ");
    if (target->host[0] != '\0') {
        console_text(target->host);
    } else {
        address_print(&target->address);
    }
    say_number(" port ", target->port);
    if (target->link >= 0) {
        say_number(", link ", (uint32_t)target->link);
    } else {
        say_number(", attempts in vain: ", target->attempts);
    }
    if (target->reason != MSGR_REASON_NONE) {
        console_text(", last: ");
        console_text(msgr_reason_text(target->reason));
    }
    console_line(".");
}

void show_links(struct msgr_lwip *transport)
{
    bool is_none = true;

    for (int i = 0; i < MSGR_LWIP_TARGETS; i++) {
        struct msgr_lwip_target_info target;
        if (msgr_lwip_target_get(transport, i, &target)) {
            show_target(i, &target);
            is_none = false;
        }
    }
    for (int i = 0; i < MSGR_LWIP_LINKS; i++) {
        struct msgr_lwip_link_info link;
        if (msgr_lwip_link_get(transport, i, &link)) {
            show_link(transport, i, &link);
            is_none = false;
        }
    }
    if (is_none && !console_is_json()) {
        console_line("There is no link.");
    }
}

/* ---- counters ------------------------------------------------------------------------------ */

struct count {
    const char *name;
    uint32_t value;
};

static void show_counts(const struct count *counts, size_t size)
{
    if (console_is_json()) {
        json_begin("stats");
    } else {
        console_text("Messages: ");
    }
    for (size_t i = 0; i < size; i++) {
        if (console_is_json()) {
            json_number(counts[i].name, counts[i].value);
            continue;
        }
        console_text(i > 0 ? ", " : "");
        console_number(counts[i].value);
        console_text(" ");
        for (const char *c = counts[i].name; *c != '\0'; c++) {
            char one[2] = {*c == '_' ? ' ' : *c, '\0'};
            console_text(one);
        }
    }
    if (console_is_json()) {
        json_end();
    } else {
        console_line(".");
    }
}

void show_framed_stats(struct msgr_lwip *transport)
{
    struct msgr_stats stats;

    msgr_lwip_stats(transport, &stats);
    const struct count counts[] = {
        {"sent", stats.sent},
        {"delivered", stats.delivered},
        {"not_delivered", stats.not_delivered},
        {"unknown", stats.unknown},
        {"received", stats.received},
        {"frames_in", stats.frames_in},
        {"frames_out", stats.frames_out},
        {"fragments_repeated", stats.retransmitted},
        {"needlessly", stats.needless},
        {"duplicates", stats.duplicates},
        {"refusals", stats.refused},
        {"frames_changed_on_the_way", stats.drop_check},
        {"malformed", stats.drop_malformed},
        {"beyond_a_limit", stats.drop_limit},
        {"of_strangers", stats.drop_stranger},
        {"slots", stats.slots},
        {"slots_used", stats.slots_used},
        {"slots_used_at_most", stats.slots_high},
        {"times_without_memory", transport->counters.no_memory},
        {"datagrams_not_sent", transport->counters.unsent},
        {"datagrams_dropped", transport->counters.dropped},
        {"attempts_to_connect", transport->counters.attempts},
    };

    show_counts(counts, sizeof counts / sizeof counts[0]);
}

/* ---- frames -------------------------------------------------------------------------------- */

static void show_traced_json(const struct msgr_lwip_traced *traced)
{
    char address[IPADDR_STRLEN_MAX];

    put_address(traced->address, address);
    json_begin("trace");
    json_number("time_ms", sys_now());
    json_bool("out", traced->is_out);
    json_text("kind", kind_name(traced->is_stream));
    json_text("address", address);
    json_number("port", traced->port);
    json_hex("data_hex", traced->data, traced->size);
    json_end();
}

void show_traced(const struct msgr_lwip_traced *traced)
{
    const uint8_t *bytes = traced->data;

    if (console_is_json()) {
        show_traced_json(traced);
        return;
    }
    say_number("# ", sys_now());
    console_text(traced->is_stream ? " ms, TCP " : " ms, UDP ");
    console_text(traced->is_out ? "to " : "from ");
    address_print(traced->address);
    say_number(" port ", traced->port);
    console_end();
    console_text(traced->is_out ? "O 000000" : "I 000000");
    for (size_t i = 0; i < traced->size; i++) {
        console_text(" ");
        console_hex_byte(bytes[i]);
    }
    console_end();
}
