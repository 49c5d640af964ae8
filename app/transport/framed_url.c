/* SPDX-License-Identifier: BSD-3-Clause */
/* udp://HOST[:PORT] or tcp://HOST[:PORT]; HOST: 10.0.0.1, [fd00::1], or a name. */
#include "framed.h"

#include "url.h"

#include <string.h>

/* A zone would be lwIP's business, which has its own idea of them. */
static int parse_host(struct msgr_framed_url *url, bool is_bracketed)
{
    if (strchr(url->host, '%') != NULL) {
        return MSGR_ERROR_RANGE;
    }
    url->is_name = ipaddr_aton(url->host, &url->address) == 0;
    if (!url->is_name) {
        /* [10.0.0.1] and a bare fd00::1 are neither. */
        return is_bracketed == (strchr(url->host, ':') != NULL) ? 0 : MSGR_ERROR_RANGE;
    }
    if (is_bracketed || strchr(url->host, ':') != NULL) {
        return MSGR_ERROR_RANGE;
    }
    return LWIP_DNS ? 0 : MSGR_ERROR_NAME;
}

int msgr_framed_url_parse(struct msgr_framed_url *url, const char *text)
{
    struct msgr_url split;
    int error = msgr_url_split(&split, url->host, sizeof url->host, text);

    if (error != 0) {
        return error;
    }
    url->kind = split.is_udp ? MSGR_LWIP_UDP : MSGR_LWIP_TCP;
    url->port = split.port;
    return parse_host(url, split.is_bracketed);
}
