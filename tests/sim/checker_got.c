/* SPDX-License-Identifier: BSD-3-Clause */
/* A message that comes: which is it, is it whole, may it come now? */
#include "checker_parts.h"

#include "payload.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct got *got_add(struct way *way)
{
    if (way->got_count == way->got_room) {
        way->got_room = way->got_room > 0 ? 2 * way->got_room : 64;
        way->got = realloc(way->got, way->got_room * sizeof *way->got);
        if (way->got == NULL) {
            abort();
        }
    }
    way->got[way->got_count] = (struct got){0};
    return &way->got[way->got_count++];
}

/* 1 + its index, or 0. They are sorted by life and number. */
static size_t find(const struct way *way, unsigned life, uint32_t number)
{
    size_t low = 0;
    size_t high = way->sent_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct sent *sent = &way->sent[middle];

        if (sent->life < life || (sent->life == life && sent->number < number)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < way->sent_count && way->sent[low].life == life && way->sent[low].number == number) {
        return low + 1;
    }
    return 0;
}

static void check_order(struct checker *checker, struct way *way, size_t index)
{
    const struct sent *sent = &way->sent[index - 1];

    if (sent->got != 0) {
        checker_violate(checker, RULE_AT_MOST_ONCE, "message %u.%" PRIu32 " came twice", sent->life,
                        sent->number);
    } else if (index < way->newest_got) {
        const struct sent *newest = &way->sent[way->newest_got - 1];

        checker_violate(checker, RULE_IN_ORDER, "message %u.%" PRIu32 " came after %u.%" PRIu32,
                        sent->life, sent->number, newest->life, newest->number);
    }
    if (sent->fate == FATE_NOT_DELIVERED) {
        checker_violate(checker, RULE_NOT_DELIVERED_LIES,
                        "message %u.%" PRIu32 " came, and its outcome was 'not delivered'",
                        sent->life, sent->number);
    }
}

void got_message(struct checker *checker, int node, const struct msgr_event *event)
{
    struct way *way = &checker->way[1 - node];
    struct got *got = got_add(way);
    struct payload_tag tag;

    got->size = event->size;
    got->sent_count = way->sent_count;
    if (!payload_read(event->data, event->size, &tag)) {
        if (event->size > 0) {
            memcpy(got->bytes, event->data, event->size);
        }
        return;
    }
    got->sent = tag.sender == 1 - node ? find(way, tag.life, tag.number) : 0;
    if (got->sent == 0 || way->sent[got->sent - 1].size != event->size ||
        !payload_is_right(event->data, event->size, &tag)) {
        checker_violate(checker, RULE_UNALTERED,
                        "node %d got %zu bytes that nobody sent: %u.%" PRIu32 " of node %d?", node,
                        event->size, tag.life, tag.number, tag.sender);
        got->sent = 0;
        return;
    }
    check_order(checker, way, got->sent);
    way->sent[got->sent - 1].got = way->got_count;
    way->newest_got = got->sent;
}
