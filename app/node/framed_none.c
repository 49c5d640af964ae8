/* SPDX-License-Identifier: BSD-3-Clause */
/* In place of framed.c, and all that it needs, where MSGR_FRAMED is 0. */
#include "framed.h"

#include "console.h"

bool framed_start(const struct framed_config *config, uint16_t port)
{
    (void)config;
    (void)port;
    console_error();
    console_line("this build has no framed messages (MSGR_FRAMED)");
    return false;
}

void framed_poll(void)
{
}

void framed_show_stats(void)
{
}

void framed_stop(void)
{
}
