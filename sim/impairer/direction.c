/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A frame's way: the queue for the line, the line, then whatever chance has for it, then the delay.
 * Its fate is rolled before all that, so that it depends on the seed and the frames before it, and
 * never on time. Frames that are late by chance hold up those behind them, as on a cable: only
 * those that are reordered are overtaken.
 */
#include "direction.h"

#include <string.h>
#include <time.h>

#define BATCH 64 /* frames, until the other direction has its turn */

uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void direction_open(struct direction *direction, uint64_t seed, unsigned stream)
{
    dice_seed(&direction->chance.dice, seed, stream);
    schedule_open(&direction->schedule);
}

bool direction_has_room(const struct direction *direction)
{
    return schedule_room(&direction->schedule) >= 2; /* for a copy, too */
}

/* ARP; and ICMPv6 of the types 133 to 137 (RFC 4861, 4), right behind the IPv6 header. */
static bool finds_neighbours(const uint8_t *frame, size_t size)
{
    bool is_arp = size > 14 && frame[12] == 0x08 && frame[13] == 0x06;
    bool is_icmp6 = size > 54 && frame[12] == 0x86 && frame[13] == 0xDD && frame[20] == 58;

    return is_arp || (is_icmp6 && frame[54] >= 133 && frame[54] <= 137);
}

static void schedule_frame(struct direction *direction, size_t size, uint64_t due_ns, bool is_held)
{
    if (is_held) {
        direction->counters.reordered++;
        due_ns += direction->weather.hold_ns;
    } else {
        due_ns = due_ns > direction->latest_ns ? due_ns : direction->latest_ns;
        direction->latest_ns = due_ns;
    }
    schedule_add(&direction->schedule, size, due_ns);
}

static void let_pass(struct direction *direction, uint8_t *frame, size_t size,
                     const struct fate *fate, uint64_t left_ns)
{
    const struct weather *weather = &direction->weather;
    uint64_t due_ns =
        left_ns + weather->delay_ns + (uint64_t)(fate->lateness * (double)weather->jitter_ns);

    if (fate->flip_bit >= 0) {
        frame[fate->flip_bit / 8] ^= (uint8_t)(1u << fate->flip_bit % 8);
        direction->counters.flipped++;
    }
    schedule_frame(direction, size, due_ns, fate->is_held[0]);
    if (fate->is_twice) {
        direction->counters.duplicated++;
        memcpy(schedule_slot(&direction->schedule), frame, size);
        schedule_frame(direction, size, due_ns, fate->is_held[1]);
    }
}

/* It is in the schedule's next slot, where it stays unless it is lost. */
static void meet_fate(struct direction *direction, uint8_t *frame, size_t size)
{
    struct fate fate = {.flip_bit = -1};
    uint64_t left_ns = now_ns();
    bool is_spared = direction->spares_arp && finds_neighbours(frame, size);

    direction->counters.in++;
    if (!is_spared) {
        fate = fate_roll(&direction->chance, &direction->weather, size);
    }
    if (direction->weather.is_cut) {
        direction->counters.cut++;
    } else if (size > SCHEDULE_FRAME_MAX) {
        direction->counters.absent++;
    } else if (!is_spared &&
               !line_take(&direction->line, &direction->weather, size, left_ns, &left_ns)) {
        direction->counters.dropped++;
    } else if (fate.is_lost) {
        direction->counters.lost++;
    } else {
        let_pass(direction, frame, size, &fate, left_ns);
    }
}

bool direction_take(struct direction *direction)
{
    for (int i = 0; i < BATCH && direction_has_room(direction); i++) {
        uint8_t *slot = schedule_slot(&direction->schedule);
        long size = end_receive(direction->from, slot, SCHEDULE_FRAME_MAX + 1);
        if (size <= 0) {
            return size == 0;
        }
        meet_fate(direction, slot, (size_t)size);
    }
    return true;
}

/* What is on a cable when it is pulled is gone, too. */
static bool give_one(struct direction *direction)
{
    size_t size;
    const uint8_t *frame = schedule_peek(&direction->schedule, &size);
    enum end_sent sent =
        direction->weather.is_cut ? END_ABSENT : end_send(direction->to, frame, size);

    direction->is_blocked = sent == END_FULL;
    if (sent == END_FULL) {
        return false;
    }
    if (direction->weather.is_cut) {
        direction->counters.cut++;
    } else if (sent == END_SENT) {
        direction->counters.passed++;
    } else {
        direction->counters.absent++;
    }
    schedule_done(&direction->schedule);
    return true;
}

void direction_give(struct direction *direction)
{
    uint64_t until_ns = now_ns();

    while (schedule_next_ns(&direction->schedule) <= until_ns && give_one(direction)) {
    }
}

uint64_t direction_next_ns(const struct direction *direction)
{
    return direction->is_blocked ? UINT64_MAX : schedule_next_ns(&direction->schedule);
}

struct counters direction_counters(const struct direction *direction)
{
    struct counters counters = direction->counters;

    counters.waiting = direction->schedule.count;
    return counters;
}
