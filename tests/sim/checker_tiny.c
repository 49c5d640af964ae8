/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages too short to say which they are. Between two that are known, what came must be some of
 * what was sent, in that order: all that are delivered, none that are not delivered, and any of the
 * others. may[j]: the first j of those sent can explain all that came up to here.
 */
#include "checker_parts.h"

#include "payload.h"

#include <stdlib.h>
#include <string.h>

static bool fits(const struct sent *sent, size_t index, int sender, const struct got *got)
{
    struct payload_tag tag = {sender, sent->life, sent->number};
    uint8_t bytes[PAYLOAD_TAGGED];

    if (sent->size != got->size || index >= got->sent_count || sent->fate == FATE_NOT_DELIVERED) {
        return false;
    }
    if (sent->fate == FATE_DELIVERED && (!got->is_taken || got->taken_us > sent->outcome_us)) {
        return false;
    }
    payload_fill(bytes, got->size, &tag);
    return got->size == 0 || memcmp(bytes, got->bytes, got->size) == 0;
}

static bool may_be_missing(const struct sent *sent)
{
    return sent->fate != FATE_DELIVERED;
}

struct stretch {
    const struct way *way;
    int sender;
    size_t sent_from;
    size_t sent_to;
    size_t got_from;
    size_t got_to;
};

/* What is left out may be passed over for nothing. */
static void pass_over(const struct stretch *it, bool *may)
{
    for (size_t i = it->sent_from; i < it->sent_to; i++) {
        size_t j = i - it->sent_from;

        if (may[j] && may_be_missing(&it->way->sent[i])) {
            may[j + 1] = true;
        }
    }
}

static bool explains(const struct stretch *it)
{
    size_t count = it->sent_to - it->sent_from;
    bool *may = calloc(count + 1, sizeof *may);
    bool result;

    if (may == NULL) {
        abort();
    }
    may[0] = true;
    pass_over(it, may);
    for (size_t k = it->got_from; k < it->got_to; k++) {
        for (size_t j = count; j > 0; j--) {
            size_t i = it->sent_from + j - 1;

            may[j] = may[j - 1] && fits(&it->way->sent[i], i, it->sender, &it->way->got[k]);
        }
        may[0] = false;
        pass_over(it, may);
    }
    result = may[count];
    free(may);
    return result;
}

static void check_stretch(struct checker *checker, const struct stretch *it)
{
    if (it->sent_from <= it->sent_to && !explains(it)) {
        checker_violate(checker, RULE_TINY_IN_ORDER,
                        "node %d sent messages %zu to %zu, of which came %zu to %zu: not possible",
                        it->sender, it->sent_from, it->sent_to, it->got_from, it->got_to);
    }
}

void tiny_check(struct checker *checker, int sender)
{
    const struct way *way = &checker->way[sender];
    struct stretch it = {way, sender, 0, 0, 0, 0};

    for (size_t k = 0; k < way->got_count; k++) {
        if (way->got[k].sent == 0) {
            continue;
        }
        it.sent_to = way->got[k].sent - 1;
        it.got_to = k;
        check_stretch(checker, &it);
        it.sent_from = way->got[k].sent;
        it.got_from = k + 1;
    }
    it.sent_to = way->sent_count;
    it.got_to = way->got_count;
    check_stretch(checker, &it);
}
