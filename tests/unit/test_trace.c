/* SPDX-License-Identifier: BSD-3-Clause */
#include "trace.h"

#include "pair.h"

static struct pair p;
static struct msgr_trace trace;

static int setup(void **state)
{
    (void)state;
    pair_start(&p);
    memset(&trace, 0xEE, sizeof trace);
    p.node[ALICE].config.trace = &trace;
    pair_open(&p, ALICE);
    return 0;
}

static const struct msgr_trace_entry *entry(unsigned ago)
{
    return &trace.entry[(trace.count - 1 - ago) % MSGR_TRACE_ENTRIES];
}

static void write_reset(unsigned times)
{
    uint8_t frame[MSGR_RESET_FRAME_SIZE];

    msgr_reset_write(frame, 7);
    for (unsigned i = 0; i < times; i++) {
        msgr_trace_frame(p.node[ALICE].m, MSGR_TRACE_OUT, 3, frame, sizeof frame);
    }
}

static void memory_that_was_no_ring_is_erased(void **state)
{
    (void)state;
    assert_int_equal(trace.count, 0);
    for (unsigned i = 0; i < MSGR_TRACE_ENTRIES; i++) {
        assert_int_equal(trace.entry[i].size, 0);
    }
}

static void frame_leaves_time_size_link_and_kind(void **state)
{
    (void)state;
    p.node[ALICE].m->now_ms = 77;
    write_reset(1);
    assert_int_equal(trace.count, 1);
    assert_int_equal(entry(0)->time_ms, 77);
    assert_int_equal(entry(0)->size, MSGR_RESET_FRAME_SIZE);
    assert_int_equal(entry(0)->first, MSGR_FRAME_RESET);
    assert_int_equal(entry(0)->link, 3);
    assert_int_equal(entry(0)->kind, 1);
    assert_int_equal(entry(0)->number, 0);
}

static void numbers_of_data_ack_and_floor(void **state)
{
    uint8_t frame[MSGR_FRAME_MAX];
    uint8_t payload[1024] = {0};
    struct msgr_data data = {.number = 0x01020304, .size = 0, .payload = payload};
    struct msgr_ack ack = {.received = 0x05060708};
    uint8_t *end = msgr_data_write(frame, 1, 3, &data, 0);
    struct msgr *m = p.node[ALICE].m;

    (void)state;
    msgr_trace_frame(m, MSGR_TRACE_IN, 0, frame, (size_t)(end - frame));
    assert_int_equal(entry(0)->number, 0x01020304);
    data.size = 1024; /* its length takes two bytes */
    end = msgr_data_write(frame, 1, 3, &data, 0);
    msgr_trace_frame(m, MSGR_TRACE_IN, 0, frame, (size_t)(end - frame));
    assert_int_equal(entry(0)->number, 0x01020304);
    assert_int_equal(entry(0)->first, 3 << 5 | MSGR_FRAME_DATA);
    end = msgr_ack_write(frame, 1, 0, &ack, 0);
    msgr_trace_frame(m, MSGR_TRACE_IN, 0, frame, (size_t)(end - frame));
    assert_int_equal(entry(0)->number, 0x05060708);
    end = msgr_floor_write(frame, 1, 0x090A0B0C, 0);
    msgr_trace_frame(m, MSGR_TRACE_IN, 0, frame, (size_t)(end - frame));
    assert_int_equal(entry(0)->number, 0x090A0B0C);
}

static void frame_too_short_for_its_number_has_none(void **state)
{
    uint8_t frame[10];

    (void)state;
    frame[0] = MSGR_FRAME_DATA;
    frame[1] = 4;
    msgr_trace_frame(p.node[ALICE].m, MSGR_TRACE_DROPPED, 0, frame, sizeof frame);
    assert_int_equal(entry(0)->number, 0);
    assert_int_equal(entry(0)->kind, 2);
}

static void unknown_frame_has_no_number(void **state)
{
    uint8_t frame[32] = {[0] = MSGR_FRAME_TYPES, [1] = 26, [6] = 1};

    (void)state;
    msgr_trace_frame(p.node[ALICE].m, MSGR_TRACE_IN, 0, frame, sizeof frame);
    assert_int_equal(entry(0)->number, 0);
}

static void ring_keeps_the_last(void **state)
{
    (void)state;
    write_reset(1);
    p.node[ALICE].m->now_ms = 5;
    write_reset(MSGR_TRACE_ENTRIES);
    assert_int_equal(trace.count, MSGR_TRACE_ENTRIES + 1);
    for (unsigned i = 0; i < MSGR_TRACE_ENTRIES; i++) {
        assert_int_equal(trace.entry[i].time_ms, 5);
    }
}

static void ring_survives_a_restart(void **state)
{
    (void)state;
    write_reset(40);
    struct msgr_trace before = trace;
    pair_restart(&p, ALICE);
    assert_memory_equal(&trace, &before, sizeof trace);
    write_reset(1);
    assert_int_equal(trace.count, 41);
}

static void torn_ring_is_erased(void **state)
{
    (void)state;
    write_reset(40);
    trace.count++; /* the reset came before `check` was written */
    pair_restart(&p, ALICE);
    assert_int_equal(trace.count, 0);
    assert_int_equal(trace.entry[0].size, 0);
    write_reset(3);
    trace.magic ^= 1;
    pair_restart(&p, ALICE);
    assert_int_equal(trace.count, 0);
    pair_restart(&p, ALICE); /* and what was erased is a ring */
    write_reset(2);
    pair_restart(&p, ALICE);
    assert_int_equal(trace.count, 2);
}

static void without_a_ring_nothing_is_written(void **state)
{
    (void)state;
    p.node[ALICE].config.trace = NULL;
    pair_open(&p, ALICE);
    struct msgr_trace before = trace;
    write_reset(1);
    assert_memory_equal(&trace, &before, sizeof trace);
}

static void link_leaves_what_came_went_and_was_dropped(void **state)
{
    uint8_t frame[MSGR_RESET_FRAME_SIZE];

    (void)state;
    pair_open(&p, BOB);
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    assert_int_equal(trace.entry[0].first, MSGR_FRAME_HELLO);
    assert_int_equal(trace.entry[0].kind, MSGR_TRACE_OUT);
    assert_int_equal(trace.entry[1].first, MSGR_FRAME_COOKIE);
    assert_int_equal(trace.entry[1].kind, MSGR_TRACE_IN);
    msgr_reset_write(frame, 1);
    frame[MSGR_RESET_FRAME_SIZE - 1] ^= 1;
    pair_inject(&p, ALICE, 0, frame, sizeof frame);
    assert_int_equal(entry(0)->first, MSGR_FRAME_RESET);
    assert_int_equal(entry(0)->kind, MSGR_TRACE_DROPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(memory_that_was_no_ring_is_erased, setup),
        cmocka_unit_test_setup(frame_leaves_time_size_link_and_kind, setup),
        cmocka_unit_test_setup(numbers_of_data_ack_and_floor, setup),
        cmocka_unit_test_setup(frame_too_short_for_its_number_has_none, setup),
        cmocka_unit_test_setup(unknown_frame_has_no_number, setup),
        cmocka_unit_test_setup(ring_keeps_the_last, setup),
        cmocka_unit_test_setup(ring_survives_a_restart, setup),
        cmocka_unit_test_setup(torn_ring_is_erased, setup),
        cmocka_unit_test_setup(without_a_ring_nothing_is_written, setup),
        cmocka_unit_test_setup(link_leaves_what_came_went_and_was_dropped, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
