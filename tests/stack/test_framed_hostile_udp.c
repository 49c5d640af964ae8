/* SPDX-License-Identifier: BSD-3-Clause */
/* Who means ill, over UDP: floods, lies, replays, forged sources, and bits that flip. */
#include "families.h"
#include "forge.h"
#include "stack.h"

#include "lwip/memp.h"
#include "lwip/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void up(void)
{
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_pass(50);
}

static void talk(void)
{
    framed_node_sends(2, 64);
    framed_remote_sends(2, 64);
    framed_deliver_all(10000);
}

static unsigned used_links(void)
{
    unsigned count = 0;

    for (int i = 0; i < SUBJECT_LINKS; i++) {
        count += node.net.link[i].is_used;
    }
    return count;
}

static struct msgr_stats stats_of_node(void)
{
    struct msgr_stats stats;

    subject_stats(&node.net, &stats);
    return stats;
}

/* ---- floods -------------------------------------------------------------------------------- */

#define FLOOD ((size_t)10000)

struct pools {
    uint32_t used[MEMP_MAX];
};

static struct pools count_pools(void)
{
    struct pools pools;

    for (int i = 0; i < MEMP_MAX; i++) {
        pools.used[i] = (uint32_t)lwip_stats.memp[i]->used;
    }
    return pools;
}

static void move_stranger(struct peer *stranger, unsigned i)
{
    char text[40];

    (void)snprintf(text, sizeof text, stranger->is_ipv6 ? "fd77::1:%x:%x" : "10.77.%u.%u",
                   1 + i / 250, 3 + i % 250);
    peer_at(stranger, text);
    stranger->own_port = (uint16_t)(1024 + i % 60000);
}

/* @return bytes of answers, no more than came */
static size_t disturb(unsigned i, const struct forged *forged)
{
    static struct peer stranger;
    size_t got = 0;

    if (i == 0) {
        peer_open(&stranger, ANY_FAMILY);
    }
    move_stranger(&stranger, i);
    peer_datagram(&stranger, forged->bytes, forged->size);
    while (peer_take_datagram(&stranger)) {
        got += stranger.received;
    }
    assert_true(got <= forged->size);
    return got;
}

static void make_hello(struct forged *forged, uint32_t i, bool has_cookie)
{
    uint8_t cookie[8] = {(uint8_t)i, (uint8_t)(i >> 8), 3, 4, 5, 6, 7, 8};
    struct msgr_hello hello = {.lowest = 1,
                               .highest = 1,
                               .identity = 0x100000000u + i,
                               .token = 0x123456789u * (i + 1),
                               .name = {(const uint8_t *)"m", 1},
                               .cookie = has_cookie ? cookie : NULL};

    forge_begin(forged);
    forge_hello(forged, &hello);
}

/* HELLO without a cookie, with a wrong one, and what is answered with UNKNOWN, in turn. */
static void make_nuisance(struct forged *forged, unsigned i)
{
    if (i % 3 < 2) {
        make_hello(forged, i, i % 3 == 1);
    } else {
        forge_begin(forged);
        forge_frame(forged, MSGR_FRAME_DATA, 8 + i % 50);
    }
}

static void flood_leaves_nothing_and_gets_no_more_than_it_sent(void **state)
{
    size_t sent = 0, got = 0;
    struct forged forged;
    struct pools before;

    (void)state;
    framed_start_open(ANY_FAMILY);
    before = count_pools();
    for (unsigned i = 0; i < FLOOD; i++) {
        struct pools now;
        make_nuisance(&forged, i);
        got += disturb(i, &forged);
        sent += forged.size;
        now = count_pools();
        assert_memory_equal(&now, &before, sizeof now);
    }
    assert_true(got > FLOOD * 10);
    assert_true(got <= sent);
    assert_int_equal(used_links(), 0);
    assert_int_equal(subject_peer_after(&node.net, -1), -1);
    assert_int_equal(stats_of_node().slots_high, 0);
    framed_stop();
}

static void real_peer_gets_through_a_flood(void **state)
{
    struct forged forged;
    unsigned i = 0;

    (void)state;
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_UDP);
    for (; i < FLOOD; i++) {
        make_nuisance(&forged, i);
        (void)disturb(i, &forged);
        if (i % 10 == 0) {
            framed_pass(1);
        }
        if (i % 100 == 0 && node.end.peer >= 0 && remote.end.peer >= 0) {
            framed_node_sends(1, 64);
            framed_remote_sends(1, 64);
        }
    }
    assert_true(node.end.sent > 50);
    framed_deliver_all(100);
    assert_int_equal(used_links(), 1);
    framed_stop();
}

/* ---- lies ---------------------------------------------------------------------------------- */

static void expect_dropped(const struct forged *forged, uint32_t limit, uint32_t malformed)
{
    struct msgr_stats before = stats_of_node();
    struct msgr_stats after;
    unsigned received = node.end.received;

    forge_send(forged);
    framed_pull();
    after = stats_of_node();
    assert_int_equal(after.drop_limit - before.drop_limit, limit);
    assert_int_equal(after.drop_malformed - before.drop_malformed, malformed);
    assert_int_equal(node.end.received, received);
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_DELIVERED], node.end.sent);
    talk();
}

static void fragments_beyond_the_window_are_dropped(void **state)
{
    static const uint32_t beyond[] = {0, 1, 33, 1000, 0x7FFFFF00};
    struct forged forged;

    (void)state;
    up();
    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        forge_begin(&forged);
        forge_data(&forged, node.end.m->peers[0].received.limit + beyond[i], 3, 20);
        expect_dropped(&forged, 1, 0);
    }
    framed_stop();
}

static void fragments_longer_than_agreed_are_dropped(void **state)
{
    struct forged forged;

    (void)state;
    up();
    for (size_t size = MSGR_FRAGMENT + 1; size <= 1024; size += 191) {
        forge_begin(&forged);
        forge_data(&forged, forge_peer()->sent.next, 3, size);
        expect_dropped(&forged, 0, 1);
    }
    framed_stop();
}

static void acknowledgements_of_what_was_not_sent_are_dropped(void **state)
{
    static const uint32_t ahead[] = {1, 2, 33, 100000, 0x7FFFFFFF};
    struct forged forged;
    struct msgr_ack ack;

    (void)state;
    up();
    talk();
    for (size_t i = 0; i < sizeof ahead / sizeof ahead[0]; i++) {
        ack = forge_honest_ack();
        ack.received += ahead[i];
        forge_begin(&forged);
        forge_ack(&forged, 0, &ack);
        expect_dropped(&forged, 1, 0);
    }
    for (int bit = 0; bit < 32; bit++) {
        ack = forge_honest_ack();
        ack.bitmap = 1u << bit;
        forge_begin(&forged);
        forge_ack(&forged, MSGR_ACK_BITMAP, &ack);
        expect_dropped(&forged, 1, 0);
    }
    for (uint32_t room = 34; room <= 0xFFFF; room = room * 2 + 1) {
        ack = forge_honest_ack();
        ack.room = (uint16_t)room;
        forge_begin(&forged);
        forge_ack(&forged, 0, &ack);
        expect_dropped(&forged, 1, 0);
    }
    framed_stop();
}

/* The node has something under way, of which nothing has been acknowledged. */
static void lies_do_not_make_false_outcomes(void **state)
{
    struct forged forged;
    struct msgr_ack ack;

    (void)state;
    up();
    remote.is_dead = true;
    framed_node_sends(3, 64);
    framed_settle();
    for (uint32_t i = 0; i < 70; i++) {
        ack = forge_honest_ack();
        ack.received += 4 + i;
        ack.untaken = (uint16_t)i;
        ack.bitmap = 0xFFFFFFFFu >> i % 32;
        forge_begin(&forged);
        forge_ack(&forged, MSGR_ACK_BITMAP, &ack);
        forge_send(&forged);
        framed_pull();
    }
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_DELIVERED], 0);
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_UNKNOWN], 0);
    remote.is_dead = false;
    framed_deliver_all(10000);
    framed_stop();
}

static void floors_beyond_what_was_granted_are_dropped(void **state)
{
    struct forged forged;

    (void)state;
    up();
    for (uint32_t ahead = 2; ahead < 0x40000000; ahead *= 3) {
        forge_begin(&forged);
        forge_floor(&forged, node.end.m->peers[0].received.limit + ahead);
        expect_dropped(&forged, 1, 0);
    }
    framed_stop();
}

static void opens_with_limits_out_of_range_change_nothing(void **state)
{
    static const struct msgr_limits good = {
        .fragment = 8, .guaranteed = 16, .initial = 16, .message = 4096};
    struct msgr_limits bad[8];
    struct forged forged;

    (void)state;
    up();
    for (size_t i = 0; i < 8; i++) {
        bad[i] = good;
    }
    bad[0].fragment = 5;
    bad[1].fragment = 11;
    bad[2].message = 0;
    bad[3].message = 65537;
    bad[4].guaranteed = 0;
    bad[5].initial = 0;
    bad[6].initial = 34;
    bad[7].fragment = 255;
    for (size_t i = 0; i < 8; i++) {
        forge_begin(&forged);
        forge_open(&forged, &bad[i]);
        expect_dropped(&forged, 0, 1);
    }
    forge_begin(&forged); /* a good one offers a candidate, and no more */
    forge_open(&forged, &good);
    expect_dropped(&forged, 0, 0);
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

/* The longest that a frame may claim to be, and longer, and not the shortest way to say it. */
static void frames_that_claim_too_much_are_dropped(void **state)
{
    static const uint8_t lengths[][2] = {{0xFF, 0xFF}, {0x84, 0xA6}, {0x80, 0x05}, {0x84, 0xA5},
                                         {0x7F, 0},    {0x80, 0x7F}, {0x05, 0}};
    struct forged forged;

    (void)state;
    up();
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        for (unsigned type = 1; type <= 11; type++) {
            forge_begin(&forged);
            forged.bytes[4] = (uint8_t)(0x60 | type);
            memcpy(forged.bytes + 5, lengths[i], 2);
            forged.size = 10;
            expect_dropped(&forged, 0, 1);
        }
    }
    framed_stop();
}

/* ---- from the address of a peer that we are linked with ------------------------------------ */

static void rubbish_and_guesses_from_a_linked_address_end_nothing(void **state)
{
    struct forged forged;
    uint32_t random = 1;

    (void)state;
    up();
    for (unsigned i = 0; i < 5000; i++) {
        forge_begin(&forged);
        if (i % 2 == 0) {
            forge_reset(&forged, random);
        } else {
            forged.size = 4 + random % 200;
            for (size_t at = 4; at < forged.size; at++) {
                random = random * 1664525 + 1013904223;
                forged.bytes[at] = (uint8_t)(random >> 24);
            }
        }
        random = random * 1664525 + 1013904223;
        forge_send(&forged);
        if (i % 250 == 0) {
            talk();
        }
        stack_discard();
    }
    framed_pass(1000);
    talk();
    assert_int_equal(node.end.downs, 0);
    assert_int_equal(used_links(), 1);
    framed_stop();
}

/* It can be forged by who knows both addresses; it costs the link for a moment, and nothing else.
 */
static void forged_unknown_costs_no_message(void **state)
{
    struct forged forged;

    (void)state;
    for (int node_calls = 0; node_calls <= 1; node_calls++) {
        framed_start_open(ANY_FAMILY);
        if (node_calls != 0) {
            assert_true(framed_node_calls(FRAMED_UDP) >= 0);
        } else {
            framed_remote_calls(FRAMED_UDP);
        }
        framed_up();
        for (int i = 0; i < 50; i++) {
            forge_begin(&forged);
            forge_frame(&forged, MSGR_FRAME_UNKNOWN, 0);
            (void)framed_node_offers(64);
            (void)framed_remote_offers(64);
            forge_send(&forged);
            framed_pass(1);
        }
        framed_deliver_all(20000);
        assert_int_equal(node.end.outcomes[MSGR_OUTCOME_UNKNOWN], 0);
        framed_stop();
    }
}

/* ---- what was recorded --------------------------------------------------------------------- */

static size_t headers(const struct packet *packet)
{
    return (packet->bytes[0] >> 4 == 6 ? 40u : 20u) + 8u;
}

static size_t record_a_conversation(void)
{
    size_t count = 0;

    stack_record(true);
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    for (int i = 0; i < 5; i++) {
        framed_node_sends(1, 64);
        framed_remote_sends(1, 64);
        framed_deliver_all(1000);
    }
    framed_remote_sends(2, 1000);
    framed_deliver_all(1000);
    framed_pass(50);
    stack_record(false);
    while (stack_recorded(count) != NULL) {
        count++;
    }
    assert_true(count > 10);
    return count;
}

static void replay_one(size_t n)
{
    const struct packet *packet = stack_recorded(n);

    stack_deliver(packet->bytes, packet->size);
    framed_pull();
    stack_discard();
}

static void replay_all(size_t count)
{
    for (size_t n = 0; n < count; n++) {
        replay_one(n);
    }
    for (size_t n = count; n > 0; n--) {
        replay_one(n - 1);
    }
    for (size_t n = 0; n < count; n++) {
        replay_one(n);
        replay_one(n);
    }
}

static void expect_nothing_new(const struct framed_end *before)
{
    assert_int_equal(node.end.received, before->received);
    assert_memory_equal(node.end.outcomes, before->outcomes, sizeof before->outcomes);
}

static struct framed_end node_before;

/* From the same address and port as the one that is talking now. */
static void replayed_conversation_of_an_earlier_life(bool node_opens)
{
    uint16_t port;
    size_t count;

    framed_node_opens = node_opens;
    framed_start_open(ANY_FAMILY);
    count = record_a_conversation();
    port = remote.peer.own_port;
    framed_remote_restarts();
    remote.peer.own_port = port;
    framed_remote_calls(FRAMED_UDP);
    framed_up();
    framed_pass(1000);
    node_before = node.end;
    replay_all(count); /* the cookie in it is still good */
    expect_nothing_new(&node_before);
    framed_pass(3000);
    expect_nothing_new(&node_before);
    talk();
    stack_pass(30000);
    framed_settle();
    framed_pass(10000);
    node_before = node.end;
    remote.is_dead = true; /* something is under way meanwhile, and nobody hears it */
    framed_node_sends(2, 64);
    replay_all(count);
    expect_nothing_new(&node_before);
    remote.is_dead = false;
    framed_deliver_all(20000);
    framed_stop();
}

static void replays_of_an_earlier_life_of_the_remote_do_nothing(void **state)
{
    (void)state;
    replayed_conversation_of_an_earlier_life(false);
    replayed_conversation_of_an_earlier_life(true);
}

static void replays_after_the_node_has_restarted_do_nothing(void **state)
{
    size_t count;

    (void)state;
    framed_start_open(ANY_FAMILY);
    count = record_a_conversation();
    framed_node_restarts();
    framed_open(true);
    node_before = node.end;
    replay_all(count); /* before anybody has called */
    expect_nothing_new(&node_before);
    assert_int_equal(used_links(), 0);
    for (int i = 0; i < 20000 && node.end.peer < 0; i++) {
        framed_pass(1);
    }
    assert_true(node.end.peer >= 0);
    framed_pass(500);
    node_before = node.end;
    replay_all(count);
    expect_nothing_new(&node_before);
    talk();
    framed_stop();
}

static void replays_of_this_conversation_do_nothing(void **state)
{
    size_t count;

    (void)state;
    framed_start_open(ANY_FAMILY);
    count = record_a_conversation();
    node_before = node.end;
    replay_all(count);
    expect_nothing_new(&node_before);
    talk();
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

/* ---- bits ---------------------------------------------------------------------------------- */

static void flip_and_send(const uint8_t *bytes, size_t size, size_t bit)
{
    struct forged forged = {.size = size};

    memcpy(forged.bytes, bytes, size);
    forged.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    forge_send(&forged);
    framed_pull();
}

static void each_bit_and_each_length_of_recorded_datagrams_may_be_wrong(void **state)
{
    size_t count;

    (void)state;
    framed_start_open(ANY_FAMILY);
    count = record_a_conversation();
    node_before = node.end;
    for (size_t n = 0; n < count; n++) {
        const struct packet *packet = stack_recorded(n);
        const uint8_t *bytes = packet->bytes + headers(packet);
        size_t size = packet->size - headers(packet);
        size_t bits = size > 150 ? (size_t)150 * 8 : size * 8;
        for (size_t bit = 0; bit < bits; bit++) {
            flip_and_send(bytes, size, bit);
            stack_discard();
        }
        for (size_t cut = 0; cut < size; cut++) {
            struct forged forged = {.size = cut};
            memcpy(forged.bytes, bytes, cut);
            forge_send(&forged);
            framed_pull();
            stack_discard();
        }
        expect_nothing_new(&node_before);
    }
    framed_pass(1000);
    talk();
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

/* The flipped one comes in place of the true one, which is repeated. */
static void each_bit_of_a_new_message_may_flip_on_its_way(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t bits = 1;

    (void)state;
    up();
    for (size_t bit = 0; bit < bits; bit++) {
        size_t size;
        assert_true(framed_remote_offers(40));
        size = msgr_link_output(remote.end.m, remote.link, stack_now(), data, sizeof data);
        assert_true(size > 40);
        bits = size * 8;
        flip_and_send(data, size, bit);
        assert_int_equal(node.end.received, bit);
        stack_discard();
        framed_deliver_all(1000);
    }
    assert_true(bits > 400);
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

static void each_length_of_a_new_message_may_be_cut_on_its_way(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size = 1;

    (void)state;
    up();
    for (size_t cut = 0; cut < size; cut++) {
        struct forged forged = {.size = cut};
        assert_true(framed_remote_offers(40));
        size = msgr_link_output(remote.end.m, remote.link, stack_now(), data, sizeof data);
        memcpy(forged.bytes, data, cut);
        forge_send(&forged);
        framed_pull();
        assert_int_equal(node.end.received, cut);
        stack_discard();
        framed_deliver_all(1000);
    }
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

/* ---- who takes another's place ------------------------------------------------------------- */

/* Over and over, from another address, with a cookie that is good. */
static void name_of_a_living_peer_is_not_given_away(void **state)
{
    static struct peer thief;
    struct forged forged;
    uint8_t cookie[8];
    struct msgr_hello hello = {.lowest = 1,
                               .highest = 1,
                               .identity = 0xBAD,
                               .token = 77,
                               .name = {(const uint8_t *)"bob", 3}};

    (void)state;
    up();
    peer_open(&thief, ANY_FAMILY);
    for (int i = 0; i < 20; i++) {
        hello.cookie = NULL;
        forge_begin(&forged);
        forge_hello(&forged, &hello);
        peer_datagram(&thief, forged.bytes, forged.size);
        assert_true(peer_take_datagram(&thief));
        assert_int_equal(thief.data[4], MSGR_FRAME_COOKIE);
        memcpy(cookie, thief.data + 4 + 2 + 8, sizeof cookie);
        hello.cookie = cookie;
        forge_begin(&forged);
        forge_hello(&forged, &hello);
        peer_datagram(&thief, forged.bytes, forged.size);
        assert_true(peer_take_datagram(&thief));
        assert_int_equal(thief.data[4], MSGR_FRAME_REFUSE);
        assert_int_equal(thief.data[4 + 2 + 8], MSGR_REFUSAL_NAME_TAKEN);
        talk();
    }
    assert_int_equal(used_links(), 1);
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

static int setup(void **state)
{
    framed_node_opens = false;
    return stack_setup(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, framed_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(flood_leaves_nothing_and_gets_no_more_than_it_sent),
        TEST(real_peer_gets_through_a_flood),
        TEST(fragments_beyond_the_window_are_dropped),
        TEST(fragments_longer_than_agreed_are_dropped),
        TEST(acknowledgements_of_what_was_not_sent_are_dropped),
        TEST(lies_do_not_make_false_outcomes),
        TEST(floors_beyond_what_was_granted_are_dropped),
        TEST(opens_with_limits_out_of_range_change_nothing),
        TEST(frames_that_claim_too_much_are_dropped),
        TEST(rubbish_and_guesses_from_a_linked_address_end_nothing),
        TEST(forged_unknown_costs_no_message),
        TEST(replays_of_an_earlier_life_of_the_remote_do_nothing),
        TEST(replays_after_the_node_has_restarted_do_nothing),
        TEST(replays_of_this_conversation_do_nothing),
        TEST(each_bit_and_each_length_of_recorded_datagrams_may_be_wrong),
        TEST(each_bit_of_a_new_message_may_flip_on_its_way),
        TEST(each_length_of_a_new_message_may_be_cut_on_its_way),
        TEST(name_of_a_living_peer_is_not_given_away),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
