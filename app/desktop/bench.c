/* SPDX-License-Identifier: BSD-3-Clause */
#include "commands.h"

#include "contact.h"
#include "flight.h"
#include "json.h"
#include "node.h"
#include "output.h"
#include "progress.h"
#include "samples.h"
#include "status.h"

#include <stdio.h>
#include <string.h>

#define COUNT 10000

static struct {
    const struct options *options;
    int peer;
    uint32_t count, sent;
    uint32_t deadline_ms;
    uint32_t outcomes[MSGR_OUTCOME_UNKNOWN + 1];
    uint64_t since_us;
    char text[MSGR_MESSAGE_MAX];
    const char *trouble; /* why no further message was accepted, or NULL */
} run;

static uint32_t ended(void)
{
    return run.outcomes[0] + run.outcomes[1] + run.outcomes[2];
}

/* ---- messages ------------------------------------------------------------------------------ */

static void take_events(void)
{
    struct msgr_event event;
    struct flight flight;

    while (node_next(&event)) {
        if (event.type == MSGR_EVENT_OUTCOME && flight_end(event.message, &flight)) {
            run.outcomes[event.outcome]++;
            if (event.outcome == MSGR_OUTCOME_DELIVERED) {
                samples_add((uint32_t)(node_now_us() - flight.since_us));
            }
        }
    }
}

/* @return whether to go on with the next one */
static bool send_one(void)
{
    int32_t message;

    if (run.sent == run.count || flight_count() >= run.options->in_flight || flight_is_full()) {
        return false;
    }
    message = msgr_sockets_send(node_net(), run.peer, run.text, run.options->size, run.deadline_ms);
    if (message < 0) {
        if (message != MSGR_ERROR_FULL) {
            run.trouble = message == MSGR_ERROR_TOO_LONG ? msgr_reason_text(MSGR_REASON_TOO_LONG)
                                                         : msgr_error_text(message);
            run.count = run.sent;
        }
        return false; /* when something has ended there is room */
    }
    (void)flight_begin(message, run.sent++);
    return true;
}

static void send_all(void)
{
    bool goes_on = true;

    run.since_us = node_now_us();
    while (goes_on) {
        take_events();
        if (node_is_ending() && run.count != run.sent) {
            run.count = run.sent;
            flight_cancel();
        }
        while (send_one()) {
        }
        if (ended() == run.count) {
            return;
        }
        progress_show(ended(), run.count);
        goes_on = node_turn_anyway(node_is_ending() ? 0 : progress_ms());
    }
}

/* ---- the result ---------------------------------------------------------------------------- */

static void sum_up_as_json(const char *name, uint64_t time_us, double rate)
{
    json_begin("summary");
    json_text("peer", name);
    json_number("size", run.options->size);
    json_number("in_flight", run.options->in_flight);
    json_number("delivered", run.outcomes[MSGR_OUTCOME_DELIVERED]);
    json_number("not_delivered", run.outcomes[MSGR_OUTCOME_NOT_DELIVERED]);
    json_number("unknown", run.outcomes[MSGR_OUTCOME_UNKNOWN]);
    json_thousandths("ms", time_us);
    json_thousandths("messages_per_s", (uint64_t)(rate * 1000));
    if (samples_count() > 0) {
        json_thousandths("min_ms", samples_min());
        json_thousandths("median_ms", samples_percentile(50));
        json_thousandths("p90_ms", samples_percentile(90));
        json_thousandths("p99_ms", samples_percentile(99));
        json_thousandths("max_ms", samples_max());
    }
    json_end();
}

static void sum_up_in_words(const char *name, uint64_t time_us, double rate)
{
    output_text("%u messages of %u bytes to ", ended(), run.options->size);
    output_name(name);
    output_text(" in %.2f s: %u delivered, %u not delivered, %u unknown.", (double)time_us / 1e6,
                run.outcomes[MSGR_OUTCOME_DELIVERED], run.outcomes[MSGR_OUTCOME_NOT_DELIVERED],
                run.outcomes[MSGR_OUTCOME_UNKNOWN]);
    console_end();
    if (samples_count() == 0) {
        return;
    }
    output_text("%.0f messages/s, %.3f MB/s, %u in flight.", rate, rate * run.options->size / 1e6,
                run.options->in_flight);
    console_end();
    output_text("Times in ms: min %.2f, median %.2f, 90th percentile %.2f, 99th %.2f, max %.2f.",
                samples_min() / 1000.0, samples_percentile(50) / 1000.0,
                samples_percentile(90) / 1000.0, samples_percentile(99) / 1000.0,
                samples_max() / 1000.0);
    console_end();
}

static int sum_up(void)
{
    const char *name = node_peer_name(run.peer);
    uint64_t time_us = node_now_us() - run.since_us;
    double rate = run.outcomes[MSGR_OUTCOME_DELIVERED] * 1e6 / (double)(time_us > 0 ? time_us : 1);

    progress_end();
    if (run.trouble != NULL) {
        output_error("%s: %s", name, run.trouble);
    }
    if (console_is_json()) {
        sum_up_as_json(name, time_us, rate);
    } else {
        sum_up_in_words(name, time_us, rate);
    }
    if (node_was_interrupted()) {
        return STATUS_INTERRUPTED;
    }
    if (run.outcomes[MSGR_OUTCOME_UNKNOWN] > 0) {
        return STATUS_UNKNOWN;
    }
    return run.trouble != NULL || run.outcomes[MSGR_OUTCOME_NOT_DELIVERED] > 0
               ? STATUS_NOT_DELIVERED
               : STATUS_OK;
}

int bench_run(const struct options *options)
{
    const struct url *url = &options->urls[0];
    uint64_t since_us = node_now_us();
    char why[CONTACT_WHY] = "";

    run.options = options;
    run.count = options->count != 0 ? options->count : COUNT;
    run.deadline_ms = options->deadline_ms != 0 ? options->deadline_ms : COMMANDS_DEADLINE_MS;
    memset(run.text, '.', sizeof run.text);
    if (!node_open_loop() || !node_open(&(struct node_config){
                                 .name = options->name,
                                 .identity = options->identity,
                                 .is_brief = true,
                             })) {
        return STATUS_NOT_DELIVERED;
    }
    run.peer = contact_wait(url, run.deadline_ms, why);
    if (run.peer < 0) {
        output_outcome(url_name(url), MSGR_OUTCOME_NOT_DELIVERED, why, node_now_us() - since_us);
        return node_was_interrupted() ? STATUS_INTERRUPTED : STATUS_NOT_DELIVERED;
    }
    progress_begin();
    send_all();
    return sum_up();
}
