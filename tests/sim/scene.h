/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * A world that a test plays in: calm unless it says otherwise, with two applications that pull all
 * that happens. The checker watches; scene_end() lets all come to rest, and requires that no
 * promise was broken.
 */
#ifndef TESTS_SIM_SCENE_H
#define TESTS_SIM_SCENE_H

#include "world.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum {
    ALICE,
    BOB
};

extern struct world scene;

/** A plan for one link of that kind, which alice begins. */
void scene_plan(struct plan *plan, enum msgr_link_kind kind);
void scene_begin(const struct plan *plan);
/** Both, and let them find each other. */
void scene_talk(enum msgr_link_kind kind);
void scene_end(void);

void scene_run_ms(uint32_t ms);
/** @return the message's index among those of this node */
size_t scene_send(int node, size_t size, uint32_t deadline_ms);
void scene_send_many(int node, unsigned count, size_t size);
void scene_cancel(int node, size_t index);
enum fate scene_fate(int node, size_t index);
enum msgr_reason scene_reason(int node, size_t index);
/** How long its outcome took, in milliseconds. */
uint32_t scene_took_ms(int node, size_t index);
unsigned scene_count(int node, enum fate fate);
struct msgr_stats scene_stats(int node);
bool scene_is_up(int node);

/** Nothing that this node sends gets through, or it does again. */
void scene_block(int node, bool is_blocked);
/** The application asks for no events, or it does again. */
void scene_pause(int node, bool is_paused);
/** Power is gone for so long. */
void scene_restart(int node, uint32_t off_ms);
/** Alice's address changes, or the connection breaks. */
void scene_cut(int path);

#endif
