/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * The bodies of frames: bytes to values and back (SPEC.md, 6). Parsing checks lengths and ranges;
 * what the values mean is for others. Writing gives the whole frame, and returns its end.
 */
#ifndef MSGR_CORE_FRAME_BODY_H
#define MSGR_CORE_FRAME_BODY_H

#include "frame.h"

#define MSGR_COOKIE_SIZE 8

/** A name that lies somewhere else, not terminated. */
struct msgr_name {
    const uint8_t *bytes;
    uint8_t size;
};

struct msgr_hello {
    uint8_t lowest;
    uint8_t highest;
    uint64_t identity;
    uint64_t token;
    struct msgr_name name;
    const uint8_t *cookie; /* MSGR_COOKIE_SIZE bytes, or NULL */
};

struct msgr_cookie {
    uint64_t token;
    const uint8_t *cookie;
};

struct msgr_welcome {
    uint64_t token;
    uint8_t version;
    uint64_t identity;
    struct msgr_name name;
};

/** SPEC.md, 7.5 */
enum msgr_refusal {
    MSGR_REFUSAL_VERSION = 1,
    MSGR_REFUSAL_NAME_TAKEN = 2,
    MSGR_REFUSAL_SELF = 3,
    MSGR_REFUSAL_FULL = 4,
    MSGR_REFUSAL_MALFORMED = 5,
    MSGR_REFUSAL_SUITE = 6,
};

struct msgr_refuse {
    uint64_t token;
    uint8_t code;
    uint8_t lowest;
    uint8_t highest;
};

/** SPEC.md, 8.1 */
struct msgr_limits {
    uint8_t suite;
    uint8_t fragment; /* the exponent */
    uint16_t guaranteed;
    uint16_t initial;
    uint32_t message;
};

struct msgr_open_frame {
    uint64_t to;
    uint64_t from;
    uint32_t id;
    uint64_t nonce;
    struct msgr_limits limits;
};

struct msgr_accept {
    uint32_t to_id;
    uint64_t echo;
    uint32_t id;
    uint64_t nonce;
    struct msgr_limits limits;
};

struct msgr_data {
    uint32_t number;
    uint16_t size;
    const uint8_t *payload;
};

/** So many fragments are not taken, or more: it does not say which messages are. */
#define MSGR_UNTAKEN_MANY UINT16_MAX

struct msgr_ack {
    uint32_t received;
    uint16_t untaken;
    uint16_t room;
    uint32_t bitmap; /* 0: absent */
};

bool msgr_hello_parse(struct msgr_hello *hello, const struct msgr_frame *frame);
bool msgr_cookie_parse(struct msgr_cookie *cookie, const struct msgr_frame *frame);
bool msgr_welcome_parse(struct msgr_welcome *welcome, const struct msgr_frame *frame);
bool msgr_refuse_parse(struct msgr_refuse *refuse, const struct msgr_frame *frame);
bool msgr_open_parse(struct msgr_open_frame *open, const struct msgr_frame *frame);
bool msgr_accept_parse(struct msgr_accept *accept, const struct msgr_frame *frame);

/** The id that RESET, DATA, ACK, FLOOR and ACCEPT begin with. */
bool msgr_frame_id(uint32_t *id, const struct msgr_frame *frame);

/** These three only once msgr_frame_id() has found its bytes there. */
bool msgr_data_parse(struct msgr_data *data, const struct msgr_frame *frame);
bool msgr_ack_parse(struct msgr_ack *ack, const struct msgr_frame *frame);
bool msgr_floor_parse(uint32_t *floor, const struct msgr_frame *frame);

#define MSGR_COOKIE_FRAME_SIZE  (2 + 8 + MSGR_COOKIE_SIZE + 4)
#define MSGR_REFUSE_FRAME_SIZE  (2 + 11 + 4)
#define MSGR_UNKNOWN_FRAME_SIZE (2 + 4)
#define MSGR_OPEN_FRAME_SIZE    (2 + 38 + 4)
#define MSGR_ACCEPT_FRAME_SIZE  (2 + 34 + 4)
#define MSGR_RESET_FRAME_SIZE   (2 + 4 + 4)
#define MSGR_DATA_FRAME_BODY    8
#define MSGR_ACK_FRAME_MAX      (2 + 16 + 4)
#define MSGR_FLOOR_FRAME_SIZE   (2 + 8 + 4)

static inline size_t msgr_hello_size(const struct msgr_hello *hello)
{
    return msgr_frame_size(22u + hello->name.size + (hello->cookie != NULL ? MSGR_COOKIE_SIZE : 0));
}

static inline size_t msgr_welcome_size(const struct msgr_welcome *welcome)
{
    return msgr_frame_size(19u + welcome->name.size);
}

uint8_t *msgr_hello_write(uint8_t *at, const struct msgr_hello *hello);
uint8_t *msgr_cookie_write(uint8_t *at, const struct msgr_cookie *cookie);
uint8_t *msgr_welcome_write(uint8_t *at, const struct msgr_welcome *welcome);
uint8_t *msgr_refuse_write(uint8_t *at, const struct msgr_refuse *refuse);
uint8_t *msgr_unknown_write(uint8_t *at);
uint8_t *msgr_open_write(uint8_t *at, const struct msgr_open_frame *open);
uint8_t *msgr_accept_write(uint8_t *at, const struct msgr_accept *accept);
uint8_t *msgr_reset_write(uint8_t *at, uint32_t id);
uint8_t *msgr_data_write(uint8_t *at, uint32_t id, uint8_t flags, const struct msgr_data *data,
                         uint32_t prefix);
uint8_t *msgr_ack_write(uint8_t *at, uint32_t id, uint8_t flags, const struct msgr_ack *ack,
                        uint32_t prefix);
uint8_t *msgr_floor_write(uint8_t *at, uint32_t id, uint32_t floor, uint32_t prefix);

#endif
