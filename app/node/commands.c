/* SPDX-License-Identifier: BSD-3-Clause */
#include "commands.h"

#include "command.h"
#include "command_send.h"
#include "console.h"
#include "show.h"

#include "port/port.h"

#include <string.h>

static const struct netif *the_netif;

static bool run_stats(int count, char **words)
{
    bool was_json = console_is_json();
    bool is_wanted = CONSOLE_HAS_JSON && count == 2 && strcmp(words[1], "--json") == 0;

    if (count != 1 && !is_wanted) {
        return false;
    }
    console_set_json(was_json || is_wanted);
    show_stats();
    console_set_json(was_json);
    return true;
}

static bool run_netif(int count, char **words)
{
    (void)words;
    if (count != 1) {
        return false;
    }
    show_netif(the_netif);
    return true;
}

static bool run_reset(int count, char **words)
{
    (void)words;
    if (count != 1) {
        return false;
    }
    console_line("Resetting.");
    port_reset();
    return true;
}

static const struct command commands[] = {
    {"send", COMMAND_SEND_ARGUMENTS, "send one message and show its acknowledgement", command_send},
    {"stats", CONSOLE_HAS_JSON ? "[--json]" : "", "show memory and counters", run_stats},
    {"netif", "", "show the network interface and its addresses", run_netif},
    {"reset", "", "start anew", run_reset},
};

static struct command_table table = {
    .commands = commands,
    .count = sizeof commands / sizeof commands[0],
};

void commands_register(const struct netif *netif)
{
    the_netif = netif;
    command_register(&table);
}
