/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line after the other is read and sent; while the next one is waited for, the loop turns, and
 * what happens is printed. A line for which there is no room stays the next one: nothing is read
 * meanwhile.
 */
#include "commands.h"

#include "chat_calls.h"
#include "chat_command.h"
#include "chat_said.h"
#include "editor.h"
#include "input.h"
#include "json.h"
#include "node.h"
#include "output.h"
#include "screen.h"
#include "signals.h"
#include "status.h"

#include "msgr/printable.h"
#include "msgr/utf8.h"

#include <stdio.h>
#include <string.h>

#define DEADLINE_MS 300000

static struct {
    const struct options *options;
    uint32_t deadline_ms;
    bool has_editor;
    bool is_over;                  /* /quit */
    char to[MSGR_NAME_MAX + 1];    /* "": nobody yet */
    char noted[MSGR_NAME_MAX + 1]; /* that messages for it are kept; "": nobody */
} chat;

/* ---- what happens -------------------------------------------------------------------------- */

static void on_up(const char *name)
{
    if (chat.to[0] == '\0') {
        (void)snprintf(chat.to, sizeof chat.to, "%s", name);
    }
    if (strcmp(chat.noted, name) == 0) {
        chat.noted[0] = '\0';
    }
    output_up(name);
}

static void on_down(const char *name, enum msgr_reason reason)
{
    if (reason != MSGR_REASON_RESTARTED || console_is_json()) {
        output_down(name, reason);
        return;
    }
    output_colour(COLOUR_NAME);
    output_name(name);
    output_colour(COLOUR_NONE);
    console_line(" has begun anew.");
}

static void on_message(const char *name, const void *data, size_t size)
{
    if (console_is_json()) {
        output_message(name, data, size);
        return;
    }
    output_colour(COLOUR_NAME);
    output_name(name);
    output_colour(COLOUR_NONE);
    console_text(": ");
    console_bytes(data, size);
    console_end();
}

static void take_events(void)
{
    struct msgr_event event;

    while (node_take(&event)) {
        const char *name = node_peer_name(event.peer);
        switch (event.type) {
        case MSGR_EVENT_PEER_UP:
            on_up(name);
            break;
        case MSGR_EVENT_PEER_DOWN:
            on_down(name, event.reason);
            break;
        case MSGR_EVENT_MESSAGE:
            on_message(name, event.data, event.size);
            break;
        case MSGR_EVENT_OUTCOME:
            said_end(&event);
            break;
        default:
            break;
        }
    }
}

static void take_signals(void)
{
    if (!chat.has_editor) {
        return;
    }
    if (signals_must_stop()) {
        editor_stop();
    }
    if (signals_continued()) {
        screen_resize(); /* whatever the shell has printed */
        editor_continue();
    }
    if (signals_resized()) {
        screen_resize();
        editor_resize();
    }
}

/* @return false: the program is to end */
static bool turn(void)
{
    bool goes_on = node_turn(MSGR_LOOP_FOREVER);

    take_signals();
    take_events();
    calls_watch();
    return goes_on;
}

/* ---- lines --------------------------------------------------------------------------------- */

static const char *prompt(void)
{
    static char text[MSGR_NAME_MAX * MSGR_PRINTABLE_GROWTH + 3];
    size_t size = msgr_printable(text, sizeof text - 3, chat.to, strlen(chat.to));

    memcpy(text + size, "> ", 3);
    return text;
}

/* For the editor. Bytes that are no character are as good as a question mark. */
static bool next_character(uint32_t *code)
{
    for (;;) {
        const char *bytes;
        size_t size;
        enum input_line found = input_next_bytes(&bytes, &size);
        size_t length = size > 0 ? msgr_utf8_length((uint8_t)*bytes) : 0;

        if (found == INPUT_LINE && length <= size) {
            length = length > 0 ? msgr_utf8_decode(bytes, size, code) : 0;
            *code = length > 0 ? *code : '?';
            input_used(length > 0 ? length : 1);
            return true;
        }
        if (found == INPUT_END || found == INPUT_FAILED) {
            return false;
        }
        if (found == INPUT_LINE && !input_wait_for_more()) {
            input_used(size); /* half a character, and the end */
        } else if (!turn()) {
            return false;
        }
    }
}

/* @return NULL: there is no further line */
static const char *read_piped(size_t *size)
{
    while (!node_is_ending()) {
        const char *line = NULL;
        switch (chat.to[0] != '\0' ? input_next_line(&line, size) : INPUT_NONE) {
        case INPUT_LINE:
            return line;
        case INPUT_TOO_LONG:
            said_in_vain(chat.to, line, *size < 80 ? *size : 80, "longer than a message can be");
            break;
        case INPUT_NONE:
            (void)turn();
            break;
        default:
            return NULL;
        }
    }
    return NULL;
}

static const char *read_line(size_t *size)
{
    return chat.has_editor ? editor_read(size) : read_piped(size);
}

/* ---- sending ------------------------------------------------------------------------------- */

static void note_that_it_is_kept(int peer)
{
    struct msgr_peer_info info;

    if (!msgr_sockets_peer_get(node_net(), peer, &info) || info.up || console_is_json() ||
        strcmp(chat.noted, chat.to) == 0) {
        return;
    }
    memcpy(chat.noted, chat.to, sizeof chat.noted);
    output_colour(COLOUR_QUIET);
    output_name(chat.to);
    output_text(" is not there: messages are kept for it, %u s each.", chat.deadline_ms / 1000);
    output_colour(COLOUR_NONE);
    console_end();
}

static void say(const char *text, size_t size)
{
    int32_t message = MSGR_ERROR_FULL;
    int peer = -1;

    while (message == MSGR_ERROR_FULL && !node_is_ending()) {
        peer = msgr_sockets_peer(node_net(), chat.to);
        if (peer >= 0 && said_has_room()) {
            message = msgr_sockets_send(node_net(), peer, text, size, chat.deadline_ms);
        }
        if (message == MSGR_ERROR_FULL) {
            (void)turn();
        }
    }
    if (message > 0) {
        said_begin(message, chat.to, text, size);
        note_that_it_is_kept(peer);
    } else {
        said_in_vain(chat.to, text, size,
                     message == MSGR_ERROR_FULL ? "cancelled" : msgr_error_text(message));
    }
}

static void handle(const char *line, size_t size)
{
    char text[sizeof chat.to + 8]; /* longer than any command */

    if (size > 0 && line[0] == '/' && (size == 1 || line[1] != '/')) {
        (void)snprintf(text, sizeof text, "%.*s", (int)size, line);
        chat.is_over = !chat_obey(text, chat.to);
    } else if (chat.to[0] == '\0') {
        output_error("nobody is here yet: not sent");
    } else if (size > 0) {
        bool is_escaped = line[0] == '/';
        say(line + is_escaped, size - is_escaped);
    }
}

/* ---- beginning and end --------------------------------------------------------------------- */

static bool start(const struct options *options)
{
    if (!node_open_loop() || !node_open(&(struct node_config){
                                 .name = options->name,
                                 .identity = options->identity,
                                 .listen = options->listen,
                                 .port = options->port,
                                 .path = options->path,
                             })) {
        return false;
    }
    if (options->listen) {
        output_listening(node_name(), options->port != 0 ? options->port : MSGR_PORT);
    }
    return calls_open(options) && input_open_lines(node_loop(), "-");
}

static void open_editor(const struct options *options)
{
    const struct editor_config config = {.prompt = prompt, .next = next_character};

    chat.has_editor = !options->is_json && editor_open(&config);
    said_open(chat.has_editor);
    if (chat.has_editor) {
        screen_open();
        signals_take_stop();
    }
}

/* What is under way has its outcome, or is given up. */
static void wait_for_outcomes(void)
{
    if (said_count() > 0 && chat.has_editor && !node_is_ending()) {
        output_text("Waiting for what is under way; Ctrl-C gives it up.");
        console_end();
    }
    while (said_count() > 0 && turn()) {
    }
    said_cancel();
    for (int i = 0; i < 2 && said_count() > 0; i++) {
        take_events();
        (void)node_turn_anyway(0);
    }
    take_events();
}

int chat_run(const struct options *options)
{
    const char *line;
    size_t size;

    chat.options = options;
    chat.deadline_ms = options->deadline_ms != 0 ? options->deadline_ms : DEADLINE_MS;
    if (options->url_count > 0) {
        (void)snprintf(chat.to, sizeof chat.to, "%s", options->urls[0].name);
    }
    if (!start(options)) {
        input_close_lines();
        return STATUS_NOT_DELIVERED;
    }
    open_editor(options);
    while (!chat.is_over && !node_is_ending() && (line = read_line(&size)) != NULL) {
        handle(line, size);
    }
    editor_close();
    wait_for_outcomes();
    input_close_lines();
    return node_was_interrupted() ? STATUS_INTERRUPTED : said_status();
}
