/* SPDX-License-Identifier: BSD-3-Clause */
/* udp://HOST[:PORT] or tcp://HOST[:PORT]; HOST: 10.0.0.1, [fd00::1], or a name. Or unix:PATH. */
#include "sockets_framed.h"

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
static bool parse_rest(struct msgr_sockets_url *url, const char *rest)
{
    url->port = MSGR_PORT;
    if (*rest == '\0') {
        return true;
    }
    url->port = *rest == ':' ? parse_port(rest + 1) : 0;
    return url->port != 0;
}

/* Copy it. @return whether there is room for it */
static bool set_host(struct msgr_sockets_url *url, const char *text, size_t size)
{
    if (size > MSGR_SOCKETS_HOST_MAX) {
        return false;
    }
    memcpy(url->host, text, size);
    url->host[size] = '\0';
    return true;
}

/* [10.0.0.1] and a bare fd00::1 are neither addresses nor names. */
static int parse_host(struct msgr_sockets_url *url, bool is_bracketed)
{
    bool has_colon = strchr(url->host, ':') != NULL;

    url->is_name = !msgr_sockets_address_parse(&url->address, url->host, url->port);
    return has_colon == is_bracketed && !(url->is_name && has_colon) ? 0 : MSGR_ERROR_RANGE;
}

#if MSGR_SOCKETS_UNIX
static int parse_path(struct msgr_sockets_url *url, const char *path)
{
    size_t size = strlen(path);

    memset(url, 0, sizeof *url);
    url->kind = MSGR_SOCKETS_LOCAL;
    url->is_name = true;
    if (size == 0) {
        return MSGR_ERROR_RANGE;
    }
    if (size >= sizeof url->address.as.un.sun_path || !set_host(url, path, size)) {
        return MSGR_ERROR_NAME;
    }
    url->address.as.un.sun_family = AF_UNIX;
    memcpy(url->address.as.un.sun_path, path, size + 1);
    url->address.size = sizeof url->address.as.un;
    return 0;
}
#endif

int msgr_sockets_url_parse(struct msgr_sockets_url *url, const char *text)
{
    bool is_bracketed;
    size_t size;

#if MSGR_SOCKETS_UNIX
    if (strncmp(text, "unix:", 5) == 0) {
        return parse_path(url, text + 5);
    }
#endif
    if (strncmp(text, "udp://", SCHEME_SIZE) != 0 && strncmp(text, "tcp://", SCHEME_SIZE) != 0) {
        return MSGR_ERROR_RANGE;
    }
    url->kind = text[0] == 'u' ? MSGR_SOCKETS_UDP : MSGR_SOCKETS_TCP;
    text += SCHEME_SIZE;
    is_bracketed = *text == '[';
    text += is_bracketed;
    size = strcspn(text, is_bracketed ? "]" : ":/%[]");
    if (size == 0 || (is_bracketed && text[size] != ']') ||
        !parse_rest(url, text + size + is_bracketed)) {
        return MSGR_ERROR_RANGE;
    }
    return set_host(url, text, size) ? parse_host(url, is_bracketed) : MSGR_ERROR_NAME;
}
