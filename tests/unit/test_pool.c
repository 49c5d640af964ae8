/* SPDX-License-Identifier: BSD-3-Clause */
#include "pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SLOTS 8

/* Two users with two slots each, and four that they share. */
static struct msgr_slot slots[SLOTS];
static uint8_t data[SLOTS * MSGR_FRAGMENT];
static struct msgr_pool pool;
static struct msgr_quota ann;
static struct msgr_quota ben;

static int setup(void **state)
{
    (void)state;
    msgr_pool_start(&pool, slots, data, SLOTS);
    pool.shared = 4;
    ann = (struct msgr_quota){.guaranteed = 2};
    ben = (struct msgr_quota){.guaranteed = 2};
    return 0;
}

static unsigned commit(struct msgr_quota *quota, unsigned tries)
{
    unsigned committed = 0;

    for (unsigned i = 0; i < tries; i++) {
        committed += msgr_pool_commit(&pool, quota) ? 1 : 0;
    }
    return committed;
}

static void user_gets_the_guarantee_and_all_that_is_shared(void **state)
{
    (void)state;
    assert_int_equal(msgr_pool_room(&pool, &ann), 6);
    assert_int_equal(commit(&ann, 100), 6);
    assert_int_equal(msgr_pool_room(&pool, &ann), 0);
}

static void promises_leave_what_is_kept(void **state)
{
    (void)state;
    pool.shared_kept = 3;
    for (unsigned promised = 0; promised < 3; promised++) {
        assert_true(msgr_pool_promise(&pool, &ann)); /* two guaranteed, and one shared */
    }
    assert_false(msgr_pool_promise(&pool, &ann));
    assert_int_equal(msgr_pool_room(&pool, &ben), 5);
    assert_int_equal(commit(&ben, 100), 5);
    assert_false(msgr_pool_promise(&pool, &ann));
}

static void guarantee_holds_whatever_the_other_takes(void **state)
{
    (void)state;
    commit(&ann, 100);
    assert_int_equal(msgr_pool_room(&pool, &ben), 2);
    assert_int_equal(commit(&ben, 100), 2);
}

static void committed_never_exceeds_the_slots(void **state)
{
    (void)state;
    for (unsigned first = 0; first <= SLOTS; first++) {
        setup(NULL);
        commit(&ann, first);
        commit(&ben, 100);
        commit(&ann, 100);
        assert_int_equal(ann.committed + ben.committed, SLOTS);
        assert_int_equal(pool.shared_used, pool.shared);
    }
}

static void room_is_what_can_be_committed(void **state)
{
    (void)state;
    for (unsigned a = 0; a <= 6; a++) {
        for (unsigned b = 0; b <= 6; b++) {
            setup(NULL);
            commit(&ann, a);
            commit(&ben, b);
            uint16_t room = msgr_pool_room(&pool, &ann);
            assert_int_equal(commit(&ann, 100), room);
        }
    }
}

static void release_gives_back_what_is_shared_first(void **state)
{
    (void)state;
    commit(&ann, 5);
    assert_int_equal(pool.shared_used, 3);
    msgr_pool_release(&pool, &ann, 2);
    assert_int_equal(pool.shared_used, 1);
    msgr_pool_release(&pool, &ann, 3);
    assert_int_equal(pool.shared_used, 0);
    assert_int_equal(ann.committed, 0);
}

static void release_within_the_guarantee_shares_nothing(void **state)
{
    (void)state;
    commit(&ann, 2);
    msgr_pool_release(&pool, &ann, 1);
    assert_int_equal(pool.shared_used, 0);
    assert_int_equal(msgr_pool_room(&pool, &ann), 5);
}

static void each_slot_is_taken_once_and_has_its_own_bytes(void **state)
{
    bool taken[SLOTS] = {false};

    (void)state;
    for (unsigned i = 0; i < SLOTS; i++) {
        uint16_t slot = msgr_pool_take(&pool);
        assert_true(slot < SLOTS);
        assert_false(taken[slot]);
        assert_int_equal(slots[slot].next, MSGR_NO_SLOT);
        assert_ptr_equal(msgr_pool_data(&pool, slot), data + (size_t)slot * MSGR_FRAGMENT);
        taken[slot] = true;
    }
    assert_int_equal(pool.free, MSGR_NO_SLOT);
}

static void chain_is_given_back_whole(void **state)
{
    uint16_t first = msgr_pool_take(&pool);
    uint16_t second = msgr_pool_take(&pool);
    uint16_t third = msgr_pool_take(&pool);

    (void)state;
    slots[first].next = second;
    slots[second].next = third;
    assert_int_equal(msgr_pool_give(&pool, first), 3);
    assert_int_equal(pool.used, 0);
    assert_int_equal(msgr_pool_give(&pool, MSGR_NO_SLOT), 0);
    for (unsigned i = 0; i < SLOTS; i++) {
        msgr_pool_take(&pool);
    }
    assert_int_equal(pool.used, SLOTS);
}

static void high_water_stays(void **state)
{
    uint16_t first = msgr_pool_take(&pool);
    uint16_t second = msgr_pool_take(&pool);

    (void)state;
    msgr_pool_give(&pool, first);
    msgr_pool_give(&pool, second);
    msgr_pool_take(&pool);
    assert_int_equal(pool.used, 1);
    assert_int_equal(pool.high, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(user_gets_the_guarantee_and_all_that_is_shared, setup),
        cmocka_unit_test_setup(promises_leave_what_is_kept, setup),
        cmocka_unit_test_setup(guarantee_holds_whatever_the_other_takes, setup),
        cmocka_unit_test_setup(committed_never_exceeds_the_slots, setup),
        cmocka_unit_test_setup(room_is_what_can_be_committed, setup),
        cmocka_unit_test_setup(release_gives_back_what_is_shared_first, setup),
        cmocka_unit_test_setup(release_within_the_guarantee_shares_nothing, setup),
        cmocka_unit_test_setup(each_slot_is_taken_once_and_has_its_own_bytes, setup),
        cmocka_unit_test_setup(chain_is_given_back_whole, setup),
        cmocka_unit_test_setup(high_water_stays, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
