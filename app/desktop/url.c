/* SPDX-License-Identifier: BSD-3-Clause */
#include "url.h"

#include "msgr/utf8.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char looks[] = "it looks like udp://192.0.2.7/bob, tcp://[2001:db8::7]:9999/bob, "
                            "udp://[fe80::7%eth0] or unix:/run/msgr";

bool url_is_name(const char *name)
{
    size_t left = strlen(name);

    if (left < 1 || left > MSGR_NAME_MAX) {
        return false;
    }
    while (left > 0) {
        uint32_t code;
        size_t size = msgr_utf8_decode(name, left, &code);
        if (size == 0 || code < 0x20 || (code >= 0x7F && code < 0xA0)) {
            return false;
        }
        name += size;
        left -= size;
    }
    return true;
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;

    return found != NULL ? (int)((found - digits) % 16) : -1;
}

/* RFC 3986, 2.1. */
static bool decode(char *out, size_t room, const char *text)
{
    size_t used = 0;

    for (; *text != '\0'; text++) {
        int high = *text == '%' ? hex_value(text[1]) : -1;
        int low = high >= 0 ? hex_value(text[2]) : -1;
        if (used + 1 == room || (low >= 0 && high * 16 + low == 0)) { /* no zero within */
            return false;
        }
        out[used++] = low >= 0 ? (char)(high * 16 + low) : *text;
        text += low >= 0 ? 2 : 0;
    }
    out[used] = '\0';
    return true;
}

/* ":9999" */
static bool read_port(struct url *url, const char *text, const char *end)
{
    size_t digits = strspn(text + 1, "0123456789");
    long port = strtol(text + 1, NULL, 10);

    if (digits < 1 || digits > 5 || text + 1 + digits != end || port < 1 || port > 65535) {
        return false;
    }
    url->port = (uint16_t)port;
    return true;
}

/* HOST[:PORT], up to the end. */
static const char *read_place(struct url *url, const char *text, const char *end)
{
    bool has_brackets = *text == '[';
    const char *start = text + has_brackets;
    const char *stop = start + strcspn(start, has_brackets ? "]/" : ":/");
    const char *behind = stop + has_brackets;

    if (stop == start || stop > end || (has_brackets && *stop != ']')) {
        return looks;
    }
    if ((size_t)(stop - start) > URL_HOST_MAX) {
        return "the host's name is too long";
    }
    memcpy(url->host, start, (size_t)(stop - start));
    if (behind != end && *behind != ':') {
        return looks;
    }
    return behind == end || read_port(url, behind, end) ? NULL : "a port is a number, 1 to 65535";
}

static const char *read_unix(struct url *url, const char *path)
{
    if (*path == '\0') {
        return looks;
    }
    if (strlen(path) > URL_HOST_MAX) {
        return "the path of a Unix socket has 107 bytes at most";
    }
    url->kind = URL_UNIX;
    (void)snprintf(url->host, sizeof url->host, "%s", path);
    (void)snprintf(url->transport, sizeof url->transport, "unix:%s", path);
    return NULL;
}

/* The transport knows zones by their numbers. */
static bool write_transport(struct url *url)
{
    const char *scheme = url->kind == URL_UDP ? "udp" : "tcp";
    bool is_ipv6 = strchr(url->host, ':') != NULL;
    const char *zone = strchr(url->host, '%');
    unsigned index = is_ipv6 && zone != NULL ? if_nametoindex(zone + 1) : 0;
    int size = index != 0 ? (int)(zone - url->host) : (int)strlen(url->host);
    char behind[24] = "";

    if (is_ipv6 && zone != NULL && index == 0 &&
        strspn(zone + 1, "0123456789") < strlen(zone + 1)) {
        return false;
    }
    if (index != 0) {
        (void)snprintf(behind, sizeof behind, "%%%u", index);
    }
    (void)snprintf(url->transport, sizeof url->transport, "%s://%s%.*s%s%s:%u", scheme,
                   is_ipv6 ? "[" : "", size, url->host, behind, is_ipv6 ? "]" : "",
                   url->port != 0 ? url->port : MSGR_PORT);
    return true;
}

const char *url_read(struct url *url, const char *text)
{
    bool is_udp = strncmp(text, "udp://", 6) == 0;
    const char *place = text + 6;
    const char *slash;
    const char *end;
    const char *wrong;

    memset(url, 0, sizeof *url);
    url->text = text;
    if (strncmp(text, "unix:", 5) == 0) {
        return read_unix(url, text + 5);
    }
    if (!is_udp && strncmp(text, "tcp://", 6) != 0) {
        return looks;
    }
    url->kind = is_udp ? URL_UDP : URL_TCP;
    slash = strchr(place, '/');
    end = slash != NULL ? slash : place + strlen(place);
    wrong = read_place(url, place, end);
    if (wrong != NULL) {
        return wrong;
    }
    if (!write_transport(url)) {
        return "there is no such network interface";
    }
    if (slash != NULL && slash[1] != '\0' &&
        (!decode(url->name, sizeof url->name, slash + 1) || !url_is_name(url->name))) {
        return "a name has 1 to 31 bytes of UTF-8, and no control characters";
    }
    return NULL;
}

const char *url_name(const struct url *url)
{
    return url->name[0] != '\0' ? url->name : url->host;
}
