/* SPDX-License-Identifier: BSD-3-Clause */
/* What a board is, and what of it is running before the application. */
#include BOARD_H

#include "cortex_m.h"
#include "drivers.h"
#include "random.h"
#include "reset.h"
#include "semihosting.h"

#include "port/port.h"

const char *port_board(void)
{
    return BOARD_NAME;
}

void port_start(void)
{
    SCB_CCR |= CCR_DIV_0_TRP;
    reset_start();
    clock_start();
    console_start();
    semihosting_start();
    random_start();
}

/* These chips have no unique id; their MAC address is unique, or nothing on the link works. */
uint64_t port_identity(void)
{
    uint8_t mac[6];
    uint64_t identity = 0;

    port_mac(mac);
    for (unsigned i = 0; i < sizeof mac; i++) {
        identity = identity << 8 | mac[i];
    }
    return identity;
}
