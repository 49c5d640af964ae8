/* SPDX-License-Identifier: BSD-3-Clause */
#include "secret.h"

#include "pair.h"

#define UNIT_MS 8000

static struct pair p;
static struct msgr *m;
static struct msgr_hello hello;
static uint8_t cookie[MSGR_COOKIE_SIZE];
static uint32_t address[2];

static int setup(void **state)
{
    (void)state;
    pair_start(&p);
    p.now_ms = 10 * UNIT_MS;
    pair_open(&p, ALICE);
    m = p.node[ALICE].m;
    hello = (struct msgr_hello){.token = 0x1122334455667788, .identity = 42, .cookie = cookie};
    msgr_secret_address(m, "10.0.0.1:9999", 13, address);
    msgr_secret_cookie(m, address, &hello, cookie);
    return 0;
}

static bool is_valid(void)
{
    return msgr_secret_cookie_is_valid(m, address, &hello);
}

/* ---- cookies ---- */

static void cookie_is_valid_in_its_unit_and_the_next(void **state)
{
    (void)state;
    m->now_ms = 10 * UNIT_MS + UNIT_MS - 1;
    msgr_secret_cookie(m, address, &hello, cookie);
    assert_true(is_valid());
    m->now_ms = 11 * UNIT_MS;
    assert_true(is_valid());
    m->now_ms = 12 * UNIT_MS - 1;
    assert_true(is_valid());
    m->now_ms = 12 * UNIT_MS;
    assert_false(is_valid());
    m->now_ms = 10 * UNIT_MS - 1; /* nor before it was made */
    assert_false(is_valid());
}

static void cookie_is_for_its_address_only(void **state)
{
    (void)state;
    assert_true(is_valid());
    msgr_secret_address(m, "10.0.0.1:9998", 13, address);
    assert_false(is_valid());
    msgr_secret_address(m, "10.0.0.1:999", 12, address);
    assert_false(is_valid());
    msgr_secret_address(m, "10.0.0.1:9999", 13, address);
    assert_true(is_valid());
    address[0]++;
    assert_false(is_valid());
    address[0]--;
    address[1]++;
    assert_false(is_valid());
}

static void cookie_is_for_its_token_and_identity_only(void **state)
{
    (void)state;
    hello.token ^= 1;
    assert_false(is_valid());
    hello.token ^= 1;
    hello.identity ^= 1ull << 63;
    assert_false(is_valid());
    hello.identity ^= 1ull << 63;
    assert_true(is_valid());
}

static void each_bit_of_a_cookie_counts(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 8 * MSGR_COOKIE_SIZE; bit++) {
        cookie[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(is_valid());
        cookie[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    hello.cookie = NULL;
    assert_false(is_valid());
}

static void cookie_of_another_engine_is_not_valid(void **state)
{
    (void)state;
    pair_open(&p, BOB);
    m = p.node[BOB].m;
    assert_false(is_valid());
}

static void long_addresses_are_told_apart_by_their_beginning(void **state)
{
    uint8_t long_address[64] = {0};
    uint32_t other[2];

    (void)state;
    msgr_secret_address(m, long_address, sizeof long_address, address);
    long_address[47] = 1;
    msgr_secret_address(m, long_address, sizeof long_address, other);
    assert_memory_not_equal(address, other, sizeof address);
}

/* ---- nonces and tokens ---- */

static bool has_twice(uint64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (values[i] == values[j]) {
                return true;
            }
        }
    }
    return false;
}

static void nonces_differ_though_the_random_bytes_come_again(void **state)
{
    static uint64_t nonces[40 * 25];
    static uint64_t tokens[40 * 25];
    size_t count = 0;

    (void)state;
    p.node[ALICE].random_repeats = true;
    for (uint64_t boot = 1; boot <= 40; boot++) {
        p.node[ALICE].config.boot = boot;
        pair_open(&p, ALICE);
        for (unsigned i = 0; i < 25; i++, count++) {
            nonces[count] = msgr_secret_nonce(m);
            tokens[count] = msgr_secret_token(m);
        }
    }
    assert_false(has_twice(nonces, count));
    assert_false(has_twice(tokens, count));
}

static void nonces_begin_with_a_random_number(void **state)
{
    uint32_t seen = 0;

    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        seen |= 1u << ((uint32_t)msgr_secret_nonce(m) >> 28);
    }
    assert_true((seen & (seen - 1)) != 0);
    p.node[ALICE].random_repeats = true;
    assert_int_equal((uint32_t)msgr_secret_nonce(m), (uint32_t)msgr_secret_nonce(m));
}

/* ---- ids ---- */

static void ids_of_two_peers_differ(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PAIR_PEERS; i++) {
        char name[2] = {(char)('a' + i), 0};
        assert_true(msgr_peer(m, name) >= 0);
        for (unsigned draw = 0; draw < 20; draw++) {
            uint32_t id = msgr_secret_id(m, &m->peers[i]);
            assert_int_not_equal(id, 0);
            assert_int_equal(id % MSGR_PEERS_MAX, i); /* so no two peers' ids are the same */
        }
    }
}

/* What would be drawn next is in use already. */
static void id_is_neither_the_current_nor_the_next_one(void **state)
{
    uint32_t random = p.node[ALICE].random;
    uint32_t nonces = m->nonces;
    struct msgr_peer *peer = &m->peers[1];
    uint32_t drawn = msgr_secret_id(m, peer);

    (void)state;
    p.node[ALICE].random = random;
    m->nonces = nonces;
    peer->current.id = drawn;
    peer->next.id = drawn + MSGR_PEERS_MAX;
    uint32_t other = msgr_secret_id(m, peer);
    assert_int_not_equal(other, drawn);
    assert_int_not_equal(other, peer->next.id);
    assert_int_equal(other % MSGR_PEERS_MAX, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(cookie_is_valid_in_its_unit_and_the_next, setup),
        cmocka_unit_test_setup(cookie_is_for_its_address_only, setup),
        cmocka_unit_test_setup(cookie_is_for_its_token_and_identity_only, setup),
        cmocka_unit_test_setup(each_bit_of_a_cookie_counts, setup),
        cmocka_unit_test_setup(cookie_of_another_engine_is_not_valid, setup),
        cmocka_unit_test_setup(long_addresses_are_told_apart_by_their_beginning, setup),
        cmocka_unit_test_setup(nonces_differ_though_the_random_bytes_come_again, setup),
        cmocka_unit_test_setup(nonces_begin_with_a_random_number, setup),
        cmocka_unit_test_setup(ids_of_two_peers_differ, setup),
        cmocka_unit_test_setup(id_is_neither_the_current_nor_the_next_one, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
