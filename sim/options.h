/* SPDX-License-Identifier: BSD-3-Clause */
/** msgr-sim's command line. */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include "address_setup.h"
#include "framed.h"
#include "send.h"
#include "serve.h"

#include "lwip/ip_addr.h"

#include <stdbool.h>
#include <stdint.h>

#define GROUPS_MAX 8

enum command {
    COMMAND_SERVE,
    COMMAND_SEND,
    COMMAND_NODE,
};

struct options {
    const char *tap;
    const char *wire;
    const char *pcap;
    const char *api; /* NULL: this program's */
    struct address_config addresses;
    ip4_addr_t address; /* those of addresses, for the hardware address */
    ip6_addr_t address6;
    bool has_dhcp, has_mac;
    uint32_t dhcp_wait_ms;
    uint8_t mac[6];
    ip_addr_t groups[GROUPS_MAX];
    int group_count;
    uint32_t seen; /* a bit for each kind of option */
    enum command command;
    struct serve_config serve;
    struct framed_config framed;
    char connect[1024]; /* its URLs, a space behind each */
    bool has_plain, json;
    struct send_config send;
};

/**
 * Read the command line; the texts in @p options point into @p argv.
 * @return -1: go on; else the exit status: help has been printed, or an error
 */
int options_read(struct options *options, int argc, char **argv);

#endif
