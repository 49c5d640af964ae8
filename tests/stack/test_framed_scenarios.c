/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the engine promises, on lwIP: bad weather, power cuts of either end, another link in the
 * middle, an application that does not pull, a network that is gone, and too many peers.
 */
#include "families.h"
#include "faults.h"
#include "framed.h"
#include "stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void up(bool is_stream, bool is_ipv6)
{
    framed_start_open(is_ipv6);
    framed_remote_calls(is_stream);
    framed_up();
}

/* ---- weather ------------------------------------------------------------------------------- */

#define EACH_WAY 300

static void offer_what_fits(void)
{
    while (remote.end.sent < EACH_WAY && framed_remote_offers(64)) {
    }
    while (node.end.sent < EACH_WAY && framed_node_offers(64)) {
    }
}

/* A stream may be so slow that it counts as silent: then there is another. */
static void stay_linked(struct weather *weather)
{
    if (remote.is_stream && remote.link < 0) {
        weather_end();
        framed_remote_calls_again();
        weather->seed++;
        weather_begin(weather);
    }
}

static void talk_in(struct weather *weather, uint32_t ms)
{
    weather_begin(weather);
    for (uint32_t i = 0; i < ms && !framed_is_all_delivered(2 * EACH_WAY); i++) {
        offer_what_fits();
        framed_pass(1);
        stay_linked(weather);
    }
    assert_int_equal(node.end.sent, EACH_WAY);
    assert_int_equal(remote.end.sent, EACH_WAY);
    framed_deliver_all(0);
}

static void all_arrive_in(bool is_stream, uint32_t loss)
{
    unsigned round = 0;

    FOR_EACH_FAMILY(is_ipv6)
    {
        for (int node_opens = 0; node_opens <= 1; node_opens++) {
            struct weather weather = {.loss = loss,
                                      .twice = 20,
                                      .least = 1,
                                      .most = is_stream ? 20 : 40,
                                      .seed = loss * 100 + round++};
            framed_node_opens = node_opens != 0;
            up(is_stream, is_ipv6 != 0);
            talk_in(&weather, 600000);
            framed_stop();
            stack_settle();
        }
    }
}

static void all_arrive_over_udp_though_5_percent_are_lost(void **state)
{
    (void)state;
    all_arrive_in(FRAMED_UDP, 50);
}

static void all_arrive_over_udp_though_20_percent_are_lost(void **state)
{
    (void)state;
    all_arrive_in(FRAMED_UDP, 200);
}

static void all_arrive_over_udp_though_30_percent_are_lost(void **state)
{
    (void)state;
    all_arrive_in(FRAMED_UDP, 300);
}

static void all_arrive_over_tcp_though_5_percent_are_lost(void **state)
{
    (void)state;
    all_arrive_in(FRAMED_TCP, 50);
}

static void all_arrive_over_tcp_though_20_percent_are_lost(void **state)
{
    (void)state;
    all_arrive_in(FRAMED_TCP, 200);
}

static void all_arrive_over_tcp_though_30_percent_are_lost(void **state)
{
    (void)state;
    all_arrive_in(FRAMED_TCP, 300);
}

static void link_may_be_made_in_bad_weather(void **state)
{
    struct weather weather = {.loss = 300, .twice = 50, .least = 1, .most = 50};

    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        weather.seed = seed;
        framed_node_opens = seed % 2 == 0;
        framed_start(NTH_FAMILY((int)seed));
        framed_open(true);
        weather_begin(&weather);
        if (seed % 3 == 0) {
            assert_true(framed_node_calls(FRAMED_UDP) >= 0);
        } else {
            framed_remote_calls(FRAMED_UDP);
        }
        framed_up();
        framed_node_sends(3, 64);
        framed_remote_sends(3, 64);
        framed_deliver_all(60000);
        framed_stop();
    }
}

/* ---- power cuts ---------------------------------------------------------------------------- */

static void let_them_skip(void)
{
    node.end.may_skip = true;
    remote.end.may_skip = true;
}

static void offer_both(unsigned count, size_t size)
{
    for (unsigned i = 0; i < count; i++) {
        (void)framed_node_offers(size);
        (void)framed_remote_offers(size);
    }
}

/* After a cut: one more each way arrives, and then every message of who was not cut has its fate.
 */
static void recover_and_check(const struct framed_end *survivor)
{
    unsigned node_last = node.end.sent;
    unsigned remote_last = remote.end.sent;

    framed_node_sends(1, 40);
    framed_remote_sends(1, 40);
    for (int i = 0; i < 40000 && !(remote.end.taken[node_last] && node.end.taken[remote_last]);
         i++) {
        framed_pass(1);
    }
    assert_true(remote.end.taken[node_last] && node.end.taken[remote_last]);
    framed_pass(1000);
    framed_check_fates(&node.end, &remote.end, survivor == &node.end);
    framed_check_fates(&remote.end, &node.end, survivor == &remote.end);
}

static void remote_calls_or_is_called_again(bool is_stream)
{
    if (is_stream) {
        peer_reset(&remote.peer);
        framed_pull();
        framed_remote_calls_again();
    } else {
        framed_remote_calls(FRAMED_UDP);
        framed_up();
    }
}

/* The cut comes `ms` after both have begun to send, in weather that makes some wait. */
static void cut_remote_after(bool is_stream, uint32_t ms)
{
    struct weather weather = {.loss = 100, .least = 1, .most = 8, .seed = ms};

    up(is_stream, NTH_FAMILY((int)ms));
    let_them_skip();
    weather_begin(&weather);
    offer_both(10, 200);
    framed_pass(ms);
    weather_end();
    stack_discard();
    framed_remote_restarts();
    remote_calls_or_is_called_again(is_stream);
    recover_and_check(&node.end);
    framed_stop();
    stack_settle();
}

static void outcomes_are_honest_when_power_fails_at_the_remote(void **state)
{
    (void)state;
    for (uint32_t ms = 1; ms <= 30; ms++) {
        framed_node_opens = ms % 4 >= 2;
        cut_remote_after(FRAMED_UDP, ms);
        cut_remote_after(FRAMED_TCP, ms);
    }
}

static void cut_node_after(bool is_stream, uint32_t ms)
{
    struct weather weather = {.loss = 100, .least = 1, .most = 8, .seed = ms};

    up(is_stream, NTH_FAMILY((int)ms));
    let_them_skip();
    weather_begin(&weather);
    offer_both(10, 200);
    framed_pass(ms);
    weather_end();
    framed_node_restarts();
    framed_open(true);
    if (is_stream) {
        framed_remote_loses_link();
        framed_remote_calls_again();
    }
    for (int i = 0; i < 20000 && node.end.peer < 0; i++) { /* UDP: the remote is told UNKNOWN */
        framed_pass(1);
    }
    assert_true(node.end.peer >= 0);
    recover_and_check(&remote.end);
    framed_stop();
    stack_settle();
}

static void outcomes_are_honest_when_power_fails_at_the_node(void **state)
{
    (void)state;
    for (uint32_t ms = 1; ms <= 30; ms++) {
        framed_node_opens = ms % 4 >= 2;
        cut_node_after(FRAMED_UDP, ms);
        cut_node_after(FRAMED_TCP, ms);
    }
}

/* lwIP takes a port for busy while a connection on it has not ended. */
static void port_is_free_again_when_lwip_has_forgotten_the_connections(void **state)
{
    struct subject_net_config config = {.listen = true};

    (void)state;
    up(FRAMED_TCP, ANY_FAMILY);
    peer_fin(&remote.peer); /* the node answers with its own, which nobody acknowledges */
    framed_node_restarts();
    config.m = node.end.m;
    assert_int_equal(subject_open(&node.net, &config), SUBJECT_TAKEN);
    stack_pass_time_wait();
    assert_int_equal(subject_open(&node.net, &config), ERR_OK);
    framed_stop();
}

/* ---- another link -------------------------------------------------------------------------- */

/* The remote is told to drop UDP and to go on over TCP, in the middle. */
static void conversation_moves_from_udp_to_tcp_and_back(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        struct weather weather = {.loss = 100, .least = 1, .most = 10, .seed = 7};

        up(FRAMED_UDP, is_ipv6 != 0);
        weather_begin(&weather);
        offer_both(20, 100);
        framed_pass(8);
        assert_true(remote.end.received < node.end.sent);
        weather_end();
        stack_discard();
        framed_remote_loses_link();
        framed_remote_calls_again();
        offer_both(5, 100);
        framed_deliver_all(20000);
        offer_both(10, 100);
        peer_reset(&remote.peer);
        framed_remote_loses_link();
        remote.peer.own_port++;
        framed_remote_calls(FRAMED_UDP);
        framed_deliver_all(30000);
        assert_int_equal(node.end.ups, node.end.downs + 1);
        framed_stop();
        stack_settle();
    }
}

/* ---- who does not pull --------------------------------------------------------------------- */

static void application_that_does_not_pull(bool is_stream, bool is_ipv6)
{
    struct msgr_stats stats;
    unsigned accepted;

    up(is_stream, is_ipv6);
    node.is_slow = true;
    for (int i = 0; i < 60000; i++) {
        (void)framed_remote_offers(300);
        framed_pass(1);
    }
    accepted = remote.end.sent;
    assert_true(accepted > 10);
    assert_int_equal(node.end.received, 0);
    assert_int_equal(remote.end.outcomes[MSGR_OUTCOME_DELIVERED], 0);
    assert_int_equal(remote.end.downs, 0); /* slow, not silent */
    subject_stats(&node.net, &stats);
    assert_int_equal(stats.drop_limit, 0);
    framed_node_sends(3, 64); /* the other direction is not held up */
    framed_pass(100);
    assert_int_equal(remote.end.received, 3);
    node.is_slow = false;
    framed_deliver_all(60000);
    assert_int_equal(node.end.received, accepted);
    framed_stop();
    stack_settle();
}

static void who_does_not_pull_for_a_minute_gets_all_in_the_end(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        application_that_does_not_pull(FRAMED_UDP, is_ipv6 != 0);
        application_that_does_not_pull(FRAMED_TCP, is_ipv6 != 0);
    }
}

/* ---- little memory ------------------------------------------------------------------------- */

static void bring_all_over(bool is_stream, size_t longest)
{
    struct msgr_stats stats;

    up(is_stream, ANY_FAMILY);
    framed_node_sends(2, longest);
    framed_remote_sends(2, longest);
    framed_node_sends(50, 100);
    framed_remote_sends(50, 100);
    framed_deliver_all(120000);
    subject_stats(&node.net, &stats);
    assert_int_equal(stats.drop_limit, 0);
    framed_stop();
    stack_settle();
}

/* The least that an engine opens with, on both sides, and what has room for the longest each way.
 */
static void engines_with_little_memory_bring_all_over(void **state)
{
    (void)state;
    for (int is_stream = 0; is_stream <= 1; is_stream++) {
        framed_memory = MSGR_SIZE(FRAMED_PEERS, MSGR_LEAST(FRAMED_PEERS));
        bring_all_over(is_stream != 0, MSGR_MESSAGE_MAX);
        framed_memory = MSGR_SIZE(FRAMED_PEERS, MSGR_AMPLE(FRAMED_PEERS));
        bring_all_over(is_stream != 0, MSGR_MESSAGE_MAX);
    }
}

/* ---- nothing arrives ----------------------------------------------------------------------- */

/* Messages that were sent have an unknown fate, those that were not, none took. */
static void deadlines_hold(bool is_stream)
{
    uint8_t text[4096] = {0};
    uint32_t begun, last = 0;
    unsigned accepted = 0;

    up(is_stream, ANY_FAMILY);
    remote.is_dead = true;
    begun = stack_now();
    while (subject_send(&node.net, node.end.peer, text, 1000, 2000) > 0) {
        accepted++;
    }
    assert_true(accepted >= 4);
    for (int i = 0; i < 3000; i++) {
        unsigned before =
            node.end.outcomes[MSGR_OUTCOME_UNKNOWN] + node.end.outcomes[MSGR_OUTCOME_NOT_DELIVERED];
        framed_pass(1);
        if (node.end.outcomes[MSGR_OUTCOME_UNKNOWN] +
                node.end.outcomes[MSGR_OUTCOME_NOT_DELIVERED] >
            before) {
            last = stack_now() - begun;
            assert_in_range(last, 2000, 2010);
        }
    }
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_DELIVERED], 0);
    assert_true(node.end.outcomes[MSGR_OUTCOME_UNKNOWN] > 0);
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_UNKNOWN] +
                         node.end.outcomes[MSGR_OUTCOME_NOT_DELIVERED],
                     accepted);
    framed_stop();
    stack_settle();
}

static void deadlines_hold_when_nothing_arrives(void **state)
{
    (void)state;
    deadlines_hold(FRAMED_UDP);
    deadlines_hold(FRAMED_TCP);
}

static void messages_for_somebody_who_was_never_there_are_not_delivered(void **state)
{
    int peer;

    (void)state;
    framed_start(ANY_FAMILY);
    framed_open(true);
    peer = subject_peer(&node.net, "nobody");
    assert_true(subject_send(&node.net, peer, "hello", 5, 1500) > 0);
    framed_pass(1499);
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_NOT_DELIVERED], 0);
    framed_pass(5);
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_NOT_DELIVERED], 1);
    framed_stop();
}

/* ---- silence ------------------------------------------------------------------------------- */

/* Three heartbeat intervals after the last that was heard. */
static void silence_is_noticed(bool is_stream, bool is_ipv6)
{
    uint32_t begun;

    up(is_stream, is_ipv6);
    framed_node_sends(1, 40);
    framed_deliver_all(1000);
    framed_pass(100);
    framed_remote_sends(1, 40);
    framed_settle(); /* the last that is heard */
    begun = stack_now();
    remote.is_dead = true;
    while (node.end.downs == 0) {
        assert_true(stack_now() - begun < 20000);
        framed_pass(1);
    }
    assert_in_range(stack_now() - begun, 3 * MSGR_HEARTBEAT_MS, 3 * MSGR_HEARTBEAT_MS + 10);
    for (int i = 0; i < SUBJECT_LINKS; i++) {
        assert_false(node.net.link[i].is_used);
    }
    framed_stop();
    stack_settle();
}

static void silence_is_noticed_after_three_heartbeats(void **state)
{
    (void)state;
    FOR_EACH_FAMILY(is_ipv6)
    {
        silence_is_noticed(FRAMED_UDP, is_ipv6 != 0);
        silence_is_noticed(FRAMED_TCP, is_ipv6 != 0);
    }
}

static void idle_link_lives_for_an_hour_with_a_beat_each_interval(void **state)
{
    struct msgr_stats before, after;

    (void)state;
    for (int is_stream = 0; is_stream <= 1; is_stream++) {
        up(is_stream != 0, ANY_FAMILY);
        framed_pass(1000);
        subject_stats(&node.net, &before);
        for (int i = 0; i < 36000; i++) {
            stack_pass(100);
            framed_settle();
        }
        subject_stats(&node.net, &after);
        assert_int_equal(node.end.downs, 0);
        assert_int_equal(remote.end.downs, 0);
        /* its own beats and the answers to the other's, each 3.75 to 5 s */
        assert_in_range(after.frames_out - before.frames_out, 720, 2200);
        framed_stop();
        stack_settle();
    }
}

/* ---- too many ------------------------------------------------------------------------------ */

struct guest {
    struct msgr *m;
    struct peer peer;
    int link;
    unsigned refused;
    uint32_t random;
    uint64_t memory[(MSGR_SIZE(2, 20000) + 7) / 8];
};

static struct guest guests[FRAMED_PEERS + 2];

static void fill_random(void *ctx, void *data, size_t size)
{
    struct guest *guest = ctx;
    uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        guest->random = guest->random * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(guest->random >> 24);
    }
}

static void open_guest(struct guest *guest, unsigned n)
{
    static uint64_t boot = 1000;
    char name[8];
    struct msgr_config config = {.identity = 0xFEED00 + n,
                                 .name = name,
                                 .boot = ++boot,
                                 .peers = 2,
                                 .now_ms = stack_now(),
                                 .random = fill_random,
                                 .ctx = guest};

    memset(guest, 0, sizeof *guest);
    (void)snprintf(name, sizeof name, "guest%u", n % 10);
    guest->random = n;
    peer_open(&guest->peer, ANY_FAMILY);
    assert_int_equal(msgr_open(&guest->m, guest->memory, sizeof guest->memory, &config), 0);
    guest->link = msgr_link_connect(guest->m, stack_now(), MSGR_LINK_DATAGRAM);
}

static void guest_turn(struct guest *guest)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    struct msgr_event event;
    size_t size;

    msgr_tick(guest->m, stack_now());
    while ((size = msgr_link_output(guest->m, guest->link, stack_now(), data, sizeof data)) > 0) {
        stack_discard();
        peer_datagram(&guest->peer, data, size);
        framed_pull();
        while (peer_take_datagram(&guest->peer)) {
            (void)msgr_link_input(guest->m, guest->link, stack_now(), guest->peer.data,
                                  guest->peer.received);
        }
    }
    while (msgr_next(guest->m, &event)) {
    }
    guest->refused += msgr_link_reason(guest->m, guest->link) == MSGR_REASON_FULL;
}

static bool is_linked(const struct guest *guest)
{
    return msgr_link_peer(guest->m, guest->link) >= 0;
}

static void guests_pass(unsigned count, uint32_t ms)
{
    for (uint32_t i = 0; i < ms; i++) {
        for (unsigned n = 0; n < count; n++) {
            guest_turn(&guests[n]);
        }
        stack_pass(1);
    }
}

static void more_peers_than_there_is_room_for_are_refused(void **state)
{
    unsigned linked = 0;

    (void)state;
    framed_start_open(ANY_FAMILY);
    for (unsigned n = 0; n < FRAMED_PEERS + 2; n++) {
        open_guest(&guests[n], n);
    }
    guests_pass(FRAMED_PEERS + 2, 3000);
    for (unsigned n = 0; n < FRAMED_PEERS + 2; n++) {
        linked += is_linked(&guests[n]);
        assert_true(is_linked(&guests[n]) != (guests[n].refused > 0));
    }
    assert_int_equal(linked, FRAMED_PEERS);
    /* All go but those that were refused: these find room, at the latest a heartbeat later. */
    for (unsigned n = 0; n < FRAMED_PEERS; n++) {
        assert_true(is_linked(&guests[n]));
    }
    for (int i = 0; i < 25000; i++) {
        guest_turn(&guests[FRAMED_PEERS]);
        guest_turn(&guests[FRAMED_PEERS + 1]);
        stack_pass(1);
        framed_pull();
    }
    assert_true(is_linked(&guests[FRAMED_PEERS]));
    assert_true(is_linked(&guests[FRAMED_PEERS + 1]));
    framed_stop();
}

/* ---- failures of lwIP's, in each kind of scenario ------------------------------------------ */

/* A failure may leave lwIP with a connection that it closes by itself; the port is taken till then.
 */
static void open_in_spite_of_failures(bool listen)
{
    struct subject_net_config config = {.m = node.end.m, .listen = listen};
    uint32_t begun = stack_now();

    while (subject_open(&node.net, &config) != ERR_OK) {
        assert_true(faults_has_struck());
        assert_true(stack_now() - begun < 30000);
        stack_pass(500);
        stack_discard();
    }
}

static void connect_in_spite_of_failures(bool is_stream, bool node_calls)
{
    framed_start(ANY_FAMILY);
    open_in_spite_of_failures(!node_calls);
    if (!node_calls && is_stream) {
        framed_remote_calls_again();
    } else if (!node_calls) {
        framed_remote_calls(FRAMED_UDP);
    } else {
        assert_true(framed_node_calls(is_stream) >= 0);
    }
    for (int i = 0; i < 200 && (node.end.peer < 0 || remote.end.peer < 0); i++) {
        if (is_stream && node_calls && remote.link < 0 && stack_waiting() > 0) {
            framed_remote_accepts();
        }
        if (is_stream && remote.link < 0) {
            stack_pass(10);
            framed_pull();
        } else {
            framed_pass(10);
        }
    }
    assert_true(node.end.peer >= 0 && remote.end.peer >= 0);
}

static void end_of_round(void)
{
    framed_stop();
    faults_pause();
    stack_settle();
    faults_resume();
}

typedef void scenario(bool is_stream);

static void receiving(bool is_stream)
{
    connect_in_spite_of_failures(is_stream, false);
    framed_remote_sends(2, 600);
    framed_deliver_all(20000);
}

static void sending(bool is_stream)
{
    connect_in_spite_of_failures(is_stream, false);
    framed_node_sends(2, 600);
    framed_deliver_all(20000);
}

static void calling(bool is_stream)
{
    connect_in_spite_of_failures(is_stream, true);
    framed_node_sends(1, 600);
    framed_remote_sends(1, 600);
    framed_deliver_all(20000);
}

static void restart_of_the_remote(bool is_stream)
{
    connect_in_spite_of_failures(is_stream, false);
    let_them_skip();
    offer_both(2, 100);
    framed_pass(3);
    stack_discard();
    framed_remote_restarts();
    remote_calls_or_is_called_again(is_stream);
    recover_and_check(&node.end);
}

static void restart_of_the_node(bool is_stream)
{
    connect_in_spite_of_failures(is_stream, false);
    let_them_skip();
    offer_both(2, 100);
    framed_pass(3);
    framed_node_restarts();
    open_in_spite_of_failures(true);
    if (is_stream) {
        framed_remote_loses_link();
        framed_remote_calls_again();
    }
    for (int i = 0; i < 20000 && node.end.peer < 0; i++) {
        framed_pass(1);
    }
    recover_and_check(&remote.end);
}

static void slow_application(bool is_stream)
{
    connect_in_spite_of_failures(is_stream, false);
    node.is_slow = true;
    for (int i = 0; i < 60; i++) {
        (void)framed_remote_offers(200);
        framed_pass(1);
    }
    node.is_slow = false;
    framed_deliver_all(20000);
}

static void silence(bool is_stream)
{
    connect_in_spite_of_failures(is_stream, false);
    framed_node_sends(1, 100);
    remote.is_dead = true;
    for (int i = 0; i < 200 && node.end.downs == 0; i++) {
        framed_pass(100);
    }
    assert_int_equal(node.end.downs, 1);
}

static void try_each_failure(scenario *run, bool is_stream)
{
    unsigned failed = 0;

    for (unsigned k = 1; faults_arm(k); k++) {
        run(is_stream);
        failed += faults_has_struck();
        end_of_round();
    }
    faults_off();
    assert_true(failed > 5);
}

static scenario *const scenarios[] = {
    receiving,           sending,          calling, restart_of_the_remote,
    restart_of_the_node, slow_application, silence};

static void each_scenario_over_udp_bears_each_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        try_each_failure(scenarios[i], FRAMED_UDP);
    }
}

static void each_scenario_over_tcp_bears_each_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        try_each_failure(scenarios[i], FRAMED_TCP);
    }
}

static int setup(void **state)
{
    framed_node_opens = false;
    framed_memory = 0;
    return stack_setup(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, framed_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_arrive_over_udp_though_5_percent_are_lost),
        TEST(all_arrive_over_udp_though_20_percent_are_lost),
        TEST(all_arrive_over_udp_though_30_percent_are_lost),
        TEST(all_arrive_over_tcp_though_5_percent_are_lost),
        TEST(all_arrive_over_tcp_though_20_percent_are_lost),
        TEST(all_arrive_over_tcp_though_30_percent_are_lost),
        TEST(link_may_be_made_in_bad_weather),
        TEST(outcomes_are_honest_when_power_fails_at_the_remote),
        TEST(outcomes_are_honest_when_power_fails_at_the_node),
        TEST(port_is_free_again_when_lwip_has_forgotten_the_connections),
        TEST(conversation_moves_from_udp_to_tcp_and_back),
        TEST(who_does_not_pull_for_a_minute_gets_all_in_the_end),
        TEST(engines_with_little_memory_bring_all_over),
        TEST(deadlines_hold_when_nothing_arrives),
        TEST(messages_for_somebody_who_was_never_there_are_not_delivered),
        TEST(silence_is_noticed_after_three_heartbeats),
        TEST(idle_link_lives_for_an_hour_with_a_beat_each_interval),
        TEST(more_peers_than_there_is_room_for_are_refused),
        TEST(each_scenario_over_udp_bears_each_failure),
        TEST(each_scenario_over_tcp_bears_each_failure),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
