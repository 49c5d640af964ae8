/* SPDX-License-Identifier: BSD-3-Clause */
#include "timers.h"

#include "pair.h"

static struct pair p;
static struct msgr *m;

static int setup(void **state)
{
    (void)state;
    pair_start(&p);
    pair_open(&p, ALICE);
    pair_open(&p, BOB);
    m = p.node[ALICE].m;
    p.node[ALICE].peer = msgr_peer(m, "bob");
    return 0;
}

static void nothing_to_do_is_never_due(void **state)
{
    (void)state;
    assert_int_equal(msgr_deadline_ms(m, p.now_ms), MSGR_NEVER);
    msgr_tick(m, p.now_ms + 1000000);
    assert_int_equal(msgr_deadline_ms(m, p.now_ms), MSGR_NEVER);
}

static void earliest_is_due_first(void **state)
{
    int peer = p.node[ALICE].peer;

    (void)state;
    msgr_send(m, peer, "a", 1, 500);
    msgr_send(m, peer, "b", 1, 200);
    msgr_send(m, peer, "c", 1, 900);
    assert_int_equal(msgr_deadline_ms(m, p.now_ms), 200);
    assert_int_equal(msgr_deadline_ms(m, p.now_ms + 150), 50);
    msgr_tick(m, p.now_ms + 200);
    assert_int_equal(msgr_deadline_ms(m, p.now_ms + 200), 300);
    msgr_tick(m, p.now_ms + 500);
    assert_int_equal(msgr_deadline_ms(m, p.now_ms + 500), 400);
    msgr_tick(m, p.now_ms + 900);
    assert_int_equal(msgr_deadline_ms(m, p.now_ms + 900), MSGR_NEVER);
}

static void late_is_due_at_once(void **state)
{
    (void)state;
    msgr_send(m, p.node[ALICE].peer, "a", 1, 500);
    assert_int_equal(msgr_deadline_ms(m, p.now_ms + 500), 0);
    assert_int_equal(msgr_deadline_ms(m, p.now_ms + 5000), 0);
}

static void early_tick_does_nothing(void **state)
{
    (void)state;
    msgr_send(m, p.node[ALICE].peer, "a", 1, 500);
    msgr_tick(m, p.now_ms + 499);
    pair_expect_nothing(&p, ALICE);
    msgr_tick(m, p.now_ms + 500);
    pair_expect(&p, ALICE, MSGR_EVENT_OUTCOME);
}

static void late_tick_does_all_that_was_due(void **state)
{
    (void)state;
    for (uint32_t ms = 1; ms <= 10; ms++) {
        msgr_send(m, p.node[ALICE].peer, "a", 1, ms * 100);
    }
    msgr_tick(m, p.now_ms + 800);
    assert_int_equal(pair_pull(&p, ALICE, MSGR_EVENT_OUTCOME), 8);
}

static void links_have_timers_too(void **state)
{
    (void)state;
    assert_int_equal(msgr_link_connect(m, p.now_ms, MSGR_LINK_STREAM), 0);
    assert_int_equal(msgr_deadline_ms(m, p.now_ms), 5000);
    msgr_tick(m, p.now_ms + 4999);
    assert_false(msgr_link_is_over(m, 0));
    msgr_tick(m, p.now_ms + 5000);
    assert_true(msgr_link_is_over(m, 0));
    assert_int_equal(msgr_deadline_ms(m, p.now_ms + 5000), MSGR_NEVER);
}

static void jitter_is_up_to_a_quarter_less(void **state)
{
    uint32_t least = UINT32_MAX;
    uint32_t most = 0;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        uint32_t ms = msgr_timer_jitter(m, 1000);
        least = ms < least ? ms : least;
        most = ms > most ? ms : most;
    }
    assert_in_range(least, 750, 760);
    assert_in_range(most, 990, 1000);
    assert_int_equal(msgr_timer_jitter(m, 0), 0);
    assert_int_equal(msgr_timer_jitter(m, 3), 3);
}

static void repetitions_grow_by_half_up_to_the_heartbeat(void **state)
{
    uint32_t ms = 100;

    (void)state;
    for (unsigned attempts = 0; attempts < 255; attempts++) {
        uint32_t repeat_ms = msgr_timer_repeat_ms(m, attempts);
        assert_in_range(repeat_ms, ms - ms / 4, ms);
        ms = ms + ms / 2 < MSGR_HEARTBEAT_MS ? ms + ms / 2 : MSGR_HEARTBEAT_MS;
    }
}

/* All that there is, across the clock's end. */
static void clock_may_wrap(void **state)
{
    (void)state;
    pair_start(&p);
    p.now_ms = 0u - 3000;
    pair_open(&p, ALICE);
    pair_open(&p, BOB);
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    pair_expect(&p, ALICE, MSGR_EVENT_PEER_UP);
    p.node[ALICE].peer = msgr_peer(p.node[ALICE].m, "bob");
    for (int i = 0; i < 60; i++) {
        int32_t message = pair_send(&p, ALICE, "tick");
        pair_collect(&p, ALICE);
        pair_drop_all(&p);
        pair_pass(&p, 100);
        pair_pull(&p, BOB, MSGR_EVENT_MESSAGE);
        pair_settle(&p);
        pair_expect_outcome(&p, ALICE, message, MSGR_OUTCOME_DELIVERED, MSGR_REASON_NONE);
    }
    assert_true(p.now_ms < 0x80000000u);
    pair_expect_nothing(&p, ALICE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_to_do_is_never_due, setup),
        cmocka_unit_test_setup(earliest_is_due_first, setup),
        cmocka_unit_test_setup(late_is_due_at_once, setup),
        cmocka_unit_test_setup(early_tick_does_nothing, setup),
        cmocka_unit_test_setup(late_tick_does_all_that_was_due, setup),
        cmocka_unit_test_setup(links_have_timers_too, setup),
        cmocka_unit_test_setup(jitter_is_up_to_a_quarter_less, setup),
        cmocka_unit_test_setup(repetitions_grow_by_half_up_to_the_heartbeat, setup),
        cmocka_unit_test_setup(clock_may_wrap, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
