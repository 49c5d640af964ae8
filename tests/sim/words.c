/* SPDX-License-Identifier: BSD-3-Clause */
#include "words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct text {
    char *at;
    size_t room;
};

__attribute__((format(printf, 2, 3))) static void say(struct text *text, const char *format, ...)
{
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(text->at, text->room, format, arguments);
    va_end(arguments);
    if (size > 0 && (size_t)size < text->room) {
        text->at += size;
        text->room -= (size_t)size;
    }
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void say_ack(struct text *text, unsigned flags, const uint8_t *body, size_t size)
{
    uint32_t received = get32(body + 4);
    unsigned untaken = (unsigned)body[8] << 8 | body[9];
    unsigned room = (unsigned)body[10] << 8 | body[11];

    say(text, " received %" PRIx32 " taken %" PRIx32 " limit %" PRIx32, received,
        received - untaken, received + room);
    if ((flags & 1) != 0 && size >= 16) {
        say(text, " bitmap %" PRIx32, get32(body + 12));
    }
    say(text, "%s%s", (flags & 2) != 0 ? " probe" : "", (flags & 4) != 0 ? " duplicate" : "");
}

static void say_data(struct text *text, unsigned flags, const uint8_t *body, size_t size)
{
    say(text, " %" PRIx32 "%s%s %zu bytes", get32(body + 4), (flags & 1) != 0 ? " first" : "",
        (flags & 2) != 0 ? " last" : "", size - 8);
}

static void say_frame(struct text *text, unsigned type, unsigned flags, const uint8_t *body,
                      size_t size)
{
    static const char *const names[] = {"?",    "HELLO",  "COOKIE", "WELCOME", "REFUSE", "UNKNOWN",
                                        "OPEN", "ACCEPT", "RESET",  "DATA",    "ACK",    "FLOOR"};
    static const uint8_t least[] = {0, 22, 16, 19, 11, 0, 38, 34, 4, 8, 12, 8};

    if (type == 0 || type > 11 || size < least[type]) {
        say(text, "type %u, %zu bytes", type, size);
        return;
    }
    say(text, "%s", names[type]);
    switch (type) {
    case 1:
        say(text, " token %" PRIx32 " name %.*s%s", get32(body + 12),
            (int)(body[20] < size - 21 ? body[20] : 0), (const char *)body + 21,
            size > 22u + body[20] ? " with cookie" : "");
        break;
    case 2:
    case 3:
        say(text, " token %" PRIx32, get32(body));
        break;
    case 4:
        say(text, " token %" PRIx32 " code %u", get32(body), body[8]);
        break;
    case 6:
        say(text, " id %" PRIx32 " nonce %" PRIx32 "%08" PRIx32, get32(body + 16), get32(body + 20),
            get32(body + 24));
        break;
    case 7:
        say(text,
            " for %" PRIx32 " echo ..%08" PRIx32 " id %" PRIx32 " nonce %" PRIx32 "%08" PRIx32,
            get32(body), get32(body + 8), get32(body + 12), get32(body + 16), get32(body + 20));
        break;
    case 9:
        say(text, " for %" PRIx32, get32(body));
        say_data(text, flags, body, size);
        break;
    case 10:
        say(text, " for %" PRIx32, get32(body));
        say_ack(text, flags, body, size);
        break;
    case 8:
    case 11:
        say(text, " for %" PRIx32 " %" PRIx32, get32(body), type == 11 ? get32(body + 4) : 0);
        break;
    default:
        break;
    }
}

void words_of_frames(char *room_for_text, size_t room, const uint8_t *bytes, size_t size)
{
    struct text text = {room_for_text, room};
    size_t at = size >= 4 && bytes[0] == 0xF9 ? 4 : 0;

    *room_for_text = '\0';
    while (at < size) {
        size_t head = at + 1 < size && (bytes[at + 1] & 0x80) != 0 ? 3 : 2;
        size_t length;

        if (size - at < head + 4) {
            break;
        }
        length = head == 2 ? bytes[at + 1] : (bytes[at + 1] & 0x7Fu) << 8 | bytes[at + 2];
        if (size - at < head + length + 4) {
            break;
        }
        say_frame(&text, bytes[at] & 0x1F, bytes[at] >> 5, bytes + at + head, length);
        at += head + length + 4;
        say(&text, "%s", at < size ? ", " : "");
    }
    if (at < size) {
        say(&text, "%zu bytes of no frame", size - at);
    }
}
