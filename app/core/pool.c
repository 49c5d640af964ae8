/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Free slots are a list through `next`. shared_used is the sum, over all quotas, of what each has
 * committed beyond its guarantee; it never exceeds `shared`, and so the sum of what is committed
 * never exceeds the slots.
 */
#include "pool.h"

void msgr_pool_start(struct msgr_pool *pool, struct msgr_slot *slot, uint8_t *data, uint16_t count)
{
    *pool = (struct msgr_pool){.slot = slot, .data = data, .count = count};
    for (uint16_t i = 0; i < count; i++) {
        slot[i].next = i + 1 < count ? (uint16_t)(i + 1) : MSGR_NO_SLOT;
    }
}

uint16_t msgr_pool_room(const struct msgr_pool *pool, const struct msgr_quota *quota)
{
    uint16_t shared = (uint16_t)(pool->shared - pool->shared_used);

    if (quota->committed >= quota->guaranteed) {
        return shared;
    }
    return (uint16_t)(quota->guaranteed - quota->committed + shared);
}

bool msgr_pool_commit(struct msgr_pool *pool, struct msgr_quota *quota)
{
    if (quota->committed >= quota->guaranteed) {
        if (pool->shared_used >= pool->shared) {
            return false;
        }
        pool->shared_used++;
    }
    quota->committed++;
    return true;
}

bool msgr_pool_promise(struct msgr_pool *pool, struct msgr_quota *quota)
{
    if (quota->committed >= quota->guaranteed &&
        pool->shared_used + pool->shared_kept >= pool->shared) {
        return false;
    }
    return msgr_pool_commit(pool, quota);
}

void msgr_pool_release(struct msgr_pool *pool, struct msgr_quota *quota, uint16_t count)
{
    uint16_t beyond =
        quota->committed > quota->guaranteed ? (uint16_t)(quota->committed - quota->guaranteed) : 0;

    MSGR_ASSERT(count <= quota->committed);
    quota->committed = (uint16_t)(quota->committed - count);
    pool->shared_used = (uint16_t)(pool->shared_used - (count < beyond ? count : beyond));
}

uint16_t msgr_pool_take(struct msgr_pool *pool)
{
    uint16_t slot = pool->free;

    MSGR_ASSERT(slot != MSGR_NO_SLOT);
    pool->free = pool->slot[slot].next;
    pool->slot[slot].next = MSGR_NO_SLOT;
    pool->used++;
    if (pool->used > pool->high) {
        pool->high = pool->used;
    }
    return slot;
}

uint16_t msgr_pool_give(struct msgr_pool *pool, uint16_t first)
{
    uint16_t count = 0;

    while (first != MSGR_NO_SLOT) {
        uint16_t next = pool->slot[first].next;
        pool->slot[first].next = pool->free;
        pool->free = first;
        first = next;
        count++;
    }
    pool->used = (uint16_t)(pool->used - count);
    return count;
}
