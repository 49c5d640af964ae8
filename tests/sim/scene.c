/* SPDX-License-Identifier: BSD-3-Clause */
#include "scene.h"

#define FOREVER_US (UINT64_MAX / 2)

struct world scene;

void scene_plan(struct plan *plan, enum msgr_link_kind kind)
{
    plan_calm(plan, 0);
    plan->path[0].kind = kind;
    plan->steps_max = 10000000;
}

void scene_begin(const struct plan *plan)
{
    world_init(&scene, plan);
}

void scene_talk(enum msgr_link_kind kind)
{
    struct plan plan;

    scene_plan(&plan, kind);
    scene_begin(&plan);
    scene_run_ms(500);
    assert_true(scene_is_up(ALICE));
    assert_true(scene_is_up(BOB));
}

static void require_right(void)
{
    if (!world_is_right(&scene)) {
        fail_msg("%s: %s", rule_name(scene.checker.violated), scene.checker.what);
    }
}

void scene_end(void)
{
    world_settle(&scene);
    require_right();
    world_free(&scene);
}

void scene_run_ms(uint32_t ms)
{
    world_run(&scene, scene.now_us + (uint64_t)ms * 1000);
    require_right();
}

size_t scene_send(int node, size_t size, uint32_t deadline_ms)
{
    size_t index = scene.checker.way[node].sent_count;

    call_tick(&scene, node);
    assert_true(call_send(&scene, node, size, deadline_ms) > 0);
    node_turn(&scene, node);
    require_right();
    return index;
}

void scene_send_many(int node, unsigned count, size_t size)
{
    while (count-- > 0) {
        scene_send(node, size, 0);
        scene_run_ms(5);
    }
}

static const struct sent *sent_of(int node, size_t index)
{
    assert_true(index < scene.checker.way[node].sent_count);
    return &scene.checker.way[node].sent[index];
}

void scene_cancel(int node, size_t index)
{
    call_tick(&scene, node);
    assert_int_equal(call_cancel(&scene, node, sent_of(node, index)->handle), 0);
    node_turn(&scene, node);
}

enum fate scene_fate(int node, size_t index)
{
    return sent_of(node, index)->fate;
}

enum msgr_reason scene_reason(int node, size_t index)
{
    return sent_of(node, index)->reason;
}

uint32_t scene_took_ms(int node, size_t index)
{
    const struct sent *sent = sent_of(node, index);

    return (uint32_t)((sent->outcome_us - sent->accepted_us) / 1000);
}

unsigned scene_count(int node, enum fate fate)
{
    unsigned count = 0;

    for (size_t i = 0; i < scene.checker.way[node].sent_count; i++) {
        count += scene_fate(node, i) == fate ? 1 : 0;
    }
    return count;
}

struct msgr_stats scene_stats(int node)
{
    struct msgr_stats stats;

    msgr_stats(scene.node[node].engine, &stats);
    return stats;
}

bool scene_is_up(int node)
{
    return scene.checker.node[node].is_up;
}

void scene_block(int node, bool is_blocked)
{
    for (unsigned i = 0; i < scene.plan.paths; i++) {
        scene.path[i].blocked_until_us[node] = is_blocked ? FOREVER_US : 0;
    }
}

void scene_pause(int node, bool is_paused)
{
    scene.node[node].app.paused_until_us = is_paused ? FOREVER_US : 0;
    node_plan_turn(&scene, node, scene.now_us);
}

void scene_restart(int node, uint32_t off_ms)
{
    node_stop(&scene, node);
    queue_add(&scene.queue, (struct job){.at_us = scene.now_us + (uint64_t)off_ms * 1000,
                                         .kind = JOB_BOOT,
                                         .node = node});
}

void scene_cut(int path)
{
    if (scene.plan.path[path].kind == MSGR_LINK_STREAM) {
        stream_break(&scene, path);
        return;
    }
    scene.path[path].port[ALICE]++;
    datagram_cut(&scene, ALICE, path);
}
