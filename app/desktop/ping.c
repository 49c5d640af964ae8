/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * As ping(8): a line for each message, and a sum at the end or at Ctrl-C. Messages are sent at
 * their time whether those before them have been answered or not; those that Ctrl-C finds under
 * way do not count.
 */
#include "commands.h"

#include "contact.h"
#include "flight.h"
#include "json.h"
#include "node.h"
#include "output.h"
#include "samples.h"
#include "status.h"

#include <stdio.h>
#include <string.h>

static struct {
    const struct options *options;
    int peer;
    char name[MSGR_NAME_MAX + 1];
    uint32_t sent;
    uint32_t outcomes[MSGR_OUTCOME_UNKNOWN + 1];
    uint32_t cancelled;
    uint64_t since_us, next_us;
    char text[MSGR_MESSAGE_MAX];
} run;

static uint32_t ended(void)
{
    return run.outcomes[0] + run.outcomes[1] + run.outcomes[2] + run.cancelled;
}

/* ---- what is said -------------------------------------------------------------------------- */

static void tell_start(void)
{
    if (console_is_json()) {
        return;
    }
    console_text("PING ");
    output_name(run.name);
    console_text(" (");
    output_name(run.options->urls[0].text);
    output_text("): %u bytes", run.options->size);
    console_end();
}

static void tell_as_json(uint32_t number, const struct msgr_event *event, uint64_t time_us)
{
    json_begin("outcome");
    json_text("peer", run.name);
    json_number("seq", number);
    json_text("outcome", msgr_outcome_text(event->outcome));
    json_text("reason", event->reason != MSGR_REASON_NONE ? msgr_reason_text(event->reason) : "");
    json_thousandths("ms", time_us);
    json_end();
}

static void tell(uint32_t number, const struct msgr_event *event, uint64_t time_us)
{
    if (console_is_json()) {
        tell_as_json(number, event, time_us);
        return;
    }
    if (event->outcome == MSGR_OUTCOME_DELIVERED) {
        output_text("%u bytes to ", run.options->size);
        output_name(run.name);
        output_text(": seq=%u time=%.3f ms", number, (double)time_us / 1000);
    } else {
        output_text("seq=%u: %s: %s", number, msgr_outcome_text(event->outcome),
                    msgr_reason_text(event->reason));
    }
    console_end();
}

static void sum_up_as_json(uint32_t counted, double loss, uint64_t time_us)
{
    json_begin("summary");
    json_text("peer", run.name);
    json_number("transmitted", counted);
    json_number("delivered", run.outcomes[MSGR_OUTCOME_DELIVERED]);
    json_number("not_delivered", run.outcomes[MSGR_OUTCOME_NOT_DELIVERED]);
    json_number("unknown", run.outcomes[MSGR_OUTCOME_UNKNOWN]);
    json_thousandths("loss_percent", (uint64_t)(loss * 1000));
    json_thousandths("ms", time_us);
    if (samples_count() > 0) {
        json_thousandths("min_ms", samples_min());
        json_thousandths("avg_ms", samples_mean());
        json_thousandths("max_ms", samples_max());
        json_thousandths("mdev_ms", samples_deviation());
        json_thousandths("jitter_ms", samples_jitter());
    }
    json_end();
}

static void sum_up_in_words(uint32_t counted, double loss, uint64_t time_us)
{
    console_end();
    console_text("--- ");
    output_name(run.name);
    console_line(" ping statistics ---");
    output_text("%u messages transmitted, %u delivered, %.4g%% loss, time %.0f ms", counted,
                run.outcomes[MSGR_OUTCOME_DELIVERED], loss, (double)time_us / 1000);
    console_end();
    if (samples_count() > 0) {
        output_text("rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms, jitter %.3f ms",
                    samples_min() / 1000.0, samples_mean() / 1000.0, samples_max() / 1000.0,
                    samples_deviation() / 1000.0, samples_jitter() / 1000.0);
        console_end();
    }
}

static int sum_up(void)
{
    uint32_t counted = ended() - run.cancelled;
    uint32_t delivered = run.outcomes[MSGR_OUTCOME_DELIVERED];
    double loss = counted > 0 ? 100.0 * (counted - delivered) / counted : 0;
    uint64_t time_us = node_now_us() - run.since_us;

    if (console_is_json()) {
        sum_up_as_json(counted, loss, time_us);
    } else {
        sum_up_in_words(counted, loss, time_us);
    }
    if (run.outcomes[MSGR_OUTCOME_UNKNOWN] > 0) {
        return STATUS_UNKNOWN;
    }
    return delivered == counted && counted > 0 ? STATUS_OK : STATUS_NOT_DELIVERED;
}

/* ---- messages ------------------------------------------------------------------------------ */

static void take_events(void)
{
    struct msgr_event event;
    struct flight flight;

    while (node_next(&event)) {
        if (event.type != MSGR_EVENT_OUTCOME || !flight_end(event.message, &flight)) {
            continue;
        }
        if (event.reason == MSGR_REASON_CANCELLED) {
            run.cancelled++;
            continue;
        }
        uint64_t time_us = node_now_us() - flight.since_us;
        run.outcomes[event.outcome]++;
        if (event.outcome == MSGR_OUTCOME_DELIVERED) {
            samples_add((uint32_t)time_us);
        }
        tell(flight.number, &event, time_us);
    }
}

static uint32_t deadline_ms(void)
{
    return run.options->deadline_ms != 0 ? run.options->deadline_ms : COMMANDS_DEADLINE_MS;
}

static void send_one(void)
{
    int32_t message;
    char digits[24];
    int size = snprintf(digits, sizeof digits, "ping %u ", run.sent + 1);
    size_t shown = (size_t)size < run.options->size ? (size_t)size : run.options->size;

    memset(run.text, '.', run.options->size);
    memcpy(run.text, digits, shown);
    message = msgr_sockets_send(node_net(), run.peer, run.text, run.options->size, deadline_ms());
    if (message == MSGR_ERROR_FULL) {
        run.next_us += 10000; /* as if it had not been time yet */
        return;
    }
    run.sent++;
    run.next_us = node_now_us() + (uint64_t)run.options->interval_ms * 1000;
    if (message < 0) {
        struct msgr_event event = {.outcome = MSGR_OUTCOME_NOT_DELIVERED,
                                   .reason = MSGR_REASON_TOO_LONG};
        run.outcomes[MSGR_OUTCOME_NOT_DELIVERED]++;
        tell(run.sent, &event, 0);
        return;
    }
    (void)flight_begin(message, run.sent);
}

static bool has_sent_all(void)
{
    return run.options->count != 0 && run.sent == run.options->count;
}

/* Without an interval the next one is sent when the one before it has its outcome. */
static bool is_time(void)
{
    bool is_free = run.options->interval_ms > 0 ? !flight_is_full() : flight_count() == 0;

    return !has_sent_all() && is_free && node_now_us() >= run.next_us;
}

static uint32_t ms_to_next(void)
{
    uint64_t now_us = node_now_us();

    if (has_sent_all() || (run.options->interval_ms == 0 && flight_count() > 0)) {
        return MSGR_LOOP_FOREVER;
    }
    return run.next_us > now_us ? (uint32_t)((run.next_us - now_us + 999) / 1000) : 0;
}

static void ping(void)
{
    run.since_us = node_now_us();
    run.next_us = run.since_us;
    do {
        take_events();
        if (is_time()) {
            send_one();
        }
    } while (!(has_sent_all() && flight_count() == 0) && node_turn(ms_to_next()));
    flight_cancel();
    take_events();
}

int ping_run(const struct options *options)
{
    const struct url *url = &options->urls[0];
    uint64_t since_us = node_now_us();
    char why[CONTACT_WHY] = "";

    run.options = options;
    if (!node_open_loop() || !node_open(&(struct node_config){
                                 .name = options->name,
                                 .identity = options->identity,
                                 .is_brief = true,
                             })) {
        return STATUS_NOT_DELIVERED;
    }
    run.peer = contact_wait(url, deadline_ms(), why);
    if (run.peer < 0) {
        output_outcome(url_name(url), MSGR_OUTCOME_NOT_DELIVERED, why, node_now_us() - since_us);
        return node_was_interrupted() ? STATUS_INTERRUPTED : STATUS_NOT_DELIVERED;
    }
    (void)snprintf(run.name, sizeof run.name, "%s", node_peer_name(run.peer));
    tell_start();
    ping();
    return sum_up();
}
