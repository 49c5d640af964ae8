/* SPDX-License-Identifier: BSD-3-Clause */
/* What the records of the sockets transport take on the target, to be read from the object file:
 * nothing of it is run. */
#include "msgr/mailbox.h"
#include "msgr/sockets.h"
#include "msgr/sockets_plain.h"

#define ROW(name, bytes)                                                                           \
    extern const char name[bytes];                                                                 \
    const char name[bytes] = {1}

ROW(ram_loop, sizeof(struct msgr_loop) + MSGR_LOOP_FDS(MSGR_SOCKETS_FDS) * sizeof(struct pollfd));
ROW(ram_sockets, sizeof(struct msgr_sockets));
ROW(ram_stream, sizeof(struct msgr_sockets_stream));
ROW(ram_link, sizeof(struct msgr_sockets_link));
ROW(ram_target, sizeof(struct msgr_sockets_target));
ROW(ram_plain_server, sizeof(struct msgr_sockets_plain_server));
ROW(ram_plain_connection, sizeof(struct msgr_sockets_plain_connection));
ROW(ram_plain_udp_server, sizeof(struct msgr_sockets_plain_udp_server));
ROW(ram_engine_2_peers, MSGR_SIZE(2, MSGR_LEAST(2)));
ROW(ram_mailbox_slot, sizeof(struct msgr_mailbox_slot));
