/* SPDX-License-Identifier: BSD-3-Clause */
#include "chat_said.h"

#include "json.h"
#include "node.h"
#include "output.h"
#include "screen.h"
#include "status.h"

#include "msgr/utf8.h"

#include <stdio.h>
#include <string.h>

#define SAID_MAX  256
#define BEGINNING 40 /* bytes of a text, by which it is known later */

struct said {
    int32_t message; /* 0: free */
    uint32_t number; /* from 1 */
    uint64_t since_us;
    uint64_t place; /* of its line on the screen; 0: there is none */
    char name[MSGR_NAME_MAX + 1];
    char text[BEGINNING];
    size_t size;
    bool is_cut;
};

static struct said list[SAID_MAX];
static size_t count;
static uint32_t numbers;
static uint32_t outcomes[MSGR_OUTCOME_UNKNOWN + 1];
static bool has_marks;

enum mark {
    MARK_DELIVERED = MSGR_OUTCOME_DELIVERED,
    MARK_NOT_DELIVERED = MSGR_OUTCOME_NOT_DELIVERED,
    MARK_UNKNOWN = MSGR_OUTCOME_UNKNOWN,
    MARK_ON_ITS_WAY,
};

static const struct {
    enum colour colour;
    const char *text;
} marks[] = {
    [MARK_DELIVERED] = {COLOUR_GOOD, "\xE2\x9C\x93"},    /* a check mark */
    [MARK_NOT_DELIVERED] = {COLOUR_BAD, "\xE2\x9C\x97"}, /* a cross */
    [MARK_UNKNOWN] = {COLOUR_DOUBT, "?"},
    [MARK_ON_ITS_WAY] = {COLOUR_QUIET, "\xE2\x80\xA6"}, /* an ellipsis */
};

void said_open(bool are_there_marks)
{
    has_marks = are_there_marks;
}

bool said_has_room(void)
{
    return count < SAID_MAX;
}

size_t said_count(void)
{
    return count;
}

static struct said *find(int32_t message)
{
    for (size_t i = 0; i < SAID_MAX; i++) {
        if (list[i].message == message) {
            return &list[i];
        }
    }
    return NULL;
}

/* ---- lines --------------------------------------------------------------------------------- */

static void begin_line(enum mark mark, const char *name)
{
    output_colour(marks[mark].colour);
    console_text(marks[mark].text);
    output_colour(COLOUR_NONE);
    console_text(" ");
    output_name(name);
    console_text("> ");
}

static void print_outcome(const struct said *said, const char *name, enum mark mark,
                          const char *why)
{
    begin_line(mark, name);
    console_bytes(said->text, said->size);
    console_text(said->is_cut ? "..." : "");
    if (mark != MARK_DELIVERED) {
        console_text(" (");
        console_text(msgr_outcome_text((enum msgr_outcome)mark));
        console_text(": ");
        output_name(why);
        console_text(")");
    }
    console_end();
}

static void print_json_outcome(const struct said *said, const char *name, enum msgr_outcome outcome,
                               const char *why)
{
    json_begin("outcome");
    json_text("peer", name);
    json_number("number", said->number);
    json_text("outcome", msgr_outcome_text(outcome));
    json_text("reason", why != NULL ? why : "");
    json_thousandths("ms", node_now_us() - said->since_us);
    json_end();
}

/* The mark where the line is; a line of its own where that has gone, or more is to be said. */
static void show_outcome(const struct said *said, const char *name, enum msgr_outcome outcome,
                         const char *why)
{
    bool is_marked;

    outcomes[outcome]++;
    if (console_is_json()) {
        print_json_outcome(said, name, outcome, why);
        return;
    }
    is_marked = said->place != 0 &&
                screen_mark(said->place, output_marked(marks[outcome].colour, marks[outcome].text));
    if (!is_marked || outcome != MSGR_OUTCOME_DELIVERED) {
        print_outcome(said, name, (enum mark)outcome, why);
    }
}

/* ---- messages ------------------------------------------------------------------------------ */

/* Whole characters of it. */
static void keep_beginning(struct said *said, const char *text, size_t size)
{
    size_t kept = 0;

    while (kept < size) {
        size_t length = msgr_utf8_length((uint8_t)text[kept]);
        length = length > 0 ? length : 1;
        if (length > size - kept || kept + length > sizeof said->text) {
            break;
        }
        kept += length;
    }
    memcpy(said->text, text, kept);
    said->size = kept;
    said->is_cut = kept < size;
}

static void print_accepted(const struct said *said, const char *name, const void *text, size_t size)
{
    if (console_is_json()) {
        json_begin("accepted");
        json_text("peer", name);
        json_number("number", said->number);
        json_bytes("text", text, size);
        json_end();
    } else if (has_marks) {
        begin_line(MARK_ON_ITS_WAY, name);
        console_bytes(text, size);
        console_end();
    }
}

static void fill(struct said *said, int32_t message, const char *name, const void *text,
                 size_t size)
{
    *said = (struct said){.message = message, .number = ++numbers, .since_us = node_now_us()};
    (void)snprintf(said->name, sizeof said->name, "%s", name);
    keep_beginning(said, text, size);
}

void said_begin(int32_t message, const char *name, const void *text, size_t size)
{
    struct said *said = find(0);

    fill(said, message, name, text, size);
    said->place = has_marks ? screen_place() : 0;
    count++;
    print_accepted(said, name, text, size);
}

void said_in_vain(const char *name, const void *text, size_t size, const char *why)
{
    struct said said;

    fill(&said, 0, name, text, size);
    show_outcome(&said, name, MSGR_OUTCOME_NOT_DELIVERED, why);
}

void said_end(const struct msgr_event *event)
{
    struct said *said = find(event->message);

    if (said == NULL) {
        return;
    }
    show_outcome(said, said->name, event->outcome, output_why(event->reason));
    said->message = 0;
    count--;
}

void said_cancel(void)
{
    for (size_t i = 0; i < SAID_MAX; i++) {
        if (list[i].message != 0) {
            (void)msgr_sockets_cancel(node_net(), list[i].message);
        }
    }
}

int said_status(void)
{
    if (outcomes[MSGR_OUTCOME_UNKNOWN] > 0) {
        return STATUS_UNKNOWN;
    }
    return outcomes[MSGR_OUTCOME_NOT_DELIVERED] > 0 ? STATUS_NOT_DELIVERED : STATUS_OK;
}
