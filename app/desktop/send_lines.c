/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A message for each line. A line that the engine has no room for stays the next one until there
 * is; meanwhile nothing is read. On a terminal, and for programs, all outcomes but "delivered" are
 * told one by one, and the sum at the end.
 */
#include "commands.h"

#include "contact.h"
#include "flight.h"
#include "input.h"
#include "json.h"
#include "node.h"
#include "output.h"
#include "progress.h"
#include "status.h"

static struct {
    int peer;
    uint32_t deadline_ms;
    uint32_t number; /* of the line that was read last, from 1 */
    uint32_t outcomes[MSGR_OUTCOME_UNKNOWN + 1];
    const char *line; /* read, and not sent yet; NULL: none */
    size_t size;
    bool is_over; /* there are no more lines, or nobody wants them sent */
    bool has_failed;
} run;

static uint32_t done(void)
{
    return run.outcomes[0] + run.outcomes[1] + run.outcomes[2];
}

static void tell_line(uint32_t number, enum msgr_outcome outcome, const char *why)
{
    run.outcomes[outcome]++;
    if (outcome == MSGR_OUTCOME_DELIVERED) {
        return;
    }
    progress_end();
    if (console_is_json()) {
        json_begin("outcome");
        json_text("peer", node_peer_name(run.peer));
        json_number("line", number);
        json_text("outcome", msgr_outcome_text(outcome));
        json_text("reason", why);
        json_end();
        return;
    }
    output_text("Line %u: %s: %s.", number, msgr_outcome_text(outcome), why);
    console_end();
}

static void take_events(void)
{
    struct msgr_event event;
    struct flight flight;

    while (node_next(&event)) {
        if (event.type == MSGR_EVENT_OUTCOME && flight_end(event.message, &flight)) {
            tell_line(flight.number, event.outcome, msgr_reason_text(event.reason));
        }
    }
}

/* @return whether there is a line to be sent */
static bool read_line(void)
{
    while (run.line == NULL && !run.is_over) {
        switch (input_next_line(&run.line, &run.size)) {
        case INPUT_LINE:
            run.number++;
            return true;
        case INPUT_TOO_LONG:
            run.line = NULL;
            tell_line(++run.number, MSGR_OUTCOME_NOT_DELIVERED, "longer than a message can be");
            break;
        case INPUT_NONE:
            run.line = NULL;
            return false;
        case INPUT_FAILED:
            run.has_failed = true;
            run.is_over = true;
            break;
        case INPUT_END:
        default:
            run.is_over = true;
            break;
        }
    }
    return run.line != NULL && !run.is_over;
}

/* @return whether to go on with the next one */
static bool send_line(void)
{
    int32_t message;

    if (!read_line() || flight_is_full()) {
        return false;
    }
    message = msgr_sockets_send(node_net(), run.peer, run.line, run.size, run.deadline_ms);
    if (message == MSGR_ERROR_FULL) {
        return false;
    }
    run.line = NULL;
    if (message < 0) {
        tell_line(run.number, MSGR_OUTCOME_NOT_DELIVERED,
                  message == MSGR_ERROR_TOO_LONG ? msgr_reason_text(MSGR_REASON_TOO_LONG)
                                                 : msgr_error_text(message));
    } else {
        (void)flight_begin(message, run.number);
    }
    return true;
}

static void send_all(void)
{
    bool goes_on = true;

    while (goes_on) {
        int left = 64; /* then it is the peer's turn */
        take_events();
        if (node_is_ending() && !run.is_over) {
            run.is_over = true;
            flight_cancel();
        }
        while (left > 0 && !run.is_over && send_line()) {
            left--;
        }
        if (run.is_over && flight_count() == 0) {
            return;
        }
        progress_show(done(), 0);
        goes_on = node_turn_anyway(left == 0 || node_is_ending() ? 0 : progress_ms());
    }
}

static int sum_up(uint64_t since_us)
{
    const char *name = node_peer_name(run.peer);
    uint64_t time_us = node_now_us() - since_us;

    progress_end();
    if (console_is_json()) {
        json_begin("summary");
        json_text("peer", name);
        json_number("delivered", run.outcomes[MSGR_OUTCOME_DELIVERED]);
        json_number("not_delivered", run.outcomes[MSGR_OUTCOME_NOT_DELIVERED]);
        json_number("unknown", run.outcomes[MSGR_OUTCOME_UNKNOWN]);
        json_thousandths("ms", time_us);
        json_end();
    } else {
        output_text("%u messages to ", done());
        output_name(name);
        output_text(": %u delivered, %u not delivered, %u unknown, ",
                    run.outcomes[MSGR_OUTCOME_DELIVERED], run.outcomes[MSGR_OUTCOME_NOT_DELIVERED],
                    run.outcomes[MSGR_OUTCOME_UNKNOWN]);
        output_ms(time_us);
        console_line(".");
    }
    if (node_was_interrupted()) {
        return STATUS_INTERRUPTED;
    }
    if (run.outcomes[MSGR_OUTCOME_UNKNOWN] > 0) {
        return STATUS_UNKNOWN;
    }
    return run.outcomes[MSGR_OUTCOME_NOT_DELIVERED] > 0 || run.has_failed ? STATUS_NOT_DELIVERED
                                                                          : STATUS_OK;
}

int send_lines(const struct options *options)
{
    const struct url *url = &options->urls[0];
    uint64_t since_us = node_now_us();
    char why[CONTACT_WHY] = "";

    if (!input_open_lines(node_loop(), options->file)) {
        return STATUS_USAGE;
    }
    run.deadline_ms = options->deadline_ms != 0 ? options->deadline_ms : COMMANDS_DEADLINE_MS;
    run.peer = contact_wait(url, run.deadline_ms, why);
    if (run.peer < 0) {
        input_close_lines();
        output_outcome(url_name(url), MSGR_OUTCOME_NOT_DELIVERED, why, node_now_us() - since_us);
        return node_was_interrupted() ? STATUS_INTERRUPTED : STATUS_NOT_DELIVERED;
    }
    progress_begin();
    send_all();
    input_close_lines();
    return sum_up(since_us);
}
