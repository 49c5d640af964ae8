/* SPDX-License-Identifier: BSD-3-Clause */
/* udp://HOST[:PORT] or tcp://HOST[:PORT]; HOST: 10.0.0.1, [fd00::1], or a name. */
#include "framed.h"

#include <string.h>

#define SCHEME_SIZE 6

/* To the end, 1 to 65535. @return 0: it is none */
static uint16_t parse_port(const char *text)
{
    uint32_t port = 0;

    if (*text == '\0') {
        return 0;
    }
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
static bool parse_rest(struct msgr_framed_url *url, const char *rest)
{
    url->port = MSGR_PORT;
    if (*rest == '\0') {
        return true;
    }
    url->port = *rest == ':' ? parse_port(rest + 1) : 0;
    return url->port != 0;
}

static int parse_host(struct msgr_framed_url *url, bool is_bracketed)
{
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
    bool is_bracketed;
    size_t size;

    if (strncmp(text, "udp://", SCHEME_SIZE) != 0 && strncmp(text, "tcp://", SCHEME_SIZE) != 0) {
        return MSGR_ERROR_RANGE;
    }
    url->kind = text[0] == 'u' ? MSGR_LWIP_UDP : MSGR_LWIP_TCP;
    text += SCHEME_SIZE;
    is_bracketed = *text == '[';
    text += is_bracketed;
    size = strcspn(text, is_bracketed ? "]%" : ":/%[]");
    if (size == 0 || (is_bracketed && text[size] != ']') ||
        !parse_rest(url, text + size + is_bracketed)) {
        return MSGR_ERROR_RANGE;
    }
    if (size > MSGR_LWIP_HOST_MAX) {
        return MSGR_ERROR_NAME;
    }
    memcpy(url->host, text, size);
    url->host[size] = '\0';
    return parse_host(url, is_bracketed);
}
