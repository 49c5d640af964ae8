/* SPDX-License-Identifier: BSD-3-Clause */
/* Lives, time and peers. Messages are in checker_sent.c and checker_got.c. */
#include "checker_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const names[RULES] = {
    [RULE_NONE] = "nothing",
    [RULE_OUTCOME_ONCE] = "exactly one outcome",
    [RULE_OUTCOME_MISSING] = "no message without an outcome",
    [RULE_OUTCOME_LATE] = "no outcome later than the deadline",
    [RULE_OUTCOME_EARLY] = "no outcome for a deadline before it",
    [RULE_DELIVERED_LIES] = "'delivered' never lies",
    [RULE_NOT_DELIVERED_LIES] = "'not delivered' never lies",
    [RULE_UNKNOWN_NEEDS_REASON] = "'unknown' needs a cause",
    [RULE_REASON_FITS] = "outcome and reason fit",
    [RULE_CANCEL] = "cancellation and outcome fit",
    [RULE_AT_MOST_ONCE] = "at most once",
    [RULE_UNALTERED] = "whole and unaltered",
    [RULE_IN_ORDER] = "in the order sent",
    [RULE_TINY_IN_ORDER] = "short messages in the order sent",
    [RULE_LENT] = "lent payload stays as it is",
    [RULE_NOTICED] = "restart, silence and return are noticed",
    [RULE_UP_DOWN] = "up and down take turns",
    [RULE_PEER_IS_UP] = "messages come from peers that are up",
    [RULE_PEER] = "events are about known peers",
    [RULE_FULL_IS_BOUNDED] = "full passes",
    [RULE_SEND] = "msgr_send() answers as its header says",
    [RULE_POOL_IS_EMPTY] = "the pool is empty when all is quiet",
    [RULE_GUARD] = "memory around the engine is not touched",
    [RULE_STATS] = "counters are right",
    [RULE_TRANSPORT] = "the transport's contract",
};

const char *rule_name(enum rule rule)
{
    return names[rule];
}

void checker_violate(struct checker *checker, enum rule rule, const char *format, ...)
{
    va_list arguments;

    if (checker->violated != RULE_NONE) {
        return;
    }
    checker->violated = rule;
    va_start(arguments, format);
    vsnprintf(checker->what, sizeof checker->what, format, arguments);
    va_end(arguments);
}

void checker_init(struct checker *checker)
{
    *checker = (struct checker){0};
    checker->node[0].peer = -1;
    checker->node[1].peer = -1;
}

void checker_free(struct checker *checker)
{
    for (int i = 0; i < 2; i++) {
        free(checker->way[i].sent);
        free(checker->way[i].got);
    }
    checker_init(checker);
}

void checker_open(struct checker *checker, int node, const struct checker_life *life)
{
    struct checker_node *it = &checker->node[node];
    unsigned lives = it->lives;

    if (lives > 0) {
        checker->restart_us = checker->now_us;
        checker->settled_us = 0;
        checker->was_renamed |= it->life.identity != life->identity;
        sent_abandon(&checker->way[node]);
    }
    *it = (struct checker_node){.life = *life, .lives = lives + 1, .peer = -1};
    it->engine_ms = it->tick_ms = life->engine_ms;
}

void checker_time(struct checker *checker, int node, uint32_t engine_ms, bool is_tick)
{
    struct checker_node *it = &checker->node[node];

    it->engine_ms = engine_ms;
    if (is_tick) {
        it->tick_ms = engine_ms;
    }
}

/* There is one other node, so all handles must be the same. */
void checker_peer(struct checker *checker, int node, int result)
{
    struct checker_node *it = &checker->node[node];

    if (result < 0 || (it->peer >= 0 && it->peer != result)) {
        checker_violate(checker, RULE_PEER, "node %d: msgr_peer() gave %d, and %d before", node,
                        result, it->peer);
    }
    it->peer = result;
}

static void check_counter(struct checker *checker, int node, const char *name, uint32_t counted,
                          uint32_t least, uint32_t most)
{
    if (counted < least || counted > most) {
        checker_violate(checker, RULE_STATS,
                        "node %d: %s is %" PRIu32 ", and should be %" PRIu32 " to %" PRIu32, node,
                        name, counted, least, most);
    }
}

/* Outcomes may be counted before they are pulled, or when they are. */
void checker_stats(struct checker *checker, int node, const struct msgr_stats *stats)
{
    const struct checker_node *it = &checker->node[node];
    const uint32_t *pulled = it->outcomes;
    uint32_t waiting = it->pending;

    check_counter(checker, node, "sent", stats->sent, it->accepted, it->accepted);
    check_counter(checker, node, "received", stats->received, it->received, it->received);
    check_counter(checker, node, "delivered", stats->delivered, pulled[0], pulled[0] + waiting);
    check_counter(checker, node, "not_delivered", stats->not_delivered, pulled[1],
                  pulled[1] + waiting);
    check_counter(checker, node, "unknown", stats->unknown, pulled[2], pulled[2] + waiting);
    check_counter(checker, node, "slots_used", stats->slots_used, 0, stats->slots);
    check_counter(checker, node, "slots_high", stats->slots_high, stats->slots_used, stats->slots);
}

void checker_bytes(struct checker *checker, int node, const char *what, size_t size, size_t most)
{
    if (size > most) {
        checker_violate(checker, RULE_TRANSPORT, "node %d: %zu bytes %s, at most %zu are right",
                        node, size, what, most);
    }
}

void checker_quiet(struct checker *checker, int node, const struct msgr_stats *stats)
{
    const struct checker_node *it = &checker->node[node];

    checker_stats(checker, node, stats);
    sent_check_none_pending(checker, node);
    if (!it->is_up) {
        checker_violate(checker, RULE_NOTICED, "node %d: its peer is not up", node);
    }
    if (it->was_full) {
        checker_violate(checker, RULE_FULL_IS_BOUNDED,
                        "node %d: it was full, and never writable again", node);
    }
    if (stats->slots_used != 0) {
        checker_violate(checker, RULE_POOL_IS_EMPTY, "node %d: %u of %u slots are in use", node,
                        stats->slots_used, stats->slots);
    }
}

void checker_finish(struct checker *checker)
{
    for (int sender = 0; sender < 2; sender++) {
        sent_check_lies(checker, sender);
        tiny_check(checker, sender);
    }
}
