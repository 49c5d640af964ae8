/* SPDX-License-Identifier: BSD-3-Clause */
#include "secret.h"

#include "bytes.h"

#include <string.h>

#define COOKIE_UNIT_MS 8000
#define ID_PEER_MASK   (MSGR_PEERS_MAX - 1u)

uint32_t msgr_secret_random32(struct msgr *m)
{
    uint32_t value;

    m->random(m->ctx, &value, sizeof value);
    return value;
}

/* The finalizer of MurmurHash3: every bit of the result depends on every bit of the argument, and
 * different arguments have different results. */
static uint64_t stir(uint64_t value)
{
    value ^= value >> 33;
    value *= 0xFF51AFD7ED558CCDu;
    value ^= value >> 33;
    value *= 0xC4CEB9FE1A85EC53u;
    return value ^ value >> 33;
}

/* The upper half is unique to start and draw even if the random bytes come twice. */
uint64_t msgr_secret_nonce(struct msgr *m)
{
    uint64_t unique = stir(stir(m->boot) + ++m->nonces);

    return unique << 32 | msgr_secret_random32(m);
}

uint64_t msgr_secret_token(struct msgr *m)
{
    uint64_t token;

    m->random(m->ctx, &token, sizeof token);
    return token ^ stir(stir(m->boot) + ++m->nonces);
}

uint32_t msgr_secret_id(struct msgr *m, const struct msgr_peer *peer)
{
    uint32_t id = (uint32_t)stir(msgr_secret_token(m));

    do {
        id += MSGR_PEERS_MAX;
        id = (id & ~ID_PEER_MASK) | (uint32_t)msgr_peer_index(m, peer);
    } while (id == 0 || id == peer->current.id || id == peer->next.id);
    return id;
}

/* 64 bits, from two hashes of 32 that differ in the first byte. */
static void hash64(const struct msgr *m, uint8_t *bytes, size_t size, uint32_t hash[2])
{
    for (uint8_t half = 0; half < 2; half++) {
        bytes[0] = (uint8_t)((bytes[0] & 0xFE) | half);
        hash[half] = msgr_half_sip_hash(m->secret, bytes, size);
    }
}

void msgr_secret_address(const struct msgr *m, const void *address, size_t size, uint32_t hash[2])
{
    uint8_t bytes[1 + 48] = {2};

    size = size < sizeof bytes - 1 ? size : sizeof bytes - 1;
    memcpy(bytes + 1, address, size);
    hash64(m, bytes, size + 1, hash);
}

static void make_cookie(const struct msgr *m, const uint32_t address[2],
                        const struct msgr_hello *hello, uint32_t unit,
                        uint8_t cookie[MSGR_COOKIE_SIZE])
{
    uint8_t bytes[1 + 8 + 8 + 8 + 4];
    uint32_t hash[2];
    uint8_t *at = msgr_bytes_put8(bytes, 4);

    at = msgr_bytes_put32(at, address[0]);
    at = msgr_bytes_put32(at, address[1]);
    at = msgr_bytes_put64(at, hello->token);
    at = msgr_bytes_put64(at, hello->identity);
    msgr_bytes_put32(at, unit);
    hash64(m, bytes, sizeof bytes, hash);
    msgr_bytes_put32(msgr_bytes_put32(cookie, hash[0]), hash[1]);
}

void msgr_secret_cookie(const struct msgr *m, const uint32_t address[2],
                        const struct msgr_hello *hello, uint8_t cookie[MSGR_COOKIE_SIZE])
{
    make_cookie(m, address, hello, m->now_ms / COOKIE_UNIT_MS, cookie);
}

bool msgr_secret_cookie_is_valid(const struct msgr *m, const uint32_t address[2],
                                 const struct msgr_hello *hello)
{
    uint8_t cookie[MSGR_COOKIE_SIZE];
    uint32_t unit = m->now_ms / COOKIE_UNIT_MS;

    for (uint32_t age = 0; age < 2; age++) {
        make_cookie(m, address, hello, unit - age, cookie);
        if (hello->cookie != NULL && memcmp(cookie, hello->cookie, sizeof cookie) == 0) {
            return true;
        }
    }
    return false;
}
