/* SPDX-License-Identifier: BSD-3-Clause */
/* udp://HOST[:PORT] or tcp://HOST[:PORT]; HOST: 10.0.0.1, [fd00::1], or a name. Or unix:PATH. */
#include "sockets_framed.h"

#include "url.h"

#include <assert.h>
#include <string.h>

/* [10.0.0.1] and a bare fd00::1 are neither addresses nor names. */
static int parse_host(struct msgr_sockets_url *url, bool is_bracketed)
{
    bool has_colon = strchr(url->host, ':') != NULL;

    url->is_name = !msgr_sockets_address_parse(&url->address, url->host, url->port);
    return has_colon == is_bracketed && !(url->is_name && has_colon) ? 0 : MSGR_ERROR_RANGE;
}

#if MSGR_SOCKETS_UNIX
static_assert(sizeof((struct msgr_sockets_url *)0)->host >=
                  sizeof((struct sockaddr_un *)0)->sun_path,
              "room for a path");

static int parse_path(struct msgr_sockets_url *url, const char *path)
{
    size_t size = strlen(path);

    memset(url, 0, sizeof *url);
    url->kind = MSGR_SOCKETS_LOCAL;
    url->is_name = true;
    if (size == 0) {
        return MSGR_ERROR_RANGE;
    }
    if (size >= sizeof url->address.as.un.sun_path) {
        return MSGR_ERROR_NAME;
    }
    memcpy(url->host, path, size + 1);
    url->address.as.un.sun_family = AF_UNIX;
    memcpy(url->address.as.un.sun_path, path, size + 1);
    url->address.size = sizeof url->address.as.un;
    return 0;
}
#endif

int msgr_sockets_url_parse(struct msgr_sockets_url *url, const char *text)
{
    struct msgr_url split;
    int error;

#if MSGR_SOCKETS_UNIX
    if (strncmp(text, "unix:", 5) == 0) {
        return parse_path(url, text + 5);
    }
#endif
    error = msgr_url_split(&split, url->host, sizeof url->host, text);
    if (error != 0) {
        return error;
    }
    url->kind = split.is_udp ? MSGR_SOCKETS_UDP : MSGR_SOCKETS_TCP;
    url->port = split.port;
    return parse_host(url, split.is_bracketed);
}
