/* SPDX-License-Identifier: BSD-3-Clause */
/* What kind of board a Linux process is: one without settings, memory limits, or a watchdog. */
#include "linux.h"

#include "port/port.h"

#include <stdlib.h>
#include <string.h>

static uint8_t own_mac[6];

const char *port_board(void)
{
    return "linux";
}

/* The command line takes their place (sim/options.c). */
const char *port_setting(const char *name)
{
    (void)name;
    return NULL;
}

void port_memory(struct port_memory *memory)
{
    memset(memory, 0, sizeof *memory);
}

void port_linux_use_mac(const uint8_t mac[6])
{
    memcpy(own_mac, mac, sizeof own_mac);
}

void port_mac(uint8_t mac[6])
{
    memcpy(mac, own_mac, sizeof own_mac);
}

uint64_t port_identity(void)
{
    uint64_t identity = 0;

    for (size_t i = 0; i < sizeof own_mac; i++) {
        identity = identity << 8 | own_mac[i];
    }
    return identity;
}

bool port_boot_unique(uint64_t *value)
{
    port_random(value, sizeof *value);
    return true;
}

enum port_reset port_reset_reason(void)
{
    return PORT_RESET_POWER;
}

void port_reset(void)
{
    port_linux_close();
    exit(PORT_LINUX_RESET_STATUS);
}

void port_watchdog_start(uint32_t ms)
{
    (void)ms;
}

void port_watchdog_feed(void)
{
}
