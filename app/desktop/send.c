/* SPDX-License-Identifier: BSD-3-Clause */
#include "commands.h"

#include "contact.h"
#include "input.h"
#include "node.h"
#include "output.h"
#include "status.h"

#include <string.h>

/* Ctrl-C gives the message up; its outcome is told all the same. */
static struct msgr_event wait_for_outcome(int32_t message)
{
    struct msgr_event event = {.outcome = MSGR_OUTCOME_UNKNOWN};
    bool is_cancelled = false;
    bool goes_on = true;

    while (goes_on) {
        while (node_next(&event)) {
            if (event.type == MSGR_EVENT_OUTCOME && event.message == message) {
                return event;
            }
        }
        if (node_is_ending() && !is_cancelled) {
            is_cancelled = true;
            (void)msgr_sockets_cancel(node_net(), message);
        }
        goes_on = node_turn_anyway(is_cancelled ? 0 : MSGR_LOOP_FOREVER);
    }
    return (struct msgr_event){.outcome = MSGR_OUTCOME_UNKNOWN};
}

static int tell(const char *name, enum msgr_outcome outcome, const char *why, uint64_t since_us)
{
    output_outcome(name, outcome, why, node_now_us() - since_us);
    return node_was_interrupted() ? STATUS_INTERRUPTED : (int)status_of(outcome);
}

static int send_text(const struct options *options, const char *text, size_t size)
{
    const struct url *url = &options->urls[0];
    uint32_t deadline_ms = options->deadline_ms != 0 ? options->deadline_ms : COMMANDS_DEADLINE_MS;
    uint64_t since_us = node_now_us();
    char why[CONTACT_WHY] = "";
    int peer = contact_wait(url, deadline_ms, why);
    uint64_t spent_ms = (node_now_us() - since_us) / 1000;
    int32_t message;
    struct msgr_event event;
    const char *name;

    if (peer < 0) {
        return tell(url_name(url), MSGR_OUTCOME_NOT_DELIVERED, why, since_us);
    }
    message = msgr_sockets_send(node_net(), peer, text, size,
                                spent_ms < deadline_ms ? deadline_ms - (uint32_t)spent_ms : 1);
    name = node_peer_name(peer);
    if (message < 0) {
        return tell(name, MSGR_OUTCOME_NOT_DELIVERED,
                    message == MSGR_ERROR_TOO_LONG ? output_why(MSGR_REASON_TOO_LONG)
                                                   : msgr_error_text(message),
                    since_us);
    }
    event = wait_for_outcome(message);
    return tell(node_peer_name(peer), event.outcome, output_why(event.reason), since_us);
}

static bool open_node(const struct options *options)
{
    return node_open_loop() && node_open(&(struct node_config){
                                   .name = options->name,
                                   .identity = options->identity,
                                   .is_brief = true,
                               });
}

int send_run(const struct options *options)
{
    size_t most = options->is_plain ? INPUT_MAX : MSGR_MESSAGE_MAX;
    const char *text = "";
    size_t size = 0;

    if (options->has_lines) {
        return open_node(options) ? send_lines(options) : STATUS_NOT_DELIVERED;
    }
    if (!(options->file != NULL
              ? input_read(options->file, most, &text, &size)
              : input_join(options->words, options->word_count, most, &text, &size))) {
        return STATUS_USAGE;
    }
    if (options->is_plain) {
        return send_plain(options, text, size);
    }
    return open_node(options) ? send_text(options, text, size) : STATUS_NOT_DELIVERED;
}
