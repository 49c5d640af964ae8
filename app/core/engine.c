/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An engine in the caller's memory, in this order: struct msgr, peers, links, records of slots,
 * slots, and the buffer in which messages of several fragments are put together.
 */
#include "engine.h"

#include "name.h"
#include "peer.h"
#include "trace.h"

#include <string.h>

#define PEERS_DEFAULT 4
#define SPARE_SLOTS   1 /* for a lent message whose conversation has ended */

_Static_assert(sizeof(struct msgr) <= MSGR_ENGINE_SIZE, "MSGR_ENGINE_SIZE is too small");
_Static_assert(sizeof(struct msgr_peer) <= MSGR_PEER_SIZE, "MSGR_PEER_SIZE is too small");
_Static_assert(sizeof(struct msgr_link) <= MSGR_LINK_SIZE, "MSGR_LINK_SIZE is too small");
_Static_assert(sizeof(struct msgr_slot) + MSGR_FRAGMENT <= MSGR_SLOT_SIZE,
               "MSGR_SLOT_SIZE is too small");

/* What a configuration says, with its defaults, and what the memory is divided into. */
struct plan {
    size_t peers;
    size_t links;
    size_t message_max;
    size_t in_slots;  /* that each peer is guaranteed for what comes from it: one longest message */
    size_t out_slots; /* and for what goes to it */
    size_t slots;
    uint32_t heartbeat_ms;
};

static int check_ranges(const struct msgr_config *config)
{
    if (config->peers > MSGR_PEERS_MAX || config->message_max > MSGR_MESSAGE_MAX ||
        (config->heartbeat_ms != 0 &&
         (config->heartbeat_ms < 500 || config->heartbeat_ms > 60000))) {
        return MSGR_ERROR_RANGE;
    }
    if (config->name == NULL || !msgr_name_is_valid(config->name, strlen(config->name))) {
        return MSGR_ERROR_NAME;
    }
    if (config->identity == 0) {
        return MSGR_ERROR_IDENTITY;
    }
    return config->boot == 0 || config->random == NULL ? MSGR_ERROR_ENTROPY : 0;
}

/* Every peer can receive a longest message; each can be sent something, and one of them a longest
 * message, whatever the others have. */
static bool divide_slots(struct plan *plan)
{
    size_t in = plan->peers * plan->in_slots + SPARE_SLOTS;

    if (plan->slots < in + plan->peers + plan->in_slots - 1) {
        return false;
    }
    plan->out_slots = (plan->slots - in) / plan->peers;
    if (plan->out_slots >= plan->in_slots) {
        plan->out_slots = plan->in_slots;
    } else {
        plan->out_slots = (plan->slots - in - (plan->in_slots - 1)) / plan->peers;
    }
    return true;
}

static int make_plan(struct plan *plan, const struct msgr_config *config, size_t size)
{
    plan->peers = config->peers != 0 ? config->peers : PEERS_DEFAULT;
    plan->links = plan->peers * MSGR_LINKS_PER_PEER;
    plan->message_max = config->message_max != 0 ? config->message_max : MSGR_MESSAGE_MAX;
    plan->in_slots = msgr_outbox_slots(plan->message_max);
    plan->heartbeat_ms = config->heartbeat_ms != 0 ? config->heartbeat_ms : MSGR_HEARTBEAT_MS;

    size_t fixed = sizeof(struct msgr) + plan->peers * sizeof(struct msgr_peer) +
                   plan->links * sizeof(struct msgr_link) + plan->message_max;
    if (size < fixed) {
        return MSGR_ERROR_STORAGE;
    }
    plan->slots = (size - fixed) / (sizeof(struct msgr_slot) + MSGR_FRAGMENT);
    if (plan->slots >= MSGR_NO_SLOT) {
        plan->slots = MSGR_NO_SLOT - 1;
    }
    return divide_slots(plan) ? 0 : MSGR_ERROR_STORAGE;
}

static void divide_memory(struct msgr *m, const struct plan *plan)
{
    uint8_t *at = (uint8_t *)(m + 1);
    uint16_t slots = (uint16_t)plan->slots;

    m->peers = (struct msgr_peer *)(void *)at;
    at += plan->peers * sizeof(struct msgr_peer);
    m->links = (struct msgr_link *)(void *)at;
    at += plan->links * sizeof(struct msgr_link);
    struct msgr_slot *slot = (struct msgr_slot *)(void *)at;
    at += slots * sizeof(struct msgr_slot);
    msgr_pool_start(&m->pool, slot, at, slots);
    m->assembly = at + (size_t)slots * MSGR_FRAGMENT;
    m->pool.shared =
        (uint16_t)(slots - SPARE_SLOTS - plan->peers * (plan->in_slots + plan->out_slots));
    m->pool.shared_kept = (uint16_t)(plan->in_slots - plan->out_slots);
}

static void start_tables(struct msgr *m, const struct plan *plan)
{
    m->peer_count = (uint8_t)plan->peers;
    m->link_count = (uint8_t)plan->links;
    memset(m->peers, 0, plan->peers * sizeof(struct msgr_peer));
    memset(m->links, 0, plan->links * sizeof(struct msgr_link));
    for (unsigned i = 0; i < plan->peers; i++) {
        m->peers[i].outbox.quota.guaranteed = (uint16_t)plan->out_slots;
        m->peers[i].received.quota.guaranteed = (uint16_t)plan->in_slots;
    }
}

static void take_config(struct msgr *m, const struct msgr_config *config)
{
    memcpy(m->name, config->name, strlen(config->name));
    m->identity = config->identity;
    m->boot = config->boot;
    m->now_ms = config->now_ms;
    m->random = config->random;
    m->wake = config->wake;
    m->ctx = config->ctx;
    m->trace = config->trace;
    m->random(m->ctx, m->secret, sizeof m->secret);
    if (m->trace != NULL) {
        msgr_trace_start(m->trace);
    }
}

int msgr_open(struct msgr **m, void *memory, size_t size, const struct msgr_config *config)
{
    struct plan plan;
    int error = check_ranges(config);

    *m = NULL;
    if (error != 0) {
        return error;
    }
    error = (uintptr_t)memory % _Alignof(uint64_t) != 0 ? MSGR_ERROR_STORAGE
                                                        : make_plan(&plan, config, size);
    if (error != 0) {
        return error;
    }
    *m = memory;
    memset(*m, 0, sizeof **m);
    divide_memory(*m, &plan);
    start_tables(*m, &plan);
    take_config(*m, config);
    (*m)->message_max = (uint32_t)plan.message_max;
    (*m)->heartbeat_ms = plan.heartbeat_ms;
    (*m)->outcomes.first = MSGR_NO_SLOT;
    (*m)->lent_slot = MSGR_NO_SLOT;
    (*m)->lent_peer = MSGR_NO_PEER;
    (*m)->last.link = MSGR_NO_LINK;
    return 0;
}

void msgr_stats(const struct msgr *m, struct msgr_stats *stats)
{
    *stats = m->stats;
    stats->slots = m->pool.count;
    stats->slots_used = m->pool.used;
    stats->slots_high = m->pool.high;
    stats->slots_shared = m->pool.shared_used;
}
