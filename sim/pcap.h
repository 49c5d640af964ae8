/* SPDX-License-Identifier: BSD-3-Clause */
/** Record an interface's frames in a file that Wireshark reads (pcap 2.4, Ethernet, microseconds).
 */
#ifndef SIM_PCAP_H
#define SIM_PCAP_H

#include "lwip/netif.h"

#include <stdbool.h>

/**
 * From now on. One interface. Each frame is in the file when the function that received or sent it
 * returns, so a crash loses none.
 * @return whether the file could be created; an error has been printed if not
 */
bool pcap_start(struct netif *netif, const char *path);

#endif
