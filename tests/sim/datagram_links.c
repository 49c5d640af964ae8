/* SPDX-License-Identifier: BSD-3-Clause */
/* A node's UDP transport: which link an address pair belongs to. */
#include "world.h"

#include <string.h>

static struct datagram_link *find(struct node *node, uint32_t own, uint32_t other)
{
    for (int i = 0; i < DATAGRAM_LINKS; i++) {
        struct datagram_link *it = &node->datagram[i];

        if (it->is_used && it->own == own && it->other == other) {
            return it;
        }
    }
    return NULL;
}

static struct datagram_link *find_link(struct node *node, int link)
{
    for (int i = 0; i < DATAGRAM_LINKS; i++) {
        if (node->datagram[i].is_used && node->datagram[i].link == link) {
            return &node->datagram[i];
        }
    }
    return NULL;
}

static struct datagram_link *add(struct world *world, int node, const struct datagram_link *link)
{
    struct node *it = &world->node[node];

    if (find_link(it, link->link) != NULL) {
        checker_violate(&world->checker, RULE_TRANSPORT, "node %d: link %d was given twice", node,
                        link->link);
    }
    for (int i = 0; i < DATAGRAM_LINKS; i++) {
        if (!it->datagram[i].is_used) {
            it->datagram[i] = *link;
            it->datagram[i].is_used = true;
            return &it->datagram[i];
        }
    }
    checker_violate(&world->checker, RULE_TRANSPORT, "node %d: more links than it asked for", node);
    return NULL;
}

static void retry_later(struct world *world, int node, int path)
{
    uint64_t back_off_us = (uint64_t)100000
                           << (world->path[path].tries < 4 ? world->path[path].tries++ : 4);

    queue_add(&world->queue,
              (struct job){.at_us = world->now_us + back_off_us + dice_below(&world->dice, 50000),
                           .kind = JOB_CONNECT,
                           .node = node,
                           .path = path,
                           .serial = world->node[node].life});
}

void datagram_connect(struct world *world, int node, int path)
{
    bool is_both = world->plan.path[path].initiator == PLAN_BOTH;
    uint32_t port = is_both ? 0 : world->path[path].port[node];
    uint32_t own = address_of(node, path, port);
    uint32_t other = address_of(1 - node, path, 0);
    const struct datagram_link *there = find(&world->node[node], own, other);
    int link;

    if (there != NULL) {
        if (!there->is_initiated) { /* the other end's: when it goes, nobody else connects */
            retry_later(world, node, path);
        }
        return;
    }
    link = call_connect(world, node, MSGR_LINK_DATAGRAM);
    if (link < 0) {
        retry_later(world, node, path);
        return;
    }
    world->path[path].tries = 0;
    add(world, node, &(struct datagram_link){true, true, path, link, own, other});
}

static bool is_framed(const struct job *job)
{
    return job->size >= 3 && memcmp(job->bytes, "\xF9MG", 3) == 0;
}

static void stranger_comes(struct world *world, int node, const struct job *job)
{
    uint8_t answer[MSGR_ANSWER_MAX];
    size_t answer_size = 0;
    int path = address_path(job->to);
    int link = call_stranger(world, node, job, answer, &answer_size);

    if (answer_size > 0 && answer_size <= sizeof answer && world_is_right(world)) {
        network_send(world, node, path, job->to, job->from, answer, answer_size);
    }
    if (link >= 0) {
        add(world, node, &(struct datagram_link){true, false, path, link, job->to, job->from});
    }
}

void datagram_arrives(struct world *world, const struct job *job)
{
    int node = address_node(job->to);
    struct node *it = &world->node[node];
    uint32_t port = job->to & 0xFFFFFF;
    struct datagram_link *link;

    if (!it->is_on || (port != 0 && port != world->path[job->path].port[node])) {
        trace(world, node, "network: nobody is there");
        return;
    }
    link = find(it, job->to, job->from);
    if (link != NULL) {
        if (call_input(world, node, link->link, job->bytes, job->size) != job->size) {
            checker_violate(&world->checker, RULE_TRANSPORT, "a datagram was used in part");
        }
    } else if (is_framed(job)) {
        stranger_comes(world, node, job);
    }
    node_turn(world, node);
}

bool datagram_transmit(struct world *world, int node, int number)
{
    struct datagram_link *link = find_link(&world->node[node], number);
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size;

    if (link == NULL) {
        return false;
    }
    for (int i = 0; !world->is_mute[node] &&
                    (size = call_output(world, node, number, data, sizeof data, true)) > 0;
         i++) {
        if (!world->is_calm && dice_chance(&world->dice, world->plan.unsent)) {
            call_unsent(world, node, number);
            node_plan_turn(world, node, world->now_us + dice_below(&world->dice, 10000));
            break;
        }
        if (i > 1000) {
            checker_violate(&world->checker, RULE_TRANSPORT, "output without end");
            break;
        }
        network_send(world, node, link->path, link->own, link->other, data, size);
    }
    return true;
}

static void close_link(struct world *world, int node, struct datagram_link *link)
{
    call_down(world, node, link->link);
    link->is_used = false;
    if (link->is_initiated) {
        retry_later(world, node, link->path);
    }
}

void datagram_reap(struct world *world, int node)
{
    for (int i = 0; i < DATAGRAM_LINKS; i++) {
        struct datagram_link *link = &world->node[node].datagram[i];

        if (link->is_used && msgr_link_is_over(world->node[node].engine, link->link)) {
            close_link(world, node, link);
        }
    }
}

void datagram_cut(struct world *world, int node, int path)
{
    for (int i = 0; i < DATAGRAM_LINKS; i++) {
        struct datagram_link *link = &world->node[node].datagram[i];

        if (link->is_used && link->path == path) {
            close_link(world, node, link);
        }
    }
}
