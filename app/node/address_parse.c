/* SPDX-License-Identifier: BSD-3-Clause */
#include "address_parse.h"

#include <string.h>

bool address_parse_number(const char *text, uint32_t low, uint32_t high, uint32_t *number)
{
    uint32_t value = 0;

    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        uint32_t digit = (uint32_t)(uint8_t)*text - '0';
        if (digit > 9 || value > (high - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *number = value;
    return value >= low && value <= high;
}

/* Cut "ADDRESS/BITS" into its address and the text of its bits. */
static const char *cut_prefix(const char *text, char address[IPADDR_STRLEN_MAX])
{
    const char *slash = strchr(text, '/');

    if (slash == NULL || (size_t)(slash - text) >= IPADDR_STRLEN_MAX || strchr(text, '%') != NULL) {
        return NULL;
    }
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = '\0';
    return slash + 1;
}

#if LWIP_IPV4
enum address_parse address_parse4(const char *text, ip4_addr_t *address, ip4_addr_t *netmask)
{
    char host_text[IPADDR_STRLEN_MAX];
    const char *bits = cut_prefix(text, host_text);
    uint32_t length = 0;
    uint32_t host_mask;
    uint32_t host;

    if (bits == NULL || !ip4addr_aton(host_text, address) || ip4_addr_ismulticast(address) ||
        ip4_addr_isloopback(address)) {
        return ADDRESS_PARSE_SYNTAX;
    }
    if (!address_parse_number(bits, 1, 30, &length)) {
        return ADDRESS_PARSE_PREFIX;
    }
    host_mask = 0xFFFFFFFFu >> length;
    host = lwip_ntohl(ip4_addr_get_u32(address)) & host_mask;
    if (host == 0 || host == host_mask) {
        return ADDRESS_PARSE_NOT_HOST;
    }
    ip4_addr_set_u32(netmask, lwip_htonl(~host_mask));
    return ADDRESS_PARSE_OK;
}
#endif

#if LWIP_IPV6
enum address_parse address_parse6(const char *text, ip6_addr_t *address)
{
    char host_text[IPADDR_STRLEN_MAX];
    const char *bits = cut_prefix(text, host_text);

    if (bits == NULL || !ip6addr_aton(host_text, address) || ip6_addr_isany(address) ||
        ip6_addr_isloopback(address) || ip6_addr_ismulticast(address)) {
        return ADDRESS_PARSE_SYNTAX;
    }
    return strcmp(bits, "64") == 0 ? ADDRESS_PARSE_OK : ADDRESS_PARSE_PREFIX;
}
#endif

/* lwIP never sees the scope: netif_find() reads behind the end of a name of one character. With one
 * interface it has no need to: there is one zone to choose. */
bool address_parse(const char *text, ip_addr_t *address)
{
    char alone[IPADDR_STRLEN_MAX];
    const char *scope = strchr(text, '%');
    size_t size = scope != NULL ? (size_t)(scope - text) : strlen(text);

    if (size >= sizeof alone || (scope != NULL && strcmp(scope, "%1") != 0)) {
        return false;
    }
    memcpy(alone, text, size);
    alone[size] = '\0';
    return ipaddr_aton(alone, address);
}
