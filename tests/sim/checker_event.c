/* SPDX-License-Identifier: BSD-3-Clause */
/* Events as they are pulled: their order, and what is lent with them. */
#include "checker_parts.h"

static uint32_t sum_of(const uint8_t *data, size_t size)
{
    uint32_t sum = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < size; i++) {
        sum = (sum ^ data[i]) * 16777619u;
    }
    return sum;
}

void checker_asks(struct checker *checker, int node)
{
    struct checker_node *it = &checker->node[node];
    struct got *got;

    if (it->holding == 0) {
        return;
    }
    got = &checker->way[1 - node].got[it->holding - 1];
    got->is_taken = true;
    got->taken_us = checker->now_us;
    if (sum_of(it->lent, it->lent_size) != it->lent_sum) {
        checker_violate(checker, RULE_LENT, "node %d: %zu bytes changed while they were lent", node,
                        it->lent_size);
    }
    it->holding = 0;
}

void checker_nothing(struct checker *checker, int node)
{
    sent_check_deadlines(checker, node);
}

static bool is_reason_to_be_down(enum msgr_reason reason)
{
    return reason == MSGR_REASON_RESTARTED || reason == MSGR_REASON_REPLACED ||
           reason == MSGR_REASON_SILENT || reason == MSGR_REASON_LINK ||
           reason == MSGR_REASON_PROTOCOL;
}

static void peer_went(struct checker *checker, int node, const struct msgr_event *event)
{
    struct checker_node *it = &checker->node[node];
    bool is_up = event->type == MSGR_EVENT_PEER_UP;

    if (it->is_up == is_up) {
        checker_violate(checker, RULE_UP_DOWN, "node %d: its peer is %s twice in a row", node,
                        is_up ? "up" : "down");
    }
    if (!is_up && !is_reason_to_be_down(event->reason)) {
        checker_violate(checker, RULE_UP_DOWN, "node %d: its peer is down because of '%s'", node,
                        msgr_reason_text(event->reason));
    }
    it->is_up = is_up;
}

static void message_came(struct checker *checker, int node, const struct msgr_event *event)
{
    struct checker_node *it = &checker->node[node];

    if (!it->is_up) {
        checker_violate(checker, RULE_PEER_IS_UP, "node %d: a message from a peer that is down",
                        node);
    }
    it->received++;
    it->lent = event->data;
    it->lent_size = event->size;
    it->lent_sum = sum_of(event->data, event->size);
    got_message(checker, node, event);
    it->holding = checker->way[1 - node].got_count;
}

void checker_event(struct checker *checker, int node, const struct msgr_event *event)
{
    struct checker_node *it = &checker->node[node];

    if (it->peer < 0 && event->type == MSGR_EVENT_PEER_UP) {
        it->peer = event->peer;
    }
    if (event->peer != it->peer) {
        checker_violate(checker, RULE_PEER, "node %d: an event about peer %d, not %d", node,
                        event->peer, it->peer);
    }
    switch (event->type) {
    case MSGR_EVENT_PEER_UP:
    case MSGR_EVENT_PEER_DOWN:
        peer_went(checker, node, event);
        break;
    case MSGR_EVENT_MESSAGE:
        message_came(checker, node, event);
        break;
    case MSGR_EVENT_OUTCOME:
        sent_outcome(checker, node, event);
        break;
    case MSGR_EVENT_WRITABLE:
        if (!it->was_full) {
            checker_violate(checker, RULE_FULL_IS_BOUNDED,
                            "node %d: writable, though it was not full", node);
        }
        it->was_full = false;
        break;
    default:
        checker_violate(checker, RULE_PEER, "node %d: event %d", node, (int)event->type);
    }
}
