/* SPDX-License-Identifier: BSD-3-Clause */
#include "ping.h"

#include "console.h"
#include "framed.h"
#include "histogram.h"
#include "json.h"

#include "lwip/sys.h"

#include <string.h>

struct waiting {
    int32_t message; /* 0: free */
    uint32_t since_ms;
};

static struct ping_config config;
static char name[MSGR_NAME_MAX + 1];
static char text[PING_SIZE_MAX];
static struct waiting waiting[PING_IN_FLIGHT_MAX];
static struct histogram times;
static uint32_t outcomes[MSGR_OUTCOME_UNKNOWN + 1];
static uint32_t sent, ended;
static uint32_t started_ms;
static bool is_running;

/* ---- the result ---------------------------------------------------------------------------- */

static void print_json(void)
{
    json_begin("ping");
    json_text("peer", name);
    json_number("messages", sent);
    json_number("delivered", outcomes[MSGR_OUTCOME_DELIVERED]);
    json_number("not_delivered", outcomes[MSGR_OUTCOME_NOT_DELIVERED]);
    json_number("unknown", outcomes[MSGR_OUTCOME_UNKNOWN]);
    json_number("min_ms", histogram_at(&times, 0));
    json_number("median_ms", histogram_at(&times, 50));
    json_number("p99_ms", histogram_at(&times, 99));
    json_number("max_ms", histogram_at(&times, 100));
    json_number("elapsed_ms", sys_now() - started_ms);
    json_end();
}

static void print_words(void)
{
    console_count(sent, " messages to ");
    console_bytes(name, strlen(name));
    console_text(": ");
    console_count(outcomes[MSGR_OUTCOME_DELIVERED], " delivered, ");
    console_count(outcomes[MSGR_OUTCOME_NOT_DELIVERED], " not delivered, ");
    console_count(outcomes[MSGR_OUTCOME_UNKNOWN], " unknown; ");
    console_count(sys_now() - started_ms, " ms in all.");
    console_end();
    if (outcomes[MSGR_OUTCOME_DELIVERED] > 0) {
        console_text("Until delivered: ");
        console_count(histogram_at(&times, 0), " ms at least, ");
        console_count(histogram_at(&times, 50), " ms half of them, ");
        console_count(histogram_at(&times, 99), " ms 99 of 100, ");
        console_count(histogram_at(&times, 100), " ms all.");
        console_end();
    }
}

static void conclude(void)
{
    is_running = false;
    if (console_is_json()) {
        print_json();
    } else {
        print_words();
    }
}

/* ---- messages ------------------------------------------------------------------------------ */

static struct waiting *find(int32_t message)
{
    for (size_t i = 0; i < PING_IN_FLIGHT_MAX; i++) {
        if (waiting[i].message == message) {
            return &waiting[i];
        }
    }
    return NULL;
}

/* "ping 17 ........" */
static void write_text(uint32_t number)
{
    char digits[10];
    size_t count = 0;
    size_t at = 5;

    for (; number > 0; number /= 10) {
        digits[count++] = (char)('0' + number % 10);
    }
    memset(text, '.', config.size);
    memcpy(text, "ping ", at);
    while (count > 0) {
        text[at++] = digits[--count];
    }
    text[at] = ' ';
}

/* @return whether to go on with the next one */
static bool send_one(void)
{
    struct waiting *place = find(0);
    uint32_t now_ms = sys_now();
    int32_t message;

    if (sent == config.count || sent - ended >= config.in_flight || place == NULL) {
        return false;
    }
    write_text(sent + 1);
    place->since_ms = now_ms;
    message =
        net_framed_send(framed_transport(), config.peer, text, config.size, framed_deadline_ms());
    if (message == MSGR_ERROR_FULL) {
        return false; /* when something has ended there is room */
    }
    if (message < 0) {
        config.count = sent;
        console_error();
        console_text("ping: ");
        console_line(msgr_error_text(message));
        return false;
    }
    place->message = message;
    sent++;
    return true;
}

void ping_start(const struct ping_config *wanted)
{
    config = *wanted;
    memcpy(name, config.name, strlen(config.name) + 1);
    memset(waiting, 0, sizeof waiting);
    memset(outcomes, 0, sizeof outcomes);
    histogram_clear(&times);
    sent = 0;
    ended = 0;
    started_ms = sys_now();
    is_running = true;
}

bool ping_is_done(void)
{
    return !is_running;
}

void ping_poll(void)
{
    if (!is_running) {
        return;
    }
    while (send_one()) {
    }
    if (ended == config.count) {
        conclude();
    }
}

bool ping_took(int32_t message, enum msgr_outcome outcome)
{
    struct waiting *place = find(message);

    if (place == NULL) {
        return false;
    }
    place->message = 0;
    ended++;
    outcomes[outcome]++;
    if (outcome == MSGR_OUTCOME_DELIVERED) {
        histogram_add(&times, sys_now() - place->since_ms);
    }
    return true;
}

void ping_stop(void)
{
    config.count = sent;
}
