/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame_body.h"

#include "bytes.h"

#include "msgr/msgr.h"

#define LIMITS_SIZE    10
#define FRAGMENT_LEAST 6
#define FRAGMENT_MOST  10
#define MESSAGE_MOST   65536
#define INITIAL_MOST   33

/* A length byte and so many bytes. *left are those that are there, from *at on. */
static bool get_counted(const uint8_t **at, size_t *left, const uint8_t **bytes, uint8_t *size)
{
    if (*left < 1 || *left < 1u + **at) {
        return false;
    }
    *size = msgr_bytes_get8(at);
    *bytes = *at;
    *at += *size;
    *left -= 1u + *size;
    return true;
}

static bool get_name(const uint8_t **at, size_t *left, struct msgr_name *name)
{
    return get_counted(at, left, &name->bytes, &name->size) && name->size >= 1 &&
           name->size <= MSGR_NAME_MAX;
}

static bool get_cookie(const uint8_t **at, size_t *left, const uint8_t **cookie)
{
    uint8_t size;

    if (!get_counted(at, left, cookie, &size) || (size != 0 && size != MSGR_COOKIE_SIZE)) {
        return false;
    }
    if (size == 0) {
        *cookie = NULL;
    }
    return true;
}

bool msgr_hello_parse(struct msgr_hello *hello, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body;
    size_t left = frame->body_size;

    if (left < 20) {
        return false;
    }
    hello->lowest = msgr_bytes_get8(&at);
    hello->highest = msgr_bytes_get8(&at);
    at += 2;
    hello->identity = msgr_bytes_get64(&at);
    hello->token = msgr_bytes_get64(&at);
    left -= 20;
    return hello->lowest >= 1 && hello->lowest <= hello->highest &&
           get_name(&at, &left, &hello->name) && get_cookie(&at, &left, &hello->cookie);
}

bool msgr_cookie_parse(struct msgr_cookie *cookie, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body;

    if (frame->body_size < 8 + MSGR_COOKIE_SIZE) {
        return false;
    }
    cookie->token = msgr_bytes_get64(&at);
    cookie->cookie = at;
    return true;
}

bool msgr_welcome_parse(struct msgr_welcome *welcome, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body;
    size_t left = frame->body_size;

    if (left < 18) {
        return false;
    }
    welcome->token = msgr_bytes_get64(&at);
    welcome->version = msgr_bytes_get8(&at);
    at += 1;
    welcome->identity = msgr_bytes_get64(&at);
    left -= 18;
    return get_name(&at, &left, &welcome->name);
}

bool msgr_refuse_parse(struct msgr_refuse *refuse, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body;

    if (frame->body_size < 11) {
        return false;
    }
    refuse->token = msgr_bytes_get64(&at);
    refuse->code = msgr_bytes_get8(&at);
    refuse->lowest = msgr_bytes_get8(&at);
    refuse->highest = msgr_bytes_get8(&at);
    return true;
}

static bool get_limits(const uint8_t *at, struct msgr_limits *limits)
{
    limits->suite = msgr_bytes_get8(&at);
    limits->fragment = msgr_bytes_get8(&at);
    limits->message = msgr_bytes_get32(&at);
    limits->guaranteed = msgr_bytes_get16(&at);
    limits->initial = msgr_bytes_get16(&at);
    return limits->fragment >= FRAGMENT_LEAST && limits->fragment <= FRAGMENT_MOST &&
           limits->message >= 1 && limits->message <= MESSAGE_MOST && limits->guaranteed >= 1 &&
           limits->initial >= 1 && limits->initial <= INITIAL_MOST;
}

bool msgr_open_parse(struct msgr_open_frame *open, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body;

    if (frame->body_size < 28 + LIMITS_SIZE) {
        return false;
    }
    open->to = msgr_bytes_get64(&at);
    open->from = msgr_bytes_get64(&at);
    open->id = msgr_bytes_get32(&at);
    open->nonce = msgr_bytes_get64(&at);
    return open->id != 0 && get_limits(at, &open->limits);
}

bool msgr_accept_parse(struct msgr_accept *accept, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body;

    if (frame->body_size < 24 + LIMITS_SIZE) {
        return false;
    }
    accept->to_id = msgr_bytes_get32(&at);
    accept->echo = msgr_bytes_get64(&at);
    accept->id = msgr_bytes_get32(&at);
    accept->nonce = msgr_bytes_get64(&at);
    return accept->id != 0 && get_limits(at, &accept->limits);
}

bool msgr_frame_id(uint32_t *id, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body;

    if (frame->body_size < 4) {
        return false;
    }
    *id = msgr_bytes_get32(&at);
    return true;
}

bool msgr_data_parse(struct msgr_data *data, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body + 4;

    if (frame->body_size < MSGR_DATA_FRAME_BODY) {
        return false;
    }
    data->number = msgr_bytes_get32(&at);
    data->payload = at;
    data->size = (uint16_t)(frame->body_size - MSGR_DATA_FRAME_BODY);
    return true;
}

bool msgr_ack_parse(struct msgr_ack *ack, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body + 4;
    bool has_bitmap = (frame->flags & MSGR_ACK_BITMAP) != 0;

    if (frame->body_size < (has_bitmap ? 16 : 12)) {
        return false;
    }
    ack->received = msgr_bytes_get32(&at);
    ack->untaken = msgr_bytes_get16(&at);
    ack->room = msgr_bytes_get16(&at);
    ack->bitmap = has_bitmap ? msgr_bytes_get32(&at) : 0;
    return true;
}

bool msgr_floor_parse(uint32_t *floor, const struct msgr_frame *frame)
{
    const uint8_t *at = frame->body + 4;

    if (frame->body_size < 8) {
        return false;
    }
    *floor = msgr_bytes_get32(&at);
    return true;
}

static uint8_t *put_name(uint8_t *at, const struct msgr_name *name)
{
    return msgr_bytes_put(msgr_bytes_put8(at, name->size), name->bytes, name->size);
}

uint8_t *msgr_hello_write(uint8_t *start, const struct msgr_hello *hello)
{
    uint8_t cookie_size = hello->cookie != NULL ? MSGR_COOKIE_SIZE : 0;
    size_t body = 22u + hello->name.size + cookie_size;
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_HELLO, 0, body);

    at = msgr_bytes_put8(at, hello->lowest);
    at = msgr_bytes_put8(at, hello->highest);
    at = msgr_bytes_put16(at, 0);
    at = msgr_bytes_put64(at, hello->identity);
    at = msgr_bytes_put64(at, hello->token);
    at = put_name(at, &hello->name);
    at = msgr_bytes_put(msgr_bytes_put8(at, cookie_size), hello->cookie, cookie_size);
    return msgr_frame_end(start, at, MSGR_CRC32C_START);
}

uint8_t *msgr_cookie_write(uint8_t *start, const struct msgr_cookie *cookie)
{
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_COOKIE, 0, 8 + MSGR_COOKIE_SIZE);

    at = msgr_bytes_put64(at, cookie->token);
    at = msgr_bytes_put(at, cookie->cookie, MSGR_COOKIE_SIZE);
    return msgr_frame_end(start, at, MSGR_CRC32C_START);
}

uint8_t *msgr_welcome_write(uint8_t *start, const struct msgr_welcome *welcome)
{
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_WELCOME, 0, 19u + welcome->name.size);

    at = msgr_bytes_put64(at, welcome->token);
    at = msgr_bytes_put8(at, welcome->version);
    at = msgr_bytes_put8(at, 0);
    at = msgr_bytes_put64(at, welcome->identity);
    at = put_name(at, &welcome->name);
    return msgr_frame_end(start, at, MSGR_CRC32C_START);
}

uint8_t *msgr_refuse_write(uint8_t *start, const struct msgr_refuse *refuse)
{
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_REFUSE, 0, 11);

    at = msgr_bytes_put64(at, refuse->token);
    at = msgr_bytes_put8(at, refuse->code);
    at = msgr_bytes_put8(at, refuse->lowest);
    at = msgr_bytes_put8(at, refuse->highest);
    return msgr_frame_end(start, at, MSGR_CRC32C_START);
}

uint8_t *msgr_unknown_write(uint8_t *start)
{
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_UNKNOWN, 0, 0);

    return msgr_frame_end(start, at, MSGR_CRC32C_START);
}

static uint8_t *put_limits(uint8_t *at, const struct msgr_limits *limits)
{
    at = msgr_bytes_put8(at, limits->suite);
    at = msgr_bytes_put8(at, limits->fragment);
    at = msgr_bytes_put32(at, limits->message);
    at = msgr_bytes_put16(at, limits->guaranteed);
    return msgr_bytes_put16(at, limits->initial);
}

uint8_t *msgr_open_write(uint8_t *start, const struct msgr_open_frame *open)
{
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_OPEN, 0, 28 + LIMITS_SIZE);

    at = msgr_bytes_put64(at, open->to);
    at = msgr_bytes_put64(at, open->from);
    at = msgr_bytes_put32(at, open->id);
    at = msgr_bytes_put64(at, open->nonce);
    at = put_limits(at, &open->limits);
    return msgr_frame_end(start, at, MSGR_CRC32C_START);
}

uint8_t *msgr_accept_write(uint8_t *start, const struct msgr_accept *accept)
{
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_ACCEPT, 0, 24 + LIMITS_SIZE);

    at = msgr_bytes_put32(at, accept->to_id);
    at = msgr_bytes_put64(at, accept->echo);
    at = msgr_bytes_put32(at, accept->id);
    at = msgr_bytes_put64(at, accept->nonce);
    at = put_limits(at, &accept->limits);
    return msgr_frame_end(start, at, MSGR_CRC32C_START);
}

uint8_t *msgr_reset_write(uint8_t *start, uint32_t id)
{
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_RESET, 0, 4);

    return msgr_frame_end(start, msgr_bytes_put32(at, id), MSGR_CRC32C_START);
}

uint8_t *msgr_data_write(uint8_t *start, uint32_t id, uint8_t flags, const struct msgr_data *data,
                         uint32_t prefix)
{
    size_t body = MSGR_DATA_FRAME_BODY + (size_t)data->size;
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_DATA, flags, body);

    at = msgr_bytes_put32(at, id);
    at = msgr_bytes_put32(at, data->number);
    at = msgr_bytes_put(at, data->payload, data->size);
    return msgr_frame_end(start, at, prefix);
}

uint8_t *msgr_ack_write(uint8_t *start, uint32_t id, uint8_t flags, const struct msgr_ack *ack,
                        uint32_t prefix)
{
    bool has_bitmap = ack->bitmap != 0;
    uint8_t all_flags = flags | (has_bitmap ? MSGR_ACK_BITMAP : 0);
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_ACK, all_flags, has_bitmap ? 16 : 12);

    at = msgr_bytes_put32(at, id);
    at = msgr_bytes_put32(at, ack->received);
    at = msgr_bytes_put16(at, ack->untaken);
    at = msgr_bytes_put16(at, ack->room);
    if (has_bitmap) {
        at = msgr_bytes_put32(at, ack->bitmap);
    }
    return msgr_frame_end(start, at, prefix);
}

uint8_t *msgr_floor_write(uint8_t *start, uint32_t id, uint32_t floor, uint32_t prefix)
{
    uint8_t *at = msgr_frame_begin(start, MSGR_FRAME_FLOOR, 0, 8);

    at = msgr_bytes_put32(msgr_bytes_put32(at, id), floor);
    return msgr_frame_end(start, at, prefix);
}
