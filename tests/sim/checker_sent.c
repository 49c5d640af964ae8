/* SPDX-License-Identifier: BSD-3-Clause */
/* What was accepted, and what became of it. */
#include "checker_parts.h"

#include <inttypes.h>
#include <stdlib.h>

/* After a restart, what was accepted so soon after the first delivery may still fall to it. */
#define GRACE_US 10000000

static struct sent *sent_add(struct way *way)
{
    if (way->sent_count == way->sent_room) {
        way->sent_room = way->sent_room > 0 ? 2 * way->sent_room : 64;
        way->sent = realloc(way->sent, way->sent_room * sizeof *way->sent);
        if (way->sent == NULL) {
            abort();
        }
    }
    return &way->sent[way->sent_count++];
}

void sent_abandon(struct way *way)
{
    for (size_t i = way->first_pending; i < way->sent_count; i++) {
        if (way->sent[i].fate == FATE_PENDING) {
            way->sent[i].fate = FATE_ABANDONED;
        }
    }
    way->first_pending = way->sent_count;
}

static struct sent *find_pending(struct way *way, int32_t handle)
{
    for (size_t i = way->first_pending; i < way->sent_count; i++) {
        if (way->sent[i].handle == handle && way->sent[i].fate == FATE_PENDING) {
            return &way->sent[i];
        }
    }
    return NULL;
}

uint32_t checker_next_number(const struct checker *checker, int node)
{
    return checker->node[node].next_number;
}

static void check_refusal(struct checker *checker, int node, size_t size, int32_t result)
{
    struct checker_node *it = &checker->node[node];
    const struct checker_node *other = &checker->node[1 - node];
    bool is_too_long =
        size > it->life.message_max || (other->lives > 0 && size > other->life.message_max);

    if (result == MSGR_ERROR_FULL && size <= it->life.message_max) {
        it->was_full = true;
        if (checker->is_quiet && it->pending == 0) {
            checker_violate(checker, RULE_FULL_IS_BOUNDED,
                            "node %d: full, though nothing is waiting and all is quiet", node);
        }
    } else if (result != MSGR_ERROR_TOO_LONG || !is_too_long) {
        checker_violate(checker, RULE_SEND, "node %d: msgr_send() of %zu bytes gave %" PRId32, node,
                        size, result);
    }
}

void checker_sent(struct checker *checker, int node, int peer, size_t size, uint32_t deadline_ms,
                  int32_t result)
{
    struct checker_node *it = &checker->node[node];
    struct way *way = &checker->way[node];

    if (peer != it->peer) {
        checker_violate(checker, RULE_PEER, "node %d sent to %d, not %d", node, peer, it->peer);
    }
    if (result <= 0) {
        check_refusal(checker, node, size, result);
        return;
    }
    if (size > it->life.message_max || find_pending(way, result) != NULL) {
        checker_violate(checker, RULE_SEND, "node %d: msgr_send() of %zu bytes gave %" PRId32, node,
                        size, result);
    }
    it->accepted++;
    it->pending++;
    *sent_add(way) = (struct sent){
        .life = it->lives,
        .number = it->next_number++,
        .size = size,
        .handle = result,
        .accepted_ms = it->engine_ms,
        .deadline_ms = deadline_ms != 0 ? deadline_ms : MSGR_DEADLINE_MS,
        .accepted_us = checker->now_us,
    };
}

void checker_cancelled(struct checker *checker, int node, int32_t message, int result)
{
    struct sent *sent = find_pending(&checker->way[node], message);

    if (result == 0 && (sent == NULL || sent->was_cancelled)) {
        checker_violate(checker, RULE_CANCEL, "node %d cancelled %" PRId32 ", which is no more",
                        node, message);
    } else if (result == 0) {
        sent->was_cancelled = true;
    } else if (result != MSGR_ERROR_MESSAGE) {
        checker_violate(checker, RULE_CANCEL, "node %d: msgr_cancel() gave %d", node, result);
    }
}

static bool is_past_deadline(const struct sent *sent, uint32_t now_ms)
{
    return now_ms - sent->accepted_ms >= sent->deadline_ms;
}

/* Did a restart, or a node's replacement, come between? */
static bool has_conversation_ended(const struct checker *checker, const struct sent *sent)
{
    if (checker->restart_us == 0) {
        return false;
    }
    return checker->settled_us == 0 || sent->accepted_us < checker->settled_us + GRACE_US ||
           (checker->is_hostile &&
            (checker->node[0].life.repeats_random || checker->node[1].life.repeats_random));
}

static bool is_caused(const struct checker *checker, int node, const struct sent *sent,
                      enum msgr_reason reason)
{
    const struct checker_node *other = &checker->node[1 - node];

    switch (reason) {
    case MSGR_REASON_DEADLINE:
        return is_past_deadline(sent, checker->node[node].engine_ms);
    case MSGR_REASON_CANCELLED:
        return sent->was_cancelled;
    case MSGR_REASON_RESTARTED:
        return has_conversation_ended(checker, sent);
    case MSGR_REASON_REPLACED:
        return checker->was_renamed;
    case MSGR_REASON_TOO_LONG:
        return other->lives > 0 && sent->size > other->life.message_max;
    default:
        return false;
    }
}

static void check_cause(struct checker *checker, int node, const struct sent *sent)
{
    bool is_caused_so = is_caused(checker, node, sent, sent->reason);
    const char *reason = msgr_reason_text(sent->reason);

    if (sent->was_cancelled != (sent->reason == MSGR_REASON_CANCELLED)) {
        checker_violate(checker, RULE_CANCEL, "message %u.%" PRIu32 ": cancelled %d, reason '%s'",
                        sent->life, sent->number, sent->was_cancelled, reason);
    } else if (sent->fate == FATE_DELIVERED) {
        if (sent->reason != MSGR_REASON_NONE) {
            checker_violate(checker, RULE_REASON_FITS, "message %u.%" PRIu32 " delivered, '%s'",
                            sent->life, sent->number, reason);
        }
    } else if (!is_caused_so && sent->reason == MSGR_REASON_DEADLINE) {
        checker_violate(checker, RULE_OUTCOME_EARLY, "message %u.%" PRIu32 ": before its deadline",
                        sent->life, sent->number);
    } else if (!is_caused_so && sent->fate == FATE_UNKNOWN) {
        checker_violate(checker, RULE_UNKNOWN_NEEDS_REASON,
                        "message %u.%" PRIu32 " of node %d is unknown, '%s'", sent->life,
                        sent->number, node, reason);
    } else if (!is_caused_so ||
               (sent->fate == FATE_NOT_DELIVERED && sent->reason == MSGR_REASON_RESTARTED)) {
        checker_violate(checker, RULE_REASON_FITS, "message %u.%" PRIu32 " not delivered, '%s'",
                        sent->life, sent->number, reason);
    }
}

static void check_truth(struct checker *checker, int node, const struct sent *sent)
{
    const struct got *got = sent->got > 0 ? &checker->way[node].got[sent->got - 1] : NULL;
    bool can_be_told = sent->size >= 4;

    if (sent->fate == FATE_DELIVERED && can_be_told && (got == NULL || !got->is_taken)) {
        checker_violate(checker, RULE_DELIVERED_LIES,
                        "message %u.%" PRIu32 " of node %d is delivered, and was not %s",
                        sent->life, sent->number, node, got == NULL ? "got" : "taken");
    }
    if (sent->fate == FATE_NOT_DELIVERED && got != NULL) {
        checker_violate(checker, RULE_NOT_DELIVERED_LIES,
                        "message %u.%" PRIu32 " of node %d is not delivered, and was got",
                        sent->life, sent->number, node);
    }
}

static enum fate fate_of(enum msgr_outcome outcome)
{
    return outcome == MSGR_OUTCOME_DELIVERED       ? FATE_DELIVERED
           : outcome == MSGR_OUTCOME_NOT_DELIVERED ? FATE_NOT_DELIVERED
                                                   : FATE_UNKNOWN;
}

static void move_on(struct way *way)
{
    while (way->first_pending < way->sent_count &&
           way->sent[way->first_pending].fate != FATE_PENDING) {
        way->first_pending++;
    }
}

void sent_outcome(struct checker *checker, int node, const struct msgr_event *event)
{
    struct way *way = &checker->way[node];
    struct sent *sent = find_pending(way, event->message);

    if (sent == NULL || (unsigned)event->outcome > MSGR_OUTCOME_UNKNOWN) {
        checker_violate(checker, RULE_OUTCOME_ONCE, "node %d: outcome %d for message %" PRId32,
                        node, (int)event->outcome, event->message);
        return;
    }
    sent->fate = fate_of(event->outcome);
    sent->reason = event->reason;
    sent->outcome_us = checker->now_us;
    checker->node[node].outcomes[event->outcome]++;
    checker->node[node].pending--;
    move_on(way);
    check_cause(checker, node, sent);
    check_truth(checker, node, sent);
    if (sent->fate == FATE_DELIVERED && checker->settled_us == 0 &&
        sent->accepted_us >= checker->restart_us) {
        checker->settled_us = checker->now_us;
    }
}

/* The engine cannot know better than what it was told, unless it said itself when to call it. */
void sent_check_deadlines(struct checker *checker, int node)
{
    const struct checker_node *it = &checker->node[node];
    const struct way *way = &checker->way[node];
    uint32_t now_ms = it->life.is_punctual ? it->engine_ms : it->tick_ms;

    for (size_t i = way->first_pending; i < way->sent_count; i++) {
        const struct sent *sent = &way->sent[i];

        if (sent->fate == FATE_PENDING && now_ms - sent->accepted_ms < 0x80000000u &&
            is_past_deadline(sent, now_ms)) {
            checker_violate(checker, RULE_OUTCOME_LATE,
                            "message %u.%" PRIu32 " of node %d has no outcome at its deadline",
                            sent->life, sent->number, node);
        }
    }
}

void sent_check_none_pending(struct checker *checker, int node)
{
    const struct way *way = &checker->way[node];

    if (way->first_pending < way->sent_count) {
        const struct sent *sent = &way->sent[way->first_pending];

        checker_violate(checker, RULE_OUTCOME_MISSING,
                        "message %u.%" PRIu32 " of node %d has no outcome", sent->life,
                        sent->number, node);
    }
}

/* What came after the outcome was checked as it came; this is for the tests of the checker. */
void sent_check_lies(struct checker *checker, int node)
{
    const struct way *way = &checker->way[node];

    for (size_t i = 0; i < way->sent_count; i++) {
        if (way->sent[i].fate == FATE_DELIVERED || way->sent[i].fate == FATE_NOT_DELIVERED) {
            check_truth(checker, node, &way->sent[i]);
        }
    }
}
