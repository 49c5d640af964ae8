/* SPDX-License-Identifier: BSD-3-Clause */
/* What becomes of datagrams, and when. An address is a node, a path and a port in one number. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

uint32_t address_of(int node, int path, uint32_t port)
{
    return (uint32_t)(node + 1) << 28 | (uint32_t)path << 24 | (port & 0xFFFFFF);
}

int address_node(uint32_t address)
{
    return (int)(address >> 28) - 1;
}

int address_path(uint32_t address)
{
    return (int)(address >> 24 & 0xF);
}

static uint64_t delay_of(struct world *world, const struct weather *weather)
{
    uint64_t delay_us = weather->delay_us + dice_below(&world->dice, weather->jitter_us + 1);

    return delay_us +
           (dice_chance(&world->dice, weather->late) ? dice_below(&world->dice, 2000000) : 0);
}

static void roll_fate(struct world *world, int node, size_t size, struct fate_of_packet *fate)
{
    const struct weather *weather = &world->weather[node];

    fate->copies = dice_chance(&world->dice, weather->loss)        ? 0
                   : dice_chance(&world->dice, weather->duplicate) ? 2
                                                                   : 1;
    fate->delay_us[0] = delay_of(world, weather);
    fate->delay_us[1] = delay_of(world, weather);
    fate->flip_bit = dice_chance(&world->dice, weather->flip)
                         ? (int)dice_below(&world->dice, (uint32_t)size * 8)
                         : -1;
}

static void add_copy(struct world *world, const struct job *like, const uint8_t *bytes, size_t size)
{
    struct job job = *like;

    job.size = size;
    job.bytes = malloc(size);
    if (job.bytes == NULL) {
        abort();
    }
    memcpy(job.bytes, bytes, size);
    queue_add(&world->queue, job);
}

void network_send(struct world *world, int node, int path, uint32_t from, uint32_t to,
                  const uint8_t *bytes, size_t size)
{
    struct job job = {.kind = JOB_DATAGRAM, .node = 1 - node, .path = path, .from = from, .to = to};
    struct fate_of_packet fate;
    uint8_t flipped[MSGR_DATAGRAM_MAX];

    roll_fate(world, node, size, &fate);
    if (world->path[path].is_cut || world->path[path].blocked_until_us[node] > world->now_us) {
        fate.copies = 0;
    }
    if (world->on_packet != NULL) {
        world->on_packet(world, world->packets, size, &fate);
    }
    world->packets++;
    world->wire_bytes += size;
    injector_record(world, from, to, bytes, size);
    memcpy(flipped, bytes, size);
    if (fate.flip_bit >= 0) {
        flipped[fate.flip_bit / 8] ^= (uint8_t)(1 << fate.flip_bit % 8);
    }
    if (fate.copies != 1 || fate.flip_bit >= 0) {
        trace(world, node, "network: %s%s", fate.flip_bit >= 0 ? "a bit flips " : "",
              fate.copies == 0   ? "lost"
              : fate.copies == 2 ? "duplicated"
                                 : "");
    }
    for (unsigned i = 0; i < fate.copies; i++) {
        job.at_us = world->now_us + fate.delay_us[i];
        add_copy(world, &job, flipped, size);
    }
}

/* TCP repeats what is lost, so loss is delay; a partition, too. */
uint64_t network_stream_delay(struct world *world, int node, int path)
{
    const struct weather *weather = &world->weather[node];
    uint64_t delay_us = delay_of(world, weather);
    uint64_t blocked_us = world->path[path].blocked_until_us[node];

    for (int i = 0; i < 4 && dice_chance(&world->dice, weather->loss); i++) {
        delay_us += 500000;
    }
    if (blocked_us > world->now_us) {
        delay_us += blocked_us - world->now_us;
    }
    return delay_us;
}
