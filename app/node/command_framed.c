/* SPDX-License-Identifier: BSD-3-Clause */
#include "command_framed.h"

#include "address_parse.h"
#include "command.h"
#include "command_send.h"
#include "console.h"
#include "framed.h"
#include "line.h"
#include "ping.h"
#include "show_framed.h"

#include <string.h>

#define PING_COUNT     10
#define PING_COUNT_MAX 65535
#define PING_SIZE      64
#define PING_SIZE_MIN  16

static void say_refused(const char *what, const char *name, const char *why)
{
    console_error();
    console_text(what);
    console_bytes(name, strlen(name));
    console_text(": ");
    console_line(why);
}

/* ---- send ---------------------------------------------------------------------------------- */

/* @return its handle; or what is negative, having said why */
static int find_peer(const char *what, const char *name)
{
    int peer = net_framed_peer(framed_transport(), name);

    if (strcmp(name, framed_name()) == 0) {
        console_error();
        console_line("that is this node itself");
    } else if (peer < 0) {
        say_refused(what, name, msgr_error_text(peer));
    }
    return peer;
}

/* The words stand one behind the other, with a zero behind each: put spaces there. */
static size_t join(char **words, int count)
{
    char *end = words[0] + strlen(words[0]);

    for (int i = 1; i < count; i++) {
        size_t size = strlen(words[i]);
        *end++ = ' ';
        memmove(end, words[i], size + 1);
        end += size;
    }
    return (size_t)(end - words[0]);
}

static void send_message(const char *name, int count, char **words)
{
    int32_t message;
    int peer = find_peer("send to ", name);

    if (peer < 0) {
        return;
    }
    message = net_framed_send(framed_transport(), peer, words[0], join(words, count),
                              framed_deadline_ms());
    if (message < 0) {
        say_refused("send to ", name, msgr_error_text(message));
    } else {
        show_accepted(name, message);
    }
}

/* A peer that is called "tcp" or "udp" cannot be reached from here. */
static bool run_send(int count, char **words)
{
    if (count > 1 && (strcmp(words[1], "tcp") == 0 || strcmp(words[1], "udp") == 0)) {
        return command_send(count, words);
    }
    if (count > 2) {
        send_message(words[1], count - 2, words + 2);
    }
    return count > 2;
}

/* ---- ping ---------------------------------------------------------------------------------- */

static bool read_number(const char *what, const char *word, uint32_t least, uint32_t most,
                        uint32_t *number)
{
    if (address_parse_number(word, least, most, number)) {
        return true;
    }
    console_error();
    console_text(what);
    console_text(" is a number from ");
    console_number(least);
    console_text(" to ");
    console_number(most);
    console_end();
    return false;
}

static bool read_ping(struct ping_config *config, int count, char **words)
{
    return (count < 3 || read_number("COUNT", words[2], 1, PING_COUNT_MAX, &config->count)) &&
           (count < 4 ||
            read_number("SIZE", words[3], PING_SIZE_MIN, PING_SIZE_MAX, &config->size)) &&
           (count < 5 ||
            read_number("IN_FLIGHT", words[4], 1, PING_IN_FLIGHT_MAX, &config->in_flight));
}

static bool run_ping(int count, char **words)
{
    struct ping_config config = {.count = PING_COUNT, .size = PING_SIZE, .in_flight = 1};

    if (count == 2 && strcmp(words[1], "stop") == 0) {
        ping_stop();
        return true;
    }
    if (count < 2 || count > 5) {
        return false;
    }
    if (!ping_is_done()) {
        console_error();
        console_line("a ping is under way; \"ping stop\" ends it");
        return true;
    }
    if (read_ping(&config, count, words)) {
        config.name = words[1];
        config.peer = find_peer("ping ", config.name);
        if (config.peer >= 0) {
            ping_start(&config);
        }
    }
    return true;
}

/* ---- the others ---------------------------------------------------------------------------- */

static bool run_peers(int count, char **words)
{
    (void)words;
    if (count != 1) {
        return false;
    }
    show_peers(framed_transport());
    return true;
}

static bool run_links(int count, char **words)
{
    (void)words;
    if (count != 1) {
        return false;
    }
    show_links(framed_transport());
    return true;
}

static bool run_connect(int count, char **words)
{
    if (count != 2) {
        return false;
    }
    (void)framed_connect(words[1]);
    return true;
}

static bool run_disconnect(int count, char **words)
{
    uint32_t number;

    if (count != 2) {
        return false;
    }
    if (read_number("CONNECTION", words[1], 0, NET_TARGETS - 1, &number)) {
        net_framed_disconnect(framed_transport(), (int)number);
    }
    return true;
}

/* @return 1: on; 0: off; -1: neither */
static int read_switch(int count, char **words)
{
    if (count == 2 && strcmp(words[1], "on") == 0) {
        return 1;
    }
    return count == 2 && strcmp(words[1], "off") == 0 ? 0 : -1;
}

static bool run_trace(int count, char **words)
{
    int wanted = read_switch(count, words);

    if (wanted >= 0) {
        framed_trace(wanted == 1);
    }
    return wanted >= 0;
}

static bool run_json(int count, char **words)
{
    int wanted = read_switch(count, words);

    if (wanted >= 0) {
        console_set_json(wanted == 1);
    }
    return wanted >= 0;
}

static const struct command commands[] = {
    {"send", "NAME TEXT... | " COMMAND_SEND_ARGUMENTS, "send a message and show what becomes of it",
     run_send},
    {"peers", "", "show the peers that are known", run_peers},
    {"links", "", "show connections and links", run_links},
    {"connect", "udp://HOST|tcp://HOST", "connect, and again and again; :PORT may follow",
     run_connect},
    {"disconnect", "CONNECTION", "end that; \"links\" says its number", run_disconnect},
    {"ping", "NAME [COUNT [SIZE [IN_FLIGHT]]] | stop",
     "send so many messages and show how long they took", run_ping},
    {"trace", "on|off", "show each datagram and each piece of a stream, for text2pcap -D",
     run_trace},
    {"json", "on|off", "one JSON object a line, for programs", run_json},
};

static struct command_table table = {
    .commands = commands,
    .count = sizeof commands / sizeof commands[0],
};

void command_framed_register(void)
{
    command_register(&table);
}
