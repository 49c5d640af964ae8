/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include "address_parse.h"
#include "node.h"
#include "other_api.h"

#include <ctype.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: msgr-sim INTERFACE ADDRESS [OPTION...] serve [--tcp] [--udp] [--once]\n"
    "       msgr-sim INTERFACE ADDRESS [OPTION...] send tcp|udp HOST TEXT\n"
    "       msgr-sim INTERFACE [ADDRESS] [OPTION...] node [--dhcp] [--name NAME]\n"
    "                [--connect URL]... [--plain] [--json]\n"
    "\n"
    "A node of the messenger: one lwIP stack with one network interface.\n"
    "\n"
    "Interface, one of:\n"
    "  --tap NAME            a TAP device (sim/lan makes some in a private network)\n"
    "  --wire PATH           a virtual wire: Unix datagram sockets PATH.a and PATH.b, the first\n"
    "                        that is free; or LOCAL,REMOTE. Needs no privileges\n"
    "\n"
    "Address, at least one of (node: unless --dhcp):\n"
    "  --address A/BITS      IPv4 address and length of the network's prefix: 10.77.0.2/24\n"
    "  --address6 A/64       IPv6 address, besides the link-local one: fd77::2/64\n"
    "\n"
    "Options:\n"
    "  --gateway A           IPv4 router\n"
    "  --mac M               hardware address; derived from the address unless given, and random\n"
    "                        where there is none\n"
    "  --pcap FILE           record all frames, for Wireshark\n"
    "  --port N              port of the service, 9999 unless given\n"
    "  --api raw|sockets     lwIP's API: raw, one thread, unless given; or its sockets, with "
    "threads\n"
    "  --help                this text\n"
    "\n"
    "serve: acknowledge plain messages, over TCP and UDP unless only one is named\n"
    "  --once                end after one client of each, as the tutorial's servers do\n"
    "  --silence MS          time from a client's connection to its message, 30000 unless given\n"
    "  --off-link            answer datagrams from beyond the link, too\n"
    "  --join GROUP          receive what is sent to this multicast address; up to 8 times\n"
    "\n"
    "send: send one message and wait for its acknowledgement\n"
    "  HOST                  IPv4 or IPv6 address, fe80::...%1 too; broadcast, multicast (UDP)\n"
    "  --timeout MS          5000 unless given\n"
    "  --wait MS             UDP: collect all acknowledgements for so long\n"
    "\n"
    "node: what runs on a board, too: serve, and take commands from standard input (help lists\n"
    "them); takes the options of serve but --once\n"
    "  --dhcp                ask DHCP for the IPv4 address; --address is for when nobody answers\n"
    "  --dhcp-wait MS        for so long, 10000 unless given\n"
    "  --dns A               name server, until DHCP or a router names one\n"
    "  --no-dad              use IPv6 addresses at once, without looking for duplicates\n"
    "  --name NAME           1 to 31 bytes: framed messages, for each of which the console says "
    "what\n"
    "                        became of it, in place of the plain ones\n"
    "  --connect URL         with a name: udp://HOST or tcp://HOST, with :PORT or without; HOST "
    "may\n"
    "                        be a name where there is a name server. Up to 8 times\n"
    "  --plain               with a name: serve plain messages, too, on the same port\n"
    "  --deadline MS         with a name: of the console's messages, 30000 unless given\n"
    "  --json                one JSON object a line, for programs\n"
    "\n"
    "Exit status: 0 when all went well (send: the acknowledgement came), 1 when not, 2 when the\n"
    "command line is wrong, 3 after the node's command reset.\n";

enum {
    OPT_TAP = 256,
    OPT_WIRE,
    OPT_ADDRESS,
    OPT_ADDRESS6,
    OPT_GATEWAY,
    OPT_MAC,
    OPT_PCAP,
    OPT_PORT,
    OPT_TCP,
    OPT_UDP,
    OPT_ONCE,
    OPT_SILENCE,
    OPT_OFF_LINK,
    OPT_JOIN,
    OPT_TIMEOUT,
    OPT_WAIT,
    OPT_DHCP,
    OPT_DHCP_WAIT,
    OPT_DNS,
    OPT_NO_DAD,
    OPT_NAME,
    OPT_CONNECT,
    OPT_PLAIN,
    OPT_DEADLINE,
    OPT_JSON,
    OPT_API,
    OPT_HELP,
};

static const struct option known[] = {
    {"tap", required_argument, NULL, OPT_TAP},
    {"wire", required_argument, NULL, OPT_WIRE},
    {"address", required_argument, NULL, OPT_ADDRESS},
    {"address6", required_argument, NULL, OPT_ADDRESS6},
    {"gateway", required_argument, NULL, OPT_GATEWAY},
    {"mac", required_argument, NULL, OPT_MAC},
    {"pcap", required_argument, NULL, OPT_PCAP},
    {"port", required_argument, NULL, OPT_PORT},
    {"tcp", no_argument, NULL, OPT_TCP},
    {"udp", no_argument, NULL, OPT_UDP},
    {"once", no_argument, NULL, OPT_ONCE},
    {"silence", required_argument, NULL, OPT_SILENCE},
    {"off-link", no_argument, NULL, OPT_OFF_LINK},
    {"join", required_argument, NULL, OPT_JOIN},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"wait", required_argument, NULL, OPT_WAIT},
    {"dhcp", no_argument, NULL, OPT_DHCP},
    {"dhcp-wait", required_argument, NULL, OPT_DHCP_WAIT},
    {"dns", required_argument, NULL, OPT_DNS},
    {"no-dad", no_argument, NULL, OPT_NO_DAD},
    {"name", required_argument, NULL, OPT_NAME},
    {"connect", required_argument, NULL, OPT_CONNECT},
    {"plain", no_argument, NULL, OPT_PLAIN},
    {"deadline", required_argument, NULL, OPT_DEADLINE},
    {"json", no_argument, NULL, OPT_JSON},
    {"api", required_argument, NULL, OPT_API},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

__attribute__((format(printf, 1, 2))) static void say_wrong(const char *format, ...)
{
    va_list values;

    fputs("error: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputs("\nmsgr-sim --help says how it is used.\n", stderr);
}

#define wrong(...) (say_wrong(__VA_ARGS__), false)

/* ---- values -------------------------------------------------------------------------------- */

static bool read_number(const char *name, const char *text, uint32_t low, uint32_t high,
                        uint32_t *number)
{
    return address_parse_number(text, low, high, number) ||
           wrong("%s %s: give a number from %lu to %lu", name, text, (unsigned long)low,
                 (unsigned long)high);
}

static bool read_address(struct options *options, const char *text)
{
    ip4_addr_t netmask;

    options->addresses.address = text;
    switch (address_parse4(text, &options->address, &netmask)) {
    case ADDRESS_PARSE_OK:
        return true;
    case ADDRESS_PARSE_PREFIX:
        return wrong("--address %s: the prefix length is a number from 1 to 30", text);
    case ADDRESS_PARSE_NOT_HOST:
        return wrong("--address %s: that is the network's own or its broadcast address", text);
    case ADDRESS_PARSE_SYNTAX:
    default:
        return wrong("--address %s: give a host's address and a prefix length: 10.77.0.2/24", text);
    }
}

static bool read_address6(struct options *options, const char *text)
{
    options->addresses.address6 = text;
    return address_parse6(text, &options->address6) == ADDRESS_PARSE_OK ||
           wrong("--address6 %s: give a host's address and 64, the only prefix length that "
                 "lwIP knows: fd77::2/64",
                 text);
}

static bool read_gateway(struct options *options, const char *text)
{
    ip4_addr_t gateway;

    options->addresses.gateway = text;
    return ip4addr_aton(text, &gateway) || wrong("--gateway %s: that is not an IPv4 address", text);
}

static bool read_dns(struct options *options, const char *text)
{
    ip_addr_t server;

    options->addresses.dns = text;
    return address_parse(text, &server) || wrong("--dns %s: that is not an address", text);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, tolower((unsigned char)c)) : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

static bool read_mac(struct options *options, const char *text)
{
    bool is_good = strlen(text) == 17;

    for (size_t i = 0; is_good && i < sizeof options->mac; i++) {
        int high = hex_digit(text[3 * i]);
        int low = hex_digit(text[3 * i + 1]);
        is_good = high >= 0 && low >= 0 && (i == 5 || text[3 * i + 2] == ':');
        options->mac[i] = (uint8_t)(high * 16 + low);
    }
    if (!is_good) {
        return wrong("--mac %s: give six bytes: 02:00:0a:4d:00:02", text);
    }
    if ((options->mac[0] & 1) != 0) {
        return wrong("--mac %s: that is a group's address, not a node's", text);
    }
    options->has_mac = true;
    return true;
}

static bool read_group(struct options *options, const char *text)
{
    ip_addr_t *group = &options->groups[options->group_count];

    if (options->group_count == GROUPS_MAX) {
        return wrong("--join %s: there is room for %d groups", text, GROUPS_MAX);
    }
    if (!ipaddr_aton(text, group) || !ip_addr_ismulticast(group)) {
        return wrong("--join %s: that is not a multicast address", text);
    }
    options->group_count++;
    return true;
}

static bool read_port(struct options *options, const char *text)
{
    uint32_t port = 0;

    if (!read_number("--port", text, 1, 65535, &port)) {
        return false;
    }
    options->serve.port = (uint16_t)port;
    options->send.port = (uint16_t)port;
    return true;
}

static bool read_connect(struct options *options, const char *text)
{
    size_t used = strlen(options->connect);
    size_t size = strlen(text);

    bool is_url = strncmp(text, "udp://", 6) == 0 || strncmp(text, "tcp://", 6) == 0;

    if (!is_url || used + size + 2 > sizeof options->connect || strchr(text, ' ') != NULL) {
        return wrong("--connect %s: give udp://HOST or tcp://HOST, with :PORT or without; not too "
                     "many",
                     text);
    }
    memcpy(options->connect + used, text, size);
    memcpy(options->connect + used + size, " ", 2);
    return true;
}

static bool read_api(struct options *options, const char *text)
{
    options->api = text;
    return api_is_known(text) || wrong("--api %s: give raw or sockets", text);
}

static bool read_framed_option(struct options *options, int option, const char *text)
{
    switch (option) {
    case OPT_NAME:
        options->framed.name = text;
        return (strlen(text) > 0 && strlen(text) <= MSGR_NAME_MAX) ||
               wrong("--name %s: give 1 to %d bytes", text, MSGR_NAME_MAX);
    case OPT_CONNECT:
        return read_connect(options, text);
    case OPT_PLAIN:
        options->has_plain = true;
        return true;
    case OPT_DEADLINE:
        return read_number("--deadline", text, 1, MSGR_DEADLINE_MAX_MS,
                           &options->framed.deadline_ms);
    case OPT_JSON:
        options->json = true;
        return true;
    default:
        return wrong("%s: unknown", text);
    }
}

/* Of serve and send. */
static bool read_work_option(struct options *options, int option, const char *text)
{
    switch (option) {
    case OPT_TCP:
        options->serve.tcp = true;
        return true;
    case OPT_UDP:
        options->serve.udp = true;
        return true;
    case OPT_ONCE:
        options->serve.once = true;
        return true;
    case OPT_SILENCE:
        return read_number("--silence", text, 1, 86400000, &options->serve.silence_ms);
    case OPT_OFF_LINK:
        options->serve.off_link = true;
        return true;
    case OPT_JOIN:
        return read_group(options, text);
    case OPT_TIMEOUT:
        return read_number("--timeout", text, 1, 86400000, &options->send.timeout_ms);
    case OPT_WAIT:
        return read_number("--wait", text, 1, 86400000, &options->send.wait_ms);
    default:
        return read_framed_option(options, option, text);
    }
}

static bool read_option(struct options *options, int option, const char *text)
{
    switch (option) {
    case OPT_TAP:
        options->tap = text;
        return true;
    case OPT_WIRE:
        options->wire = text;
        return true;
    case OPT_ADDRESS:
        return read_address(options, text);
    case OPT_ADDRESS6:
        return read_address6(options, text);
    case OPT_GATEWAY:
        return read_gateway(options, text);
    case OPT_MAC:
        return read_mac(options, text);
    case OPT_PCAP:
        options->pcap = text;
        return true;
    case OPT_API:
        return read_api(options, text);
    case OPT_PORT:
        return read_port(options, text);
    case OPT_DHCP:
        options->has_dhcp = true;
        return true;
    case OPT_DHCP_WAIT:
        return read_number("--dhcp-wait", text, 1, 86400000, &options->dhcp_wait_ms);
    case OPT_DNS:
        return read_dns(options, text);
    case OPT_NO_DAD:
        options->addresses.no_detection = true;
        return true;
    case '?':
        return optopt > 0 && optopt < OPT_TAP
                   ? wrong("there is no option -%c; a text that begins with - goes behind --",
                           optopt)
                   : wrong("%s: there is no such option, or it takes no value", text);
    default:
        return read_work_option(options, option, text);
    }
}

/* ---- commands ------------------------------------------------------------------------------ */

static bool has_seen(const struct options *options, int option)
{
    return (options->seen >> (option - OPT_TAP) & 1) != 0;
}

/* With a name plain messages are only served where they are asked for. */
static bool serves_plain(const struct options *options)
{
    return options->framed.name == NULL || options->has_plain || options->serve.tcp ||
           options->serve.udp;
}

static bool read_serve(struct options *options, int count)
{
    if (count != 1) {
        return wrong("%s takes options only", options->command == COMMAND_NODE ? "node" : "serve");
    }
    if (has_seen(options, OPT_TIMEOUT) || has_seen(options, OPT_WAIT)) {
        return wrong("--timeout and --wait are options of send");
    }
    if (serves_plain(options) && !options->serve.tcp && !options->serve.udp) {
        options->serve.tcp = true;
        options->serve.udp = true;
    }
    return true;
}

static bool read_host(const char *text, ip_addr_t *address)
{
    const char *scope = strchr(text, '%');

    if (scope != NULL && strcmp(scope, "%1") != 0) {
        return wrong("send to %s: there is no such scope; this node's one interface is %%1", text);
    }
    return address_parse(text, address) || wrong("send to %s: that is not an address", text);
}

static bool read_send(struct options *options, int count, char **words)
{
    struct send_config *send = &options->send;

    options->command = COMMAND_SEND;
    for (int option = OPT_TCP; option <= OPT_JOIN; option++) {
        if (has_seen(options, option)) {
            return wrong("--tcp, --udp, --once, --silence, --off-link and --join are options of "
                         "serve");
        }
    }
    if (count != 4) {
        return wrong("send takes a transport, a host and one text (quote it): "
                     "send tcp 10.77.0.1 'Hello, server'");
    }
    send->udp = strcmp(words[1], "udp") == 0;
    if (!send->udp && strcmp(words[1], "tcp") != 0) {
        return wrong("send %s: the transport is tcp or udp", words[1]);
    }
    if (!read_host(words[2], &send->address)) {
        return false;
    }
    if (!send->udp && send->wait_ms != 0) {
        return wrong("--wait collects answers over UDP; TCP has one");
    }
    send->text = words[3];
    send->size = strlen(words[3]);
    if (send->size > 65000) {
        return wrong("send: the text has %zu bytes; 65000 is the most", send->size);
    }
    return true;
}

static bool read_node(struct options *options, int count)
{
    if (options->serve.once) {
        return wrong("node does not end by itself: --once is for serve");
    }
    if (options->has_dhcp) {
        options->addresses.dhcp_wait_ms =
            options->dhcp_wait_ms != 0 ? options->dhcp_wait_ms : NODE_DHCP_WAIT_MS;
    }
    return read_serve(options, count);
}

static bool read_command(struct options *options, int count, char **words)
{
    if (count == 0) {
        return wrong("give a command: serve, send or node");
    }
    if (strcmp(words[0], "serve") == 0) {
        options->command = COMMAND_SERVE;
        return read_serve(options, count);
    }
    if (strcmp(words[0], "send") == 0) {
        return read_send(options, count, words);
    }
    if (strcmp(words[0], "node") == 0) {
        options->command = COMMAND_NODE;
        return read_node(options, count);
    }
    return wrong("there is no command %s; there are serve, send and node", words[0]);
}

static bool check_framed(const struct options *options)
{
    for (int option = OPT_NAME; option <= OPT_JSON; option++) {
        if (has_seen(options, option) && options->command != COMMAND_NODE) {
            return wrong("--name, --connect, --plain, --deadline and --json are options of node");
        }
        if (has_seen(options, option) && option < OPT_JSON && options->framed.name == NULL) {
            return wrong("--connect, --plain and --deadline are for framed messages: give this "
                         "node a --name");
        }
    }
    return true;
}

static bool check_interface(const struct options *options)
{
    if ((options->tap == NULL) == (options->wire == NULL)) {
        return wrong("give one interface: --tap NAME or --wire PATH");
    }
    if (options->has_dhcp && options->command != COMMAND_NODE) {
        return wrong("--dhcp is for node");
    }
    if (options->addresses.address == NULL && options->addresses.address6 == NULL &&
        !options->has_dhcp) {
        return wrong("give the node an address: --address 10.77.0.2/24 or --address6 fd77::2/64");
    }
    return true;
}

int options_read(struct options *options, int argc, char **argv)
{
    int option;

    memset(options, 0, sizeof *options);
    opterr = 0; /* the words are ours */
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        const char *text = optarg != NULL ? optarg : argv[optind - 1];
        if (option == OPT_HELP) {
            fputs(usage, stdout);
            return 0;
        }
        if (option == ':') {
            say_wrong("%s needs a value", text);
            return 2;
        }
        if (!read_option(options, option, text)) {
            return 2;
        }
        options->seen |= 1u << (option - OPT_TAP);
    }
    if (!read_command(options, argc - optind, argv + optind) || !check_interface(options) ||
        !check_framed(options)) {
        return 2;
    }
    options->framed.connect = options->connect;
    return -1;
}
