/* SPDX-License-Identifier: BSD-3-Clause */
/* For each rule a history that breaks it, told to the checker: it must say so. */
#include "payload.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

enum {
    ALICE,
    BOB
};

#define PEER 16

static struct checker c;
static uint8_t data[MSGR_MESSAGE_MAX];
static size_t next_got[2]; /* of each sender */

static void begin_life(int node, uint64_t identity)
{
    struct checker_life life = {
        .name = "", .identity = identity, .message_max = 100, .is_punctual = true};

    checker_open(&c, node, &life);
    checker_peer(&c, node, PEER);
}

static void tell(int node, struct msgr_event event)
{
    checker_asks(&c, node);
    event.peer = event.peer != 0 ? event.peer : PEER;
    checker_event(&c, node, &event);
}

static void up(int node)
{
    tell(node, (struct msgr_event){.type = MSGR_EVENT_PEER_UP});
}

static void begin(void)
{
    checker_free(&c);
    next_got[ALICE] = next_got[BOB] = 0;
    begin_life(ALICE, 1);
    begin_life(BOB, 2);
    up(ALICE);
    up(BOB);
}

/* Alice's message with that handle. */
static void send(size_t size, int32_t handle)
{
    checker_sent(&c, ALICE, PEER, size, 1000, handle);
}

static void get_number(size_t size, unsigned life, uint32_t number)
{
    struct payload_tag tag = {ALICE, life, number};

    payload_fill(data, size, &tag);
    tell(BOB, (struct msgr_event){.type = MSGR_EVENT_MESSAGE, .data = data, .size = size});
}

/* Bob gets alice's next one, and asks for more. */
static void get(size_t size)
{
    get_number(size, 1, (uint32_t)next_got[ALICE]++);
    checker_asks(&c, BOB);
}

static void outcome(int32_t handle, enum msgr_outcome outcome, enum msgr_reason reason)
{
    tell(ALICE,
         (struct msgr_event){
             .type = MSGR_EVENT_OUTCOME, .message = handle, .outcome = outcome, .reason = reason});
}

static void delivered(int32_t handle)
{
    outcome(handle, MSGR_OUTCOME_DELIVERED, MSGR_REASON_NONE);
}

static void wait_ms(uint32_t ms)
{
    c.now_us += (uint64_t)ms * 1000;
    for (int node = 0; node < 2; node++) {
        checker_time(&c, node, c.node[node].engine_ms + ms, true);
    }
}

static void quiet(uint16_t slots_used)
{
    struct msgr_stats stats = {.slots = 10, .slots_high = 10, .slots_used = slots_used};

    stats.sent = c.node[ALICE].accepted;
    stats.delivered = c.node[ALICE].outcomes[0];
    stats.not_delivered = c.node[ALICE].outcomes[1];
    stats.unknown = c.node[ALICE].outcomes[2];
    checker_quiet(&c, ALICE, &stats);
}

static void all_is_right(void)
{
    send(10, 1);
    send(2, 2);
    send(20, 3);
    send(30, 4);
    get(10);
    get(2);
    get(20);
    delivered(1);
    delivered(2);
    delivered(3);
    wait_ms(1000);
    outcome(4, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_DEADLINE);
    checker_nothing(&c, ALICE);
    quiet(0);
}

static void outcome_comes_twice(void)
{
    send(10, 1);
    get(10);
    delivered(1);
    delivered(1);
}

static void outcome_never_comes(void)
{
    send(10, 1);
    quiet(0);
}

static void outcome_comes_too_late(void)
{
    send(10, 1);
    wait_ms(1000);
    checker_nothing(&c, ALICE);
}

static void deadline_comes_too_early(void)
{
    send(10, 1);
    wait_ms(999);
    outcome(1, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_DEADLINE);
}

static void delivered_before_it_was_taken(void)
{
    send(10, 1);
    get_number(10, 1, 0);
    delivered(1);
}

static void not_delivered_and_it_came(void)
{
    send(10, 1);
    wait_ms(1000);
    outcome(1, MSGR_OUTCOME_NOT_DELIVERED, MSGR_REASON_DEADLINE);
    get(10);
}

static void unknown_without_a_cause(void)
{
    send(10, 1);
    outcome(1, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_RESTARTED);
}

static void delivered_with_a_reason(void)
{
    send(10, 1);
    get(10);
    outcome(1, MSGR_OUTCOME_DELIVERED, MSGR_REASON_RESTARTED);
}

static void cancelled_and_it_says_otherwise(void)
{
    send(10, 1);
    checker_cancelled(&c, ALICE, 1, 0);
    wait_ms(1000);
    outcome(1, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_DEADLINE);
}

static void message_comes_twice(void)
{
    send(10, 1);
    get(10);
    get_number(10, 1, 0);
}

static void message_is_changed(void)
{
    send(10, 1);
    memset(data, 7, sizeof data);
    tell(BOB, (struct msgr_event){.type = MSGR_EVENT_MESSAGE, .data = data, .size = 10});
}

static void earlier_life_comes_later(void)
{
    send(10, 1);
    begin_life(ALICE, 1);
    up(ALICE);
    send(10, 1);
    get_number(10, 2, 0);
    checker_asks(&c, BOB);
    get_number(10, 1, 0);
}

static void short_message_did_not_come(void)
{
    send(10, 1);
    send(1, 2);
    send(10, 3);
    get(10);
    get_number(10, 1, 2);
    checker_asks(&c, BOB);
    delivered(2);
    checker_finish(&c);
}

static void lent_payload_changes(void)
{
    send(10, 1);
    get_number(10, 1, 0);
    data[9] ^= 1;
    checker_asks(&c, BOB);
}

static void peer_stays_away(void)
{
    tell(ALICE, (struct msgr_event){.type = MSGR_EVENT_PEER_DOWN, .reason = MSGR_REASON_SILENT});
    quiet(0);
}

static void up_after_up(void)
{
    up(ALICE);
}

static void message_while_down(void)
{
    send(10, 1);
    tell(BOB, (struct msgr_event){.type = MSGR_EVENT_PEER_DOWN, .reason = MSGR_REASON_LINK});
    get(10);
}

static void event_about_nobody(void)
{
    tell(ALICE, (struct msgr_event){.type = MSGR_EVENT_WRITABLE, .peer = 99});
}

static void never_writable_again(void)
{
    send(10, MSGR_ERROR_FULL);
    quiet(0);
}

static void refused_without_a_reason(void)
{
    send(10, MSGR_ERROR_TOO_LONG);
}

static void slots_stay_in_use(void)
{
    quiet(1);
}

static void counters_are_wrong(void)
{
    struct msgr_stats stats = {.sent = 1, .slots = 10};

    checker_stats(&c, ALICE, &stats);
}

static void more_bytes_than_room(void)
{
    checker_bytes(&c, ALICE, "written", 11, 10);
}

/* The world's own part: somebody writes behind the engine's memory. */
static void guard_is_overwritten(void)
{
    static struct world world;
    struct plan plan;

    plan_calm(&plan, 0);
    world_init(&world, &plan);
    world_run(&world, 1000);
    node_memory(&world.node[0])[world.node[0].memory_size] ^= 1;
    world_check_guards(&world);
    c.violated = world.checker.violated;
    world_free(&world);
}

static const struct {
    void (*tell)(void);
    const char *name;
    enum rule rule;
} histories[] = {
#define HISTORY(name, rule)                                                                        \
    {                                                                                              \
        name, #name, rule                                                                          \
    }
    HISTORY(all_is_right, RULE_NONE),
    HISTORY(outcome_comes_twice, RULE_OUTCOME_ONCE),
    HISTORY(outcome_never_comes, RULE_OUTCOME_MISSING),
    HISTORY(outcome_comes_too_late, RULE_OUTCOME_LATE),
    HISTORY(deadline_comes_too_early, RULE_OUTCOME_EARLY),
    HISTORY(delivered_before_it_was_taken, RULE_DELIVERED_LIES),
    HISTORY(not_delivered_and_it_came, RULE_NOT_DELIVERED_LIES),
    HISTORY(unknown_without_a_cause, RULE_UNKNOWN_NEEDS_REASON),
    HISTORY(delivered_with_a_reason, RULE_REASON_FITS),
    HISTORY(cancelled_and_it_says_otherwise, RULE_CANCEL),
    HISTORY(message_comes_twice, RULE_AT_MOST_ONCE),
    HISTORY(message_is_changed, RULE_UNALTERED),
    HISTORY(earlier_life_comes_later, RULE_IN_ORDER),
    HISTORY(short_message_did_not_come, RULE_TINY_IN_ORDER),
    HISTORY(lent_payload_changes, RULE_LENT),
    HISTORY(peer_stays_away, RULE_NOTICED),
    HISTORY(up_after_up, RULE_UP_DOWN),
    HISTORY(message_while_down, RULE_PEER_IS_UP),
    HISTORY(event_about_nobody, RULE_PEER),
    HISTORY(never_writable_again, RULE_FULL_IS_BOUNDED),
    HISTORY(refused_without_a_reason, RULE_SEND),
    HISTORY(slots_stay_in_use, RULE_POOL_IS_EMPTY),
    HISTORY(counters_are_wrong, RULE_STATS),
    HISTORY(more_bytes_than_room, RULE_TRANSPORT),
    HISTORY(guard_is_overwritten, RULE_GUARD),
};

int main(void)
{
    bool is_provoked[RULES] = {false};
    int failures = 0;

    checker_init(&c);
    for (size_t i = 0; i < sizeof histories / sizeof *histories; i++) {
        begin();
        histories[i].tell();
        is_provoked[histories[i].rule] = true;
        if (c.violated != histories[i].rule) {
            printf("%s: found '%s', not '%s' (%s)\n", histories[i].name, rule_name(c.violated),
                   rule_name(histories[i].rule), c.what);
            failures++;
        }
    }
    for (int rule = 0; rule < RULES; rule++) {
        if (!is_provoked[rule]) {
            printf("no history breaks '%s'\n", rule_name((enum rule)rule));
            failures++;
        }
    }
    checker_free(&c);
    return failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
