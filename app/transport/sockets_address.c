/* SPDX-License-Identifier: BSD-3-Clause */
#include "sockets_address.h"

#include <string.h>

#if MSGR_SOCKETS_IPV4
static bool is_ipv4(const struct msgr_sockets_address *address)
{
    return address->size > 0 && address->as.any.sa_family == AF_INET;
}
#endif

#if MSGR_SOCKETS_IPV6
static bool is_ipv6(const struct msgr_sockets_address *address)
{
    return address->size > 0 && address->as.any.sa_family == AF_INET6;
}
#endif

#if MSGR_SOCKETS_IPV4
static void set_ipv4(struct msgr_sockets_address *address, const void *bytes, uint16_t port)
{
    struct sockaddr_in in4;

    memset(&in4, 0, sizeof in4);
#if MSGR_SOCKETS_LWIP
    in4.sin_len = sizeof in4;
#endif
    in4.sin_family = AF_INET;
    in4.sin_port = htons(port);
    memcpy(&in4.sin_addr, bytes, 4);
    address->as.in4 = in4;
    address->size = sizeof in4;
}
#endif

#if MSGR_SOCKETS_IPV6
static void set_ipv6(struct msgr_sockets_address *address, const void *bytes, uint16_t port,
                     uint32_t zone)
{
    struct sockaddr_in6 in6;

    memset(&in6, 0, sizeof in6);
#if MSGR_SOCKETS_LWIP
    in6.sin6_len = sizeof in6;
#endif
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    in6.sin6_scope_id = zone;
    memcpy(&in6.sin6_addr, bytes, 16);
    address->as.in6 = in6;
    address->size = sizeof in6;
}
#endif

/* ---- mapping (RFC 4291, 2.5.5.2) ----------------------------------------------------------- */

#if MSGR_SOCKETS_IPV4 && MSGR_SOCKETS_IPV6
static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
#endif

void msgr_sockets_address_unmap(struct msgr_sockets_address *address)
{
#if MSGR_SOCKETS_IPV4 && MSGR_SOCKETS_IPV6
    uint8_t bytes[16];

    if (!is_ipv6(address)) {
        return;
    }
    memcpy(bytes, &address->as.in6.sin6_addr, sizeof bytes);
    if (memcmp(bytes, mapped_prefix, sizeof mapped_prefix) == 0) {
        set_ipv4(address, bytes + sizeof mapped_prefix, ntohs(address->as.in6.sin6_port));
    }
#else
    (void)address;
#endif
}

struct msgr_sockets_address msgr_sockets_address_mapped(const struct msgr_sockets_address *address)
{
    struct msgr_sockets_address mapped = *address;

#if MSGR_SOCKETS_IPV4 && MSGR_SOCKETS_IPV6
    if (is_ipv4(address)) {
        uint8_t bytes[16];
        memcpy(bytes, mapped_prefix, sizeof mapped_prefix);
        memcpy(bytes + sizeof mapped_prefix, &address->as.in4.sin_addr, 4);
        set_ipv6(&mapped, bytes, ntohs(address->as.in4.sin_port), 0);
    }
#endif
    return mapped;
}

/* ---- kinds --------------------------------------------------------------------------------- */

struct msgr_sockets_address msgr_sockets_address_any(bool wants_ipv6, uint16_t port)
{
    static const uint8_t zero[16];
    struct msgr_sockets_address any = {.size = 0};

#if MSGR_SOCKETS_IPV6
    if (wants_ipv6) {
        set_ipv6(&any, zero, port, 0);
        return any;
    }
#endif
    (void)wants_ipv6;
#if MSGR_SOCKETS_IPV4
    set_ipv4(&any, zero, port);
#endif
    return any;
}

/* Its bytes, 4 or 16. @return how many; 0: it has none */
static size_t bytes_of(const struct msgr_sockets_address *address, uint8_t bytes[16])
{
#if MSGR_SOCKETS_IPV4
    if (is_ipv4(address)) {
        memcpy(bytes, &address->as.in4.sin_addr, 4);
        return 4;
    }
#endif
#if MSGR_SOCKETS_IPV6
    if (is_ipv6(address)) {
        memcpy(bytes, &address->as.in6.sin6_addr, 16);
        return 16;
    }
#endif
    (void)bytes;
    return 0;
}

bool msgr_sockets_address_is_any(const struct msgr_sockets_address *address)
{
    static const uint8_t zero[16];
    uint8_t bytes[16];
    size_t size = bytes_of(address, bytes);

    return size > 0 && memcmp(bytes, zero, size) == 0;
}

bool msgr_sockets_address_is_one_host(const struct msgr_sockets_address *address)
{
    static const uint8_t broadcast[4] = {0xFF, 0xFF, 0xFF, 0xFF};
    uint8_t bytes[16];
    size_t size = bytes_of(address, bytes);

    if (size == 0 || msgr_sockets_address_is_any(address)) {
        return false;
    }
    if (size == 4) {
        return (bytes[0] & 0xF0u) != 0xE0u && memcmp(bytes, broadcast, 4) != 0;
    }
    return bytes[0] != 0xFFu;
}

bool msgr_sockets_address_equal(const struct msgr_sockets_address *a,
                                const struct msgr_sockets_address *b)
{
    uint8_t bytes[2][16];
    size_t size = bytes_of(a, bytes[0]);

    if (a->size != b->size || a->size == 0) {
        return a->size == b->size;
    }
    if (size == 0) {
        return memcmp(&a->as, &b->as, (size_t)a->size) == 0;
    }
#if MSGR_SOCKETS_IPV6
    if (size == 16 && a->as.in6.sin6_scope_id != b->as.in6.sin6_scope_id) {
        return false;
    }
#endif
    return size == bytes_of(b, bytes[1]) && memcmp(bytes[0], bytes[1], size) == 0 &&
           msgr_sockets_address_port(a) == msgr_sockets_address_port(b);
}

/* ---- ports --------------------------------------------------------------------------------- */

uint16_t msgr_sockets_address_port(const struct msgr_sockets_address *address)
{
#if MSGR_SOCKETS_IPV4
    if (is_ipv4(address)) {
        return ntohs(address->as.in4.sin_port);
    }
#endif
#if MSGR_SOCKETS_IPV6
    if (is_ipv6(address)) {
        return ntohs(address->as.in6.sin6_port);
    }
#endif
    return 0;
}

void msgr_sockets_address_set_port(struct msgr_sockets_address *address, uint16_t port)
{
#if MSGR_SOCKETS_IPV4
    if (is_ipv4(address)) {
        address->as.in4.sin_port = htons(port);
    }
#endif
#if MSGR_SOCKETS_IPV6
    if (is_ipv6(address)) {
        address->as.in6.sin6_port = htons(port);
    }
#endif
}

/* ---- text ---------------------------------------------------------------------------------- */

/* "%2" or "%eth0" behind an IPv6 address. @return false: it is neither nothing nor a number */
static bool parse_zone(const char *text, uint32_t *zone)
{
    *zone = 0;
    if (*text == '\0') {
        return true;
    }
    for (text++; *text >= '0' && *text <= '9' && *zone < 100000; text++) {
        *zone = *zone * 10 + (uint32_t)(*text - '0');
    }
    return *text == '\0' && *zone > 0;
}

bool msgr_sockets_address_parse(struct msgr_sockets_address *address, const char *text,
                                uint16_t port)
{
    char digits[46]; /* of the longest IPv6 address, with its zero */
    uint8_t bytes[16];
    size_t size = strcspn(text, "%");
    uint32_t zone;

    if (size >= sizeof digits || !parse_zone(text + size, &zone)) {
        return false;
    }
    memcpy(digits, text, size);
    digits[size] = '\0';
#if MSGR_SOCKETS_IPV4
    if (text[size] == '\0' && msgr_stack_pton(AF_INET, digits, bytes) == 1) {
        set_ipv4(address, bytes, port);
        return true;
    }
#endif
#if MSGR_SOCKETS_IPV6
    if (msgr_stack_pton(AF_INET6, digits, bytes) == 1) {
        set_ipv6(address, bytes, port, zone);
        msgr_sockets_address_unmap(address);
        return true;
    }
#endif
    (void)bytes;
    (void)port;
    (void)address;
    return false;
}

/* @return behind the last of them */
static char *put_number(char *at, uint32_t number)
{
    char digits[10];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        *at++ = digits[--count];
    }
    return at;
}

static char *put_port(char *at, const struct msgr_sockets_address *address)
{
    *at++ = ':';
    return put_number(at, msgr_sockets_address_port(address));
}

#if MSGR_SOCKETS_IPV6
static char *put_ipv6(char *at, size_t room, const struct sockaddr_in6 *in6)
{
    *at++ = '[';
    (void)msgr_stack_ntop(AF_INET6, &in6->sin6_addr, at, (socklen_t)room);
    at += strlen(at);
    if (in6->sin6_scope_id != 0) {
        *at++ = '%';
        at = put_number(at, in6->sin6_scope_id);
    }
    *at++ = ']';
    return at;
}
#endif

#if MSGR_SOCKETS_UNIX
/* A path may fill its place, without a zero. */
static char *put_path(char *at, const struct msgr_sockets_address *address)
{
    static const char scheme[] = {'u', 'n', 'i', 'x', ':'};
    size_t head = offsetof(struct sockaddr_un, sun_path);
    size_t size = address->size > head ? address->size - head : 0;

    memcpy(at, scheme, sizeof scheme);
    size = strnlen(address->as.un.sun_path, size);
    memcpy(at + sizeof scheme, address->as.un.sun_path, size);
    return at + sizeof scheme + size;
}
#endif

const char *msgr_sockets_address_text(const struct msgr_sockets_address *address,
                                      char text[MSGR_SOCKETS_ADDRESS_TEXT])
{
    char *at = text;

#if MSGR_SOCKETS_IPV4
    if (is_ipv4(address)) {
        (void)msgr_stack_ntop(AF_INET, &address->as.in4.sin_addr, at, 16);
        at = put_port(at + strlen(at), address);
    }
#endif
#if MSGR_SOCKETS_IPV6
    if (is_ipv6(address)) {
        at = put_port(put_ipv6(at, 46, &address->as.in6), address);
    }
#endif
#if MSGR_SOCKETS_UNIX
    if (address->size > 0 && address->as.any.sa_family == AF_UNIX) {
        at = put_path(at, address);
    }
#endif
    if (at == text) {
        *at++ = '?';
    }
    *at = '\0';
    return text;
}
