/* SPDX-License-Identifier: BSD-3-Clause */
#include "isn.h"

#include "app/core/half_sip_hash.h"

#include "lwip/sys.h"

#include <string.h>

#define UNITS_PER_MS 250 /* RFC 9293, 3.4.1: one every 4 us */

_Static_assert(PORT_ISN_SECRET_SIZE == MSGR_HALF_SIP_HASH_KEY_SIZE, "the secret is the key");

static uint8_t key[PORT_ISN_SECRET_SIZE];

void port_isn_start(const uint8_t secret[PORT_ISN_SECRET_SIZE])
{
    memcpy(key, secret, sizeof key);
}

static void put_address(uint32_t words[4], const ip_addr_t *address)
{
#if LWIP_IPV6
    if (IP_IS_V6(address)) {
        memcpy(words, ip_2_ip6(address)->addr, sizeof ip_2_ip6(address)->addr);
        return;
    }
#endif
#if LWIP_IPV4
    words[0] = ip4_addr_get_u32(ip_2_ip4(address));
#endif
}

u32_t port_lwip_isn(const ip_addr_t *local, u16_t local_port, const ip_addr_t *remote,
                    u16_t remote_port)
{
    uint32_t words[9] = {0};

    put_address(words, local);
    put_address(words + 4, remote);
    words[8] = (uint32_t)local_port << 16 | remote_port;
    return msgr_half_sip_hash(key, words, sizeof words) + sys_now() * UNITS_PER_MS;
}
