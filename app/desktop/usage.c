/* SPDX-License-Identifier: BSD-3-Clause */
#include "usage.h"

static const char of_all[] =
    "usage: msgr send [OPTION...] URL TEXT...    send a message and tell what became of it\n"
    "       msgr serve [OPTION...]               answer those who come, print their messages\n"
    "       msgr chat [OPTION...] URL...         talk, line by line\n"
    "       msgr ping [OPTION...] URL            how long messages take, one after the other\n"
    "       msgr bench [OPTION...] URL           how many messages a second\n"
    "\n"
    "URL is udp://HOST[:PORT][/NAME], tcp://HOST[:PORT][/NAME] or unix:PATH. HOST is an address\n"
    "or a name; an IPv6 address is in brackets. The port is 9999 unless given. NAME is the node's\n"
    "that is to be there; without it whoever answers is.\n"
    "\n"
    "Options of all commands:\n"
    "  --name NAME          of this node, 1 to 31 bytes; made of the computer's unless given\n"
    "  --identity HEX       of this node, 64 bits; made of both names unless given\n"
    "  --json               one JSON object a line, for programs\n"
    "  -h, --help           this text; msgr send --help and so on: the command's\n"
    "  --version            the program's version\n"
    "\n"
    "Exit status: 0 delivered, or all were; 1 not delivered, or it cannot be done; 2 the command\n"
    "line or the input is wrong; 3 unknown: transmitted, and no answer came; 130 Ctrl-C came "
    "first.\n"
    "\"Delivered\" means that the application there has taken it.\n";

static const char of_send[] =
    "usage: msgr send [OPTION...] URL TEXT...\n"
    "       msgr send [OPTION...] URL -\n"
    "       msgr send [OPTION...] --file FILE URL\n"
    "\n"
    "Send a message, wait, and tell what became of it. The words of the text are joined by "
    "spaces;\n"
    "- is what comes on standard input. A message has 4096 bytes at most.\n"
    "\n"
    "  --file FILE          send what is in there\n"
    "  --lines              of - or --file: each line is a message; there may be any number\n"
    "  --plain              not framed: the text alone, answered by \"Message received\", which "
    "is\n"
    "                       printed; for the tutorial's programs, nc, and any node\n"
    "  --deadline MS        for each message, from 1; 5000 unless given\n"
    "  --name NAME, --identity HEX, --json, -h, --help    as msgr --help says\n"
    "\n"
    "Exit status: 0 delivered, 1 not delivered, 2 wrong usage, 3 unknown, 130 Ctrl-C came first; "
    "of\n"
    "several messages the worst: 3, then 1.\n";

static const char of_serve[] =
    "usage: msgr serve [OPTION...]\n"
    "\n"
    "Answer framed and plain messages over UDP and TCP, and print them, until Ctrl-C.\n"
    "\n"
    "  --port N             9999 unless given\n"
    "  --unix PATH          answer on this Unix socket, too\n"
    "  --once               end after one message\n"
    "  --count N            end after N messages\n"
    "  --off-link           answer plain datagrams from beyond a router, too\n"
    "  --name NAME, --identity HEX, --json, -h, --help    as msgr --help says\n"
    "\n"
    "Exit status: 0, also after Ctrl-C; 1 it cannot listen; 2 wrong usage.\n";

static const char of_chat[] =
    "usage: msgr chat [OPTION...] URL...\n"
    "       msgr chat [OPTION...] --listen [URL...]\n"
    "\n"
    "Talk with the nodes at the URLs, up to 8, and with those who come. Each line is a message; "
    "its\n"
    "mark says what became of it: \342\200\246 on its way, \342\234\223 delivered, \342\234\227 "
    "not "
    "delivered, ? unknown.\n"
    "While a node is down, messages for it are kept. /help lists what else can be typed.\n"
    "\n"
    "  --listen             be there for others to call\n"
    "  --port N             at this port; implies --listen\n"
    "  --unix PATH          on this Unix socket, too; implies --listen\n"
    "  --deadline MS        for each message, from 1; 300000 unless given\n"
    "  --name NAME, --identity HEX, --json, -h, --help    as msgr --help says\n"
    "\n"
    "At the end of its input, or after /quit, it waits until every message has its outcome.\n"
    "Exit status: as of msgr send --lines.\n";

static const char of_ping[] =
    "usage: msgr ping [OPTION...] URL\n"
    "\n"
    "Send messages one after the other, and tell how long each took until it was delivered.\n"
    "\n"
    "  -c, --count N        so many; until Ctrl-C unless given\n"
    "  -i, --interval S     seconds from one to the next, 0 to 3600; 1 unless given\n"
    "  -s, --size N         bytes of a message, 0 to 4096; 64 unless given\n"
    "  --deadline MS        for each message, from 1; 5000 unless given\n"
    "  --name NAME, --identity HEX, --json, -h, --help    as msgr --help says\n"
    "\n"
    "Exit status: 0 all were delivered, 1 not, 2 wrong usage, 3 some are unknown.\n";

static const char of_bench[] =
    "usage: msgr bench [OPTION...] URL\n"
    "\n"
    "Send many messages as fast as the other end takes them, and tell how fast that was.\n"
    "\n"
    "  -c, --count N        so many, up to 1000000; 10000 unless given\n"
    "  -s, --size N         bytes of a message, 0 to 4096; 64 unless given\n"
    "  -w, --in-flight N    so many under way at a time, up to 256; 32 unless given\n"
    "  --deadline MS        for each message, from 1; 5000 unless given\n"
    "  --name NAME, --identity HEX, --json, -h, --help    as msgr --help says\n"
    "\n"
    "Exit status: 0 all were delivered, 1 not, 2 wrong usage, 3 some are unknown, 130 Ctrl-C came\n"
    "first.\n";

const char *usage_text(enum command command)
{
    static const char *const texts[] = {
        [COMMAND_SEND] = of_send, [COMMAND_SERVE] = of_serve, [COMMAND_CHAT] = of_chat,
        [COMMAND_PING] = of_ping, [COMMAND_BENCH] = of_bench, [COMMANDS] = of_all,
    };

    return texts[command];
}
