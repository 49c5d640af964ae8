/* SPDX-License-Identifier: BSD-3-Clause */
#include "pair.h"

#include <stdlib.h>

#define MANY_SLOTS_SIZE (MSGR_SIZE((size_t)1, 70000 * (size_t)MSGR_FRAGMENT))

static struct pair p;
static struct msgr_config config;
static struct msgr *m;
MSGR_STORAGE(memory, (size_t)2, (size_t)20000);

static int setup(void **state)
{
    (void)state;
    pair_start(&p);
    config = p.node[ALICE].config;
    config.peers = 2;
    memset(memory, 0xA5, sizeof memory);
    return 0;
}

static int open_engine(void)
{
    m = (struct msgr *)memory; /* not NULL */
    return msgr_open(&m, memory, sizeof memory, &config);
}

static void assert_refused(int error)
{
    assert_int_equal(open_engine(), error);
    assert_null(m);
}

static void good_configuration_opens(void **state)
{
    (void)state;
    assert_int_equal(open_engine(), 0);
    assert_ptr_equal(m, memory);
    assert_int_equal(msgr_peer_after(m, -1), -1);
    assert_int_equal(msgr_link_pending(m, -1), -1);
}

static void zeros_are_good_defaults(void **state)
{
    (void)state;
    config.peers = 0;
    assert_refused(MSGR_ERROR_STORAGE); /* four peers need more */
    config.message_max = 1000;
    assert_int_equal(open_engine(), 0);
    assert_int_equal(m->peer_count, 4);
    assert_int_equal(m->heartbeat_ms, MSGR_HEARTBEAT_MS);
    config.peers = 2;
    config.message_max = 0;
    assert_int_equal(open_engine(), 0);
    assert_int_equal(m->message_max, MSGR_MESSAGE_MAX);
}

static void bad_names_are_refused(void **state)
{
    static const char *const bad[] = {NULL, "", "a\nb", "\xFF", "12345678901234567890123456789012"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        config.name = bad[i];
        assert_refused(MSGR_ERROR_NAME);
    }
    config.name = "1234567890123456789012345678901";
    assert_int_equal(open_engine(), 0);
}

static void name_is_copied(void **state)
{
    char name[] = "alice";

    (void)state;
    config.name = name;
    assert_int_equal(open_engine(), 0);
    memset(name, 'x', 5);
    assert_int_equal(msgr_peer(m, "alice"), MSGR_ERROR_NAME);
    assert_true(msgr_peer(m, "xxxxx") >= 0);
}

static void identity_is_not_0(void **state)
{
    (void)state;
    config.identity = 0;
    assert_refused(MSGR_ERROR_IDENTITY);
}

static void entropy_must_be_there(void **state)
{
    (void)state;
    config.boot = 0;
    assert_refused(MSGR_ERROR_ENTROPY);
    config.boot = 1;
    config.random = NULL;
    assert_refused(MSGR_ERROR_ENTROPY);
}

static void values_out_of_range_are_refused(void **state)
{
    (void)state;
    config.peers = MSGR_PEERS_MAX + 1;
    assert_refused(MSGR_ERROR_RANGE);
    config.peers = 1;
    config.message_max = MSGR_MESSAGE_MAX + 1;
    assert_refused(MSGR_ERROR_RANGE);
    config.message_max = MSGR_MESSAGE_MAX;
    config.heartbeat_ms = 499;
    assert_refused(MSGR_ERROR_RANGE);
    config.heartbeat_ms = 60001;
    assert_refused(MSGR_ERROR_RANGE);
    config.heartbeat_ms = 60000;
    assert_int_equal(open_engine(), 0);
    config.heartbeat_ms = 500;
    assert_int_equal(open_engine(), 0);
}

static void memory_is_aligned(void **state)
{
    (void)state;
    for (unsigned off = 1; off < sizeof(uint64_t); off++) {
        assert_int_equal(msgr_open(&m, (uint8_t *)memory + off, sizeof memory - 8, &config),
                         MSGR_ERROR_STORAGE);
        assert_null(m);
    }
}

/* Each size, from none to more than enough. Nothing is touched behind it, nor if it is too small.
 */
static void memory_is_too_small_up_to_one_size(void **state)
{
    const uint8_t *bytes = (const uint8_t *)memory;
    bool is_enough = false;

    (void)state;
    for (size_t size = 0; size < sizeof memory; size++) {
        memset(memory, 0xA5, sizeof memory);
        int error = msgr_open(&m, memory, size, &config);
        assert_true(error == 0 || (error == MSGR_ERROR_STORAGE && !is_enough));
        is_enough = error == 0;
        for (size_t i = is_enough ? size : 0; i < sizeof memory; i += is_enough ? 1 : 64) {
            assert_int_equal(bytes[i], 0xA5);
        }
    }
    assert_true(is_enough);
}

#define LONGEST (MSGR_MESSAGE_MAX / MSGR_FRAGMENT) /* fragments */

static void least_memory_receives_a_longest_message_from_each_peer(void **state)
{
    struct msgr_stats stats;
    size_t size = 0;

    (void)state;
    while (msgr_open(&m, memory, size, &config) != 0) {
        size++;
    }
    msgr_stats(m, &stats);
    assert_int_equal(stats.slots, 2 * LONGEST + 2 + LONGEST - 1 + 1);
    assert_true(size <= MSGR_SIZE(2, MSGR_LEAST(2)));
    assert_int_equal(m->peers[1].received.quota.guaranteed, LONGEST);
    assert_int_equal(m->peers[1].outbox.quota.guaranteed, 1);
    assert_int_equal(m->pool.shared, LONGEST - 1);
}

static void ample_memory_sends_a_longest_message_to_each_peer_too(void **state)
{
    (void)state;
    assert_int_equal(msgr_open(&m, memory, MSGR_SIZE(2, MSGR_AMPLE(2)), &config), 0);
    assert_int_equal(m->peers[1].received.quota.guaranteed, LONGEST);
    assert_int_equal(m->peers[1].outbox.quota.guaranteed, LONGEST);
    assert_in_range(m->pool.shared, 0, LONGEST);
}

#define assert_fits(number, bytes)                                                                 \
    do {                                                                                           \
        MSGR_STORAGE(storage, (size_t)(number), (size_t)(bytes));                                  \
        config.peers = (number);                                                                   \
        assert_int_equal(msgr_open(&m, storage, sizeof storage, &config), 0);                      \
        assert_true(m->pool.count >= (bytes) / MSGR_FRAGMENT + 1);                                 \
        assert_true(m->pool.data + m->pool.count * (size_t)MSGR_FRAGMENT + MSGR_MESSAGE_MAX <=     \
                    (uint8_t *)storage + sizeof storage);                                          \
    } while (0)

static void storage_fits(void **state)
{
    (void)state;
    assert_fits(1, 2 * MSGR_MESSAGE_MAX);
    assert_fits(1, 2 * MSGR_MESSAGE_MAX + 1);
    assert_fits(1, 10000);
    assert_fits(2, 4 * MSGR_MESSAGE_MAX);
    assert_fits(3, 6 * MSGR_MESSAGE_MAX + 255);
    assert_fits(4, 8 * MSGR_MESSAGE_MAX);
    assert_fits(7, 60000);
    assert_fits(MSGR_PEERS_MAX, 2 * MSGR_PEERS_MAX * MSGR_MESSAGE_MAX);
    assert_fits(MSGR_PEERS_MAX, 300000);
}

static void more_slots_than_can_be_counted_are_not_used(void **state)
{
    struct msgr_stats stats;
    void *large = malloc(MANY_SLOTS_SIZE);

    (void)state;
    assert_non_null(large);
    config.peers = 1;
    assert_int_equal(msgr_open(&m, large, MANY_SLOTS_SIZE, &config), 0);
    msgr_stats(m, &stats);
    assert_int_equal(stats.slots, UINT16_MAX - 1);
    free(large);
}

static void engines_do_not_share(void **state)
{
    static uint8_t before[sizeof p.node[BOB].memory];

    (void)state;
    pair_start(&p);
    pair_open(&p, ALICE);
    pair_open(&p, BOB);
    memcpy(before, p.node[BOB].memory, sizeof before);
    msgr_link_connect(p.node[ALICE].m, p.now_ms, MSGR_LINK_DATAGRAM);
    msgr_send(p.node[ALICE].m, msgr_peer(p.node[ALICE].m, "bob"), "x", 1, 0);
    msgr_tick(p.node[ALICE].m, 1u << 20);
    assert_memory_equal(before, p.node[BOB].memory, sizeof before);
}

static void stats_begin_at_zero(void **state)
{
    struct msgr_stats stats;
    struct msgr_stats zero = {0};

    (void)state;
    assert_int_equal(open_engine(), 0);
    msgr_stats(m, &stats);
    assert_true(stats.slots > 0);
    zero.slots = stats.slots;
    assert_memory_equal(&stats, &zero, sizeof stats);
}

static void without_wake_nobody_is_called(void **state)
{
    (void)state;
    config.wake = NULL;
    assert_int_equal(open_engine(), 0);
    assert_true(msgr_send(m, msgr_peer(m, "bob"), "x", 1, 0) > 0);
    assert_int_equal(p.node[ALICE].wakes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(good_configuration_opens, setup),
        cmocka_unit_test_setup(zeros_are_good_defaults, setup),
        cmocka_unit_test_setup(bad_names_are_refused, setup),
        cmocka_unit_test_setup(name_is_copied, setup),
        cmocka_unit_test_setup(identity_is_not_0, setup),
        cmocka_unit_test_setup(entropy_must_be_there, setup),
        cmocka_unit_test_setup(values_out_of_range_are_refused, setup),
        cmocka_unit_test_setup(memory_is_aligned, setup),
        cmocka_unit_test_setup(memory_is_too_small_up_to_one_size, setup),
        cmocka_unit_test_setup(ample_memory_sends_a_longest_message_to_each_peer_too, setup),
        cmocka_unit_test_setup(least_memory_receives_a_longest_message_from_each_peer, setup),
        cmocka_unit_test_setup(storage_fits, setup),
        cmocka_unit_test_setup(more_slots_than_can_be_counted_are_not_used, setup),
        cmocka_unit_test_setup(engines_do_not_share, setup),
        cmocka_unit_test_setup(stats_begin_at_zero, setup),
        cmocka_unit_test_setup(without_wake_nobody_is_called, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
