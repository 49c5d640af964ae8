/* SPDX-License-Identifier: BSD-3-Clause */
/** Where a node is: udp://HOST[:PORT][/NAME], tcp://HOST[:PORT][/NAME] or unix:PATH. */
#ifndef DESKTOP_URL_H
#define DESKTOP_URL_H

#include "msgr/msgr.h"

#include <stdbool.h>
#include <stdint.h>

enum url_kind {
    URL_UDP,
    URL_TCP,
    URL_UNIX,
};

#define URL_HOST_MAX 107 /* also of a path */

struct url {
    const char *text; /* as it was given; lent */
    enum url_kind kind;
    uint16_t port;                     /* 0: none was given */
    char host[URL_HOST_MAX + 1];       /* without brackets; or the path */
    char name[MSGR_NAME_MAX + 1];      /* "": whoever answers */
    char transport[URL_HOST_MAX + 40]; /* without the name: for msgr_sockets_connect_url() */
};

/** @return NULL; or what is wrong with it, in words that follow "URL: " */
const char *url_read(struct url *url, const char *text);

/** What to call the node before it has said its name: that of the URL, or the host. */
const char *url_name(const struct url *url);

/** Whether it is 1 to 31 bytes of UTF-8 without control characters. */
bool url_is_name(const char *name);

#endif
