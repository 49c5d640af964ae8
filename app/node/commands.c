/* SPDX-License-Identifier: BSD-3-Clause */
#include "commands.h"

#include "command.h"
#include "command_framed.h"
#include "command_send.h"
#include "console.h"
#include "show.h"

#include "port/port.h"

#include "msgr/opts.h"

#include <string.h>

static const struct netif *the_netif;

static bool run_stats(int count, char **words)
{
    (void)words;
    if (count != 1) {
        return false;
    }
    show_stats();
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

/* A peer that is called "tcp" or "udp" cannot be reached from here. */
static bool run_send(int count, char **words)
{
    bool is_plain = count > 1 && (strcmp(words[1], "tcp") == 0 || strcmp(words[1], "udp") == 0);

#if MSGR_FRAMED
    if (!is_plain) {
        return command_message(count, words);
    }
#endif
    return is_plain && command_send(count, words);
}

#if MSGR_FRAMED
#define SEND_ARGUMENTS "NAME TEXT... | " COMMAND_SEND_ARGUMENTS
#else
#define SEND_ARGUMENTS COMMAND_SEND_ARGUMENTS
#endif

static const struct command commands[] = {
    {"send", SEND_ARGUMENTS, "send one message and show what becomes of it", run_send},
    {"stats", "", "show memory and counters", run_stats},
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
