/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * A URL of a node in its pieces, for every stack: udp://HOST[:PORT] or tcp://HOST[:PORT]. Inline,
 * for a program has one stack.
 */
#ifndef MSGR_TRANSPORT_URL_H
#define MSGR_TRANSPORT_URL_H

#include "msgr/msgr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct msgr_url {
    bool is_udp;
    bool is_bracketed; /* [HOST] */
    uint16_t port;     /* MSGR_PORT where it says none */
};

#define MSGR_URL_SCHEME 6

/* To the end, 1 to 65535. @return 0: it is none */
static inline uint16_t msgr_url_port(const char *text)
{
    uint32_t port = 0;

    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return 0;
        }
        port = port * 10 + (uint32_t)(*text - '0');
        if (port > UINT16_MAX) {
            return 0;
        }
    }
    return (uint16_t)port;
}

/* What is behind the host: nothing, or a port. */
static inline bool msgr_url_rest(struct msgr_url *url, const char *rest)
{
    url->port = MSGR_PORT;
    if (*rest == '\0') {
        return true;
    }
    url->port = *rest == ':' ? msgr_url_port(rest + 1) : 0;
    return url->port != 0;
}

/**
 * @param host  receives HOST without brackets: 1 byte or more, and a zero
 * @param room  of it, with the zero
 * @return 0; MSGR_ERROR_RANGE: it is none; MSGR_ERROR_NAME: HOST is too long
 */
static inline int msgr_url_split(struct msgr_url *url, char *host, size_t room, const char *text)
{
    size_t size;

    if (strncmp(text, "udp://", MSGR_URL_SCHEME) != 0 &&
        strncmp(text, "tcp://", MSGR_URL_SCHEME) != 0) {
        return MSGR_ERROR_RANGE;
    }
    url->is_udp = text[0] == 'u';
    text += MSGR_URL_SCHEME;
    url->is_bracketed = *text == '[';
    text += url->is_bracketed;
    size = strcspn(text, url->is_bracketed ? "]" : ":/%[]");
    if (size == 0 || (url->is_bracketed && text[size] != ']') ||
        !msgr_url_rest(url, text + size + url->is_bracketed)) {
        return MSGR_ERROR_RANGE;
    }
    if (size >= room) {
        return MSGR_ERROR_NAME;
    }
    memcpy(host, text, size);
    host[size] = '\0';
    return 0;
}

#endif
