/* SPDX-License-Identifier: BSD-3-Clause */
/** What the plain protocol's servers and clients report, whatever stack they stand on. */
#ifndef MSGR_PLAIN_H
#define MSGR_PLAIN_H

#include "msgr/opts.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Why something ended, or why a datagram was not answered. */
enum msgr_plain_reason {
    MSGR_PLAIN_DONE, /* all went as it should */

    /* the other side's doing */
    MSGR_PLAIN_TOO_LONG, /* its text or answer is longer than we take */
    MSGR_PLAIN_FRAMED,   /* it speaks the framed protocol */
    MSGR_PLAIN_SILENT,   /* it did not say in time what it wants */
    MSGR_PLAIN_STALLED,  /* it did not take our answer in time */
    MSGR_PLAIN_RESET,    /* it reset the connection */

    /* a datagram that is shown but not answered */
    MSGR_PLAIN_GROUP,        /* to or from a broadcast or multicast address */
    MSGR_PLAIN_OFF_LINK,     /* from beyond a router */
    MSGR_PLAIN_SERVICE_PORT, /* from a port below 1024, or from our own */
    MSGR_PLAIN_ECHO,         /* it is itself a server's answer */
    MSGR_PLAIN_RATE,         /* its source has used up its allowance */

    /* a client's failures */
    MSGR_PLAIN_REFUSED,   /* nobody listens there */
    MSGR_PLAIN_TIMEOUT,   /* no answer in time; perhaps nobody is there */
    MSGR_PLAIN_NO_ANSWER, /* the connection was closed without an answer */
    MSGR_PLAIN_NO_ACK,    /* the answer is not an acknowledgement */

    MSGR_PLAIN_NO_MEMORY, /* our stack has none left */

    MSGR_PLAIN_REASONS
};

/** A few words for people, without a full stop; "unknown reason" for what is none. Static. */
const char *msgr_plain_reason_text(enum msgr_plain_reason reason);

/** What a handler is told. */
enum msgr_plain_event_type {
    /** TCP: the connection is there. */
    MSGR_PLAIN_EVENT_CONNECTED,
    /** Server: a text has come. Client: an answer that acknowledges. Its bytes are in the event. */
    MSGR_PLAIN_EVENT_RECEIVED,
    /** Server: a text was too long; its bytes are not here. */
    MSGR_PLAIN_EVENT_REFUSED,
    /** Server: the answer (with MSGR_PLAIN_TOO_LONG: a refusal) has been handed to the stack and,
     *  over TCP, the FIN behind it. */
    MSGR_PLAIN_EVENT_ANSWERED,
    /** Server, UDP: there will be no answer to it; the reason is in the event. */
    MSGR_PLAIN_EVENT_UNANSWERED,
    /** Server: this connection, client: this exchange, is over; the reason is in the event. DONE
     *  without an answer: the client speaks the framed protocol, which has taken over. */
    MSGR_PLAIN_EVENT_ENDED,
};

/** What a server has counted since it was opened. They wrap. */
struct msgr_plain_tcp_counters {
    uint32_t accepted, answered, refused, framed, silent, stalled, reset;
};

struct msgr_plain_udp_counters {
    uint32_t received, answered, refused, framed, unanswered, no_memory;
};

/**
 * Private to the library; here only so that a server's size is known.
 * A source's address: IPv4 in the first word, the others zero.
 */
struct msgr_rate_source {
    uint32_t word[4];
};

struct msgr_rate_bucket {
    struct msgr_rate_source source;
    uint32_t filled_ms; /* when spent_ms was right */
    uint32_t spent_ms;  /* time that it took from then to be full again; 0: anyone may have it */
};

struct msgr_rate_limit {
    struct msgr_rate_bucket bucket[MSGR_PLAIN_RATE_SOURCES];
};

struct msgr_plain_policy {
    uint16_t own_port;
    bool off_link; /* answer sources that are not on the link, too */
    struct msgr_rate_limit rate;
};

#ifdef __cplusplus
}
#endif
#endif
