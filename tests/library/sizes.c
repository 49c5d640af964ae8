/* SPDX-License-Identifier: BSD-3-Clause */
/* C and C++ in one: what the public records take. */
#include "msgr/mailbox.h"
#include "msgr/sockets.h"
#include "msgr/sockets_plain.h"

#include <stdio.h>

MSGR_MAILBOX(mailbox, 8, 61);

#define SHOW(type) printf("%s: %u\n", #type, (unsigned)sizeof(type))

int main(void)
{
    SHOW(struct msgr_loop);
    SHOW(struct msgr_mailbox);
    SHOW(struct msgr_sockets);
    SHOW(struct msgr_sockets_plain_server);
    SHOW(struct msgr_sockets_plain_udp_server);
    printf("a mailbox's slots: %u\n", (unsigned)sizeof mailbox_slots);
    return mailbox.count != 8;
}
