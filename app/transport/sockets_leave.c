/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a node that says so (SPEC.md, 7.1). */
#include "sockets_framed.h"

#include "sockets_fd.h"

/* What is still to be sent leaves first. */
static void leave(struct msgr_sockets_link *link)
{
    struct msgr_sockets *s = link->sockets;
    bool is_proved = msgr_link_peer(s->config.m, msgr_sockets_number(link)) >= 0;

    if (link->stream != NULL) {
        msgr_sockets_stream_output(link);
        msgr_sockets_stream_end(link, false);
    } else {
        msgr_sockets_udp_output(link);
        if (is_proved) {
            msgr_sockets_udp_farewell(link);
        }
    }
    msgr_sockets_remove(link);
}

void msgr_sockets_leave(struct msgr_sockets *s)
{
    for (int i = 0; s->is_open && i < MSGR_SOCKETS_LINKS; i++) {
        if (s->link[i].is_used) {
            leave(&s->link[i]);
        }
    }
    msgr_sockets_close(s);
}
