/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hostile neighbour who cannot make frames of its own that would be believed, but repeats what it
 * has heard, from any life and incarnation, cuts it short, says UNKNOWN, or talks rubbish.
 */
#include "world.h"

#include <stdlib.h>
#include <string.h>

void injector_record(struct world *world, uint32_t from, uint32_t to, const uint8_t *bytes,
                     size_t size)
{
    struct record *record;

    if (world->plan.injections == 0) {
        return;
    }
    record = &world->record[world->records < RECORDED_MAX ? world->records++
                                                          : dice_below(&world->dice, RECORDED_MAX)];
    free(record->bytes);
    record->bytes = malloc(size);
    if (record->bytes == NULL) {
        abort();
    }
    memcpy(record->bytes, bytes, size);
    *record = (struct record){record->bytes, size, from, to};
}

static void inject(struct world *world, const struct record *addresses, const uint8_t *bytes,
                   size_t size)
{
    struct job job = {.at_us = world->now_us + dice_below(&world->dice, 10000),
                      .kind = JOB_DATAGRAM,
                      .node = address_node(addresses->to),
                      .path = address_path(addresses->to),
                      .from = addresses->from,
                      .to = addresses->to,
                      .size = size};

    job.bytes = malloc(size > 0 ? size : 1);
    if (job.bytes == NULL) {
        abort();
    }
    if (size > 0) {
        memcpy(job.bytes, bytes, size);
    }
    trace_frames(world, job.node, "injected", -1, bytes, size);
    queue_add(&world->queue, job);
}

static void rubbish(struct world *world, const struct record *addresses)
{
    static const uint8_t mark[] = {0xF9, 0x4D, 0x47, 0x01};
    uint8_t bytes[64];
    size_t size = dice_below(&world->dice, sizeof bytes) + 1;

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)dice_roll(&world->dice);
    }
    if (size > 6 && dice_chance(&world->dice, 800)) {
        memcpy(bytes, mark, sizeof mark);
        bytes[4] = (uint8_t)(bytes[4] & 0xE0) | (uint8_t)dice_below(&world->dice, 13);
        bytes[5] = dice_chance(&world->dice, 500) ? (uint8_t)(size - 10) : bytes[5];
    }
    inject(world, addresses, bytes, size);
}

static void forge_unknown(struct world *world, const struct record *addresses)
{
    static const uint8_t unknown[] = {0xF9, 0x4D, 0x47, 0x01, 0x05, 0x00, 0xAC, 0x49, 0x8E, 0x79};

    inject(world, addresses, unknown, sizeof unknown);
}

static void strike(struct world *world)
{
    struct record it = world->record[dice_below(&world->dice, world->records)];
    switch (dice_below(&world->dice, 8)) {
    case 0:
        rubbish(world, &it);
        break;
    case 1:
        forge_unknown(world, &it);
        break;
    case 2:
        inject(world, &it, it.bytes, dice_below(&world->dice, (uint32_t)it.size));
        break;
    case 3: /* from an address that has nothing to do with it */
        it.from += 77;
        inject(world, &it, it.bytes, it.size);
        break;
    default:
        inject(world, &it, it.bytes, it.size);
        break;
    }
}

void injector_strike(struct world *world)
{
    uint32_t count = world->plan.is_severe ? dice_between(&world->dice, 1, 20) : 1;

    while (world->records > 0 && count-- > 0) {
        strike(world);
    }
}
