/* SPDX-License-Identifier: BSD-3-Clause */
#include "weather.h"

#include "stack.h"

#include "tests/sim/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define UNDER_WAY_MAX 512

struct under_way {
    bool is_used;
    bool is_inward;
    uint32_t due_ms;
    uint32_t order;
    struct packet packet;
};

static struct weather current;
static struct dice dice;
static bool is_on;
static struct under_way places[UNDER_WAY_MAX];
static uint32_t orders;

void weather_begin(const struct weather *weather)
{
    current = *weather;
    dice.state = weather->seed;
    is_on = true;
}

void weather_end(void)
{
    is_on = false;
    for (size_t i = 0; i < UNDER_WAY_MAX; i++) {
        places[i].is_used = false;
    }
}

static struct under_way *free_place(void)
{
    for (size_t i = 0; i < UNDER_WAY_MAX; i++) {
        if (!places[i].is_used) {
            return &places[i];
        }
    }
    fail_msg("too many packets are under way");
    return NULL;
}

static void keep(bool is_inward, const void *bytes, size_t size, uint32_t now_ms)
{
    struct under_way *place = free_place();

    assert_true(size <= PACKET_MAX);
    place->is_used = true;
    place->is_inward = is_inward;
    place->due_ms = now_ms + dice_between(&dice, current.least, current.most);
    place->order = orders++;
    place->packet.size = size;
    memcpy(place->packet.bytes, bytes, size);
}

bool weather_takes(bool is_inward, const void *bytes, size_t size, uint32_t now_ms)
{
    if (!is_on) {
        return false;
    }
    if (!dice_chance(&dice, current.loss)) {
        keep(is_inward, bytes, size, now_ms);
        if (dice_chance(&dice, current.twice)) {
            keep(is_inward, bytes, size, now_ms);
        }
    }
    return true;
}

static bool is_earlier(const struct under_way *a, const struct under_way *b)
{
    return a->due_ms != b->due_ms ? (int32_t)(a->due_ms - b->due_ms) < 0 : a->order < b->order;
}

const struct packet *weather_next(uint32_t now_ms, bool *is_inward)
{
    static struct packet packet;
    struct under_way *first = NULL;

    for (size_t i = 0; is_on && i < UNDER_WAY_MAX; i++) {
        struct under_way *place = &places[i];
        if (place->is_used && (int32_t)(now_ms - place->due_ms) >= 0 &&
            (first == NULL || is_earlier(place, first))) {
            first = place;
        }
    }
    if (first == NULL) {
        return NULL;
    }
    first->is_used = false;
    *is_inward = first->is_inward;
    packet = first->packet;
    return &packet;
}
