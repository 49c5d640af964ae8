/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A ring in the order of sending. Outcomes come nearly in that order, so the search from the oldest
 * on is short.
 */
#include "flight.h"

#include "node.h"

static struct flight ring[FLIGHT_MAX];
static size_t oldest, count; /* places in use, some of which may be empty already */
static size_t under_way;

bool flight_is_full(void)
{
    return count == FLIGHT_MAX;
}

size_t flight_count(void)
{
    return under_way;
}

struct flight *flight_begin(int32_t message, uint32_t number)
{
    struct flight *flight = &ring[(oldest + count++) % FLIGHT_MAX];

    *flight = (struct flight){.message = message, .number = number, .since_us = node_now_us()};
    under_way++;
    return flight;
}

static struct flight *find(int32_t message)
{
    for (size_t i = 0; i < count; i++) {
        struct flight *flight = &ring[(oldest + i) % FLIGHT_MAX];
        if (flight->message == message) {
            return flight;
        }
    }
    return NULL;
}

bool flight_end(int32_t message, struct flight *flight)
{
    struct flight *found = find(message);

    if (found == NULL) {
        return false;
    }
    *flight = *found;
    found->message = 0;
    under_way--;
    while (count > 0 && ring[oldest].message == 0) {
        oldest = (oldest + 1) % FLIGHT_MAX;
        count--;
    }
    return true;
}

void flight_cancel(void)
{
    for (size_t i = 0; i < count; i++) {
        int32_t message = ring[(oldest + i) % FLIGHT_MAX].message;
        if (message != 0) {
            (void)msgr_sockets_cancel(node_net(), message);
        }
    }
}
