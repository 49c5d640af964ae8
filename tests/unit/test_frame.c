/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames are read and written as frame_vectors.txt says, which an independent program has made. A
 * failure names the vector.
 */
#include "frame_body.h"
#include "frame_mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINE_MAX  8192
#define BYTES_MAX 2048

struct vector {
    char line[LINE_MAX];
    const char *name;
    uint8_t bytes[BYTES_MAX];
    size_t size;
    char *kind;
    char *rest; /* of the line, behind the kind */
};

static uint32_t prefix; /* the check's state after the incarnation */

static size_t parse_hex(uint8_t *bytes, const char *hex)
{
    size_t size = strspn(hex, "0123456789abcdef") / 2;

    assert_true(size <= BYTES_MAX);
    for (size_t i = 0; i < size; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return size;
}

/* The next part of a line, which a separator ends; *at moves behind that. */
static char *split(char **at, const char *separator)
{
    char *start = *at;
    char *end = strstr(start, separator);

    if (end == NULL) {
        *at = start + strlen(start);
    } else {
        *at = end + strlen(separator);
        *end = '\0';
    }
    return start;
}

static bool next_vector(FILE *file, struct vector *vector)
{
    char *at = vector->line;

    do {
        if (fgets(vector->line, LINE_MAX, file) == NULL) {
            return false;
        }
        vector->line[strcspn(vector->line, "\n")] = '\0';
    } while (vector->line[0] == '#' || vector->line[0] == '\0');
    vector->name = split(&at, " | ");
    vector->size = parse_hex(vector->bytes, split(&at, " | "));
    vector->kind = split(&at, " ");
    vector->rest = at;
    return true;
}

/* ---- What a line says of a frame: "TYPE name=value name=value" ---- */

static const char *find(const char *fields, const char *name)
{
    size_t size = strlen(name);

    for (const char *at = strchr(fields, ' '); at != NULL; at = strchr(at, ' ')) {
        at++;
        if (strncmp(at, name, size) == 0 && at[size] == '=') {
            return at + size + 1;
        }
    }
    return NULL;
}

static bool has(const char *fields, const char *name)
{
    return find(fields, name) != NULL;
}

static uint64_t number(const char *fields, const char *name)
{
    const char *value = find(fields, name);

    if (value == NULL) {
        fail_msg("there is no %s in: %s", name, fields);
        return 0;
    }
    return strtoull(value, NULL, 0);
}

static size_t bytes_of(const char *fields, const char *name, uint8_t *bytes)
{
    const char *value = find(fields, name);

    if (value == NULL) {
        fail_msg("there is no %s in: %s", name, fields);
        return 0;
    }
    return parse_hex(bytes, value);
}

static uint8_t type_of(const char *fields)
{
    static const char *const names[] = {
        [MSGR_FRAME_HELLO] = "HELLO",     [MSGR_FRAME_COOKIE] = "COOKIE",
        [MSGR_FRAME_WELCOME] = "WELCOME", [MSGR_FRAME_REFUSE] = "REFUSE",
        [MSGR_FRAME_UNKNOWN] = "UNKNOWN", [MSGR_FRAME_OPEN] = "OPEN",
        [MSGR_FRAME_ACCEPT] = "ACCEPT",   [MSGR_FRAME_RESET] = "RESET",
        [MSGR_FRAME_DATA] = "DATA",       [MSGR_FRAME_ACK] = "ACK",
        [MSGR_FRAME_FLOOR] = "FLOOR",
    };
    size_t size = strcspn(fields, " ");

    for (unsigned type = 1; type < MSGR_FRAME_TYPES; type++) {
        if (strlen(names[type]) == size && memcmp(fields, names[type], size) == 0) {
            return (uint8_t)type;
        }
    }
    assert_memory_equal(fields, "TYPE", 4);
    return (uint8_t)strtoul(fields + 4, NULL, 10);
}

/* ---- Bytes to values ---- */

#define expect_number(fields, name, value) assert_int_equal(value, number(fields, name))

static void expect_bytes(const char *fields, const char *name, const uint8_t *bytes, size_t size)
{
    uint8_t expected[BYTES_MAX];

    assert_int_equal(size, bytes_of(fields, name, expected));
    if (size > 0) {
        assert_memory_equal(bytes, expected, size);
    }
}

static void expect_limits(const char *fields, const struct msgr_limits *limits)
{
    expect_number(fields, "suite", limits->suite);
    expect_number(fields, "fragment", limits->fragment);
    expect_number(fields, "message", limits->message);
    expect_number(fields, "guaranteed", limits->guaranteed);
    expect_number(fields, "initial", limits->initial);
}

static bool read_hello(const struct msgr_frame *frame, const char *fields)
{
    struct msgr_hello hello;

    if (!msgr_hello_parse(&hello, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "lowest", hello.lowest);
        expect_number(fields, "highest", hello.highest);
        expect_number(fields, "identity", hello.identity);
        expect_number(fields, "token", hello.token);
        expect_bytes(fields, "name", hello.name.bytes, hello.name.size);
        expect_bytes(fields, "cookie", hello.cookie, hello.cookie != NULL ? MSGR_COOKIE_SIZE : 0);
    }
    return true;
}

static bool read_cookie(const struct msgr_frame *frame, const char *fields)
{
    struct msgr_cookie cookie;

    if (!msgr_cookie_parse(&cookie, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "token", cookie.token);
        expect_bytes(fields, "cookie", cookie.cookie, MSGR_COOKIE_SIZE);
    }
    return true;
}

static bool read_welcome(const struct msgr_frame *frame, const char *fields)
{
    struct msgr_welcome welcome;

    if (!msgr_welcome_parse(&welcome, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "token", welcome.token);
        expect_number(fields, "version", welcome.version);
        expect_number(fields, "identity", welcome.identity);
        expect_bytes(fields, "name", welcome.name.bytes, welcome.name.size);
    }
    return true;
}

static bool read_refuse(const struct msgr_frame *frame, const char *fields)
{
    struct msgr_refuse refuse;

    if (!msgr_refuse_parse(&refuse, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "token", refuse.token);
        expect_number(fields, "code", refuse.code);
        expect_number(fields, "lowest", refuse.lowest);
        expect_number(fields, "highest", refuse.highest);
    }
    return true;
}

static bool read_open(const struct msgr_frame *frame, const char *fields)
{
    struct msgr_open_frame open;

    if (!msgr_open_parse(&open, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "to", open.to);
        expect_number(fields, "from", open.from);
        expect_number(fields, "id", open.id);
        expect_number(fields, "nonce", open.nonce);
        expect_limits(fields, &open.limits);
    }
    return true;
}

static bool read_accept(const struct msgr_frame *frame, const char *fields)
{
    struct msgr_accept accept;

    if (!msgr_accept_parse(&accept, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "id", accept.to_id);
        expect_number(fields, "echo", accept.echo);
        expect_number(fields, "own", accept.id);
        expect_number(fields, "nonce", accept.nonce);
        expect_limits(fields, &accept.limits);
    }
    return true;
}

static bool read_data(const struct msgr_frame *frame, const char *fields)
{
    struct msgr_data data;

    if (!msgr_data_parse(&data, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "number", data.number);
        expect_bytes(fields, "payload", data.payload, data.size);
    }
    return true;
}

static bool read_ack(const struct msgr_frame *frame, const char *fields)
{
    struct msgr_ack ack;

    if (!msgr_ack_parse(&ack, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "received", ack.received);
        expect_number(fields, "untaken", ack.untaken);
        expect_number(fields, "room", ack.room);
        assert_int_equal(ack.bitmap, has(fields, "bitmap") ? number(fields, "bitmap") : 0);
    }
    return true;
}

static bool read_floor(const struct msgr_frame *frame, const char *fields)
{
    uint32_t floor;

    if (!msgr_floor_parse(&floor, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "floor", floor);
    }
    return true;
}

static bool read_id(const struct msgr_frame *frame, const char *fields)
{
    uint32_t id;

    if (!msgr_frame_id(&id, frame)) {
        return false;
    }
    if (fields != NULL) {
        expect_number(fields, "id", id);
    }
    return true;
}

/* Whether the body is well-formed. If there are fields, it must say the same as they do. */
static bool read_body(const struct msgr_frame *frame, const char *fields)
{
    switch (frame->type) {
    case MSGR_FRAME_HELLO:
        return read_hello(frame, fields);
    case MSGR_FRAME_COOKIE:
        return read_cookie(frame, fields);
    case MSGR_FRAME_WELCOME:
        return read_welcome(frame, fields);
    case MSGR_FRAME_REFUSE:
        return read_refuse(frame, fields);
    case MSGR_FRAME_OPEN:
        return read_open(frame, fields);
    case MSGR_FRAME_ACCEPT:
        return read_id(frame, fields) && read_accept(frame, fields);
    case MSGR_FRAME_RESET:
        return read_id(frame, fields);
    case MSGR_FRAME_DATA:
        return read_id(frame, fields) && read_data(frame, fields);
    case MSGR_FRAME_ACK:
        return read_id(frame, fields) && read_ack(frame, fields);
    case MSGR_FRAME_FLOOR:
        return read_id(frame, fields) && read_floor(frame, fields);
    default:
        return true;
    }
}

static uint32_t prefix_of(uint8_t type)
{
    return type >= MSGR_FRAME_DATA && type <= MSGR_FRAME_FLOOR ? prefix : MSGR_CRC32C_START;
}

/* The size of the frame at the beginning; 0 if it is not to be used. */
static size_t read_frame(const uint8_t *bytes, size_t size, const char *fields)
{
    struct msgr_frame frame;

    if (msgr_frame_parse(&frame, bytes, size) != MSGR_FRAME_WHOLE) {
        return 0;
    }
    assert_ptr_equal(frame.start, bytes);
    assert_in_range(frame.size, 6, size);
    if (frame.type >= 1 && frame.type < MSGR_FRAME_TYPES &&
        (!msgr_frame_check(&frame, prefix_of(frame.type)) || !read_body(&frame, fields))) {
        return 0;
    }
    if (fields != NULL) {
        assert_int_equal(frame.type, type_of(fields));
        assert_int_equal(frame.flags, number(fields, "flags"));
    }
    return frame.size;
}

/* ---- Values to bytes ---- */

static struct msgr_limits limits_of(const char *fields)
{
    return (struct msgr_limits){
        .suite = (uint8_t)number(fields, "suite"),
        .fragment = (uint8_t)number(fields, "fragment"),
        .message = (uint32_t)number(fields, "message"),
        .guaranteed = (uint16_t)number(fields, "guaranteed"),
        .initial = (uint16_t)number(fields, "initial"),
    };
}

static uint8_t *write_hello(uint8_t *at, const char *fields)
{
    uint8_t name[BYTES_MAX];
    uint8_t cookie[BYTES_MAX];
    struct msgr_hello hello = {
        .lowest = (uint8_t)number(fields, "lowest"),
        .highest = (uint8_t)number(fields, "highest"),
        .identity = number(fields, "identity"),
        .token = number(fields, "token"),
        .name = {name, (uint8_t)bytes_of(fields, "name", name)},
        .cookie = bytes_of(fields, "cookie", cookie) > 0 ? cookie : NULL,
    };
    uint8_t *end = msgr_hello_write(at, &hello);

    assert_int_equal(end - at, msgr_hello_size(&hello));
    return end;
}

static uint8_t *write_cookie(uint8_t *at, const char *fields)
{
    uint8_t cookie[BYTES_MAX];

    assert_int_equal(bytes_of(fields, "cookie", cookie), MSGR_COOKIE_SIZE);
    return msgr_cookie_write(at, &(struct msgr_cookie){number(fields, "token"), cookie});
}

static uint8_t *write_welcome(uint8_t *at, const char *fields)
{
    uint8_t name[BYTES_MAX];
    struct msgr_welcome welcome = {
        .token = number(fields, "token"),
        .version = (uint8_t)number(fields, "version"),
        .identity = number(fields, "identity"),
        .name = {name, (uint8_t)bytes_of(fields, "name", name)},
    };
    uint8_t *end = msgr_welcome_write(at, &welcome);

    assert_int_equal(end - at, msgr_welcome_size(&welcome));
    return end;
}

static uint8_t *write_refuse(uint8_t *at, const char *fields)
{
    return msgr_refuse_write(at, &(struct msgr_refuse){
                                     .token = number(fields, "token"),
                                     .code = (uint8_t)number(fields, "code"),
                                     .lowest = (uint8_t)number(fields, "lowest"),
                                     .highest = (uint8_t)number(fields, "highest"),
                                 });
}

static uint8_t *write_open(uint8_t *at, const char *fields)
{
    return msgr_open_write(at, &(struct msgr_open_frame){
                                   .to = number(fields, "to"),
                                   .from = number(fields, "from"),
                                   .id = (uint32_t)number(fields, "id"),
                                   .nonce = number(fields, "nonce"),
                                   .limits = limits_of(fields),
                               });
}

static uint8_t *write_accept(uint8_t *at, const char *fields)
{
    return msgr_accept_write(at, &(struct msgr_accept){
                                     .to_id = (uint32_t)number(fields, "id"),
                                     .echo = number(fields, "echo"),
                                     .id = (uint32_t)number(fields, "own"),
                                     .nonce = number(fields, "nonce"),
                                     .limits = limits_of(fields),
                                 });
}

static uint8_t *write_data(uint8_t *at, uint32_t id, uint8_t flags, const char *fields)
{
    uint8_t payload[BYTES_MAX];
    uint16_t size = (uint16_t)bytes_of(fields, "payload", payload);
    struct msgr_data data = {(uint32_t)number(fields, "number"), size, payload};

    return msgr_data_write(at, id, flags, &data, prefix);
}

static uint8_t *write_ack(uint8_t *at, uint32_t id, uint8_t flags, const char *fields)
{
    struct msgr_ack ack = {
        .received = (uint32_t)number(fields, "received"),
        .untaken = (uint16_t)number(fields, "untaken"),
        .room = (uint16_t)number(fields, "room"),
        .bitmap = has(fields, "bitmap") ? (uint32_t)number(fields, "bitmap") : 0,
    };

    return msgr_ack_write(at, id, flags & (uint8_t)~MSGR_ACK_BITMAP, &ack, prefix);
}

static uint8_t *write_frame(uint8_t *at, const char *fields)
{
    uint32_t id = has(fields, "id") ? (uint32_t)number(fields, "id") : 0;
    uint8_t flags = (uint8_t)number(fields, "flags");

    switch (type_of(fields)) {
    case MSGR_FRAME_HELLO:
        return write_hello(at, fields);
    case MSGR_FRAME_COOKIE:
        return write_cookie(at, fields);
    case MSGR_FRAME_WELCOME:
        return write_welcome(at, fields);
    case MSGR_FRAME_REFUSE:
        return write_refuse(at, fields);
    case MSGR_FRAME_UNKNOWN:
        return msgr_unknown_write(at);
    case MSGR_FRAME_OPEN:
        return write_open(at, fields);
    case MSGR_FRAME_ACCEPT:
        return write_accept(at, fields);
    case MSGR_FRAME_RESET:
        return msgr_reset_write(at, id);
    case MSGR_FRAME_DATA:
        return write_data(at, id, flags, fields);
    case MSGR_FRAME_ACK:
        return write_ack(at, id, flags, fields);
    case MSGR_FRAME_FLOOR:
        return msgr_floor_write(at, id, (uint32_t)number(fields, "floor"), prefix);
    default:
        fail_msg("nobody writes: %s", fields);
        return at;
    }
}

/* ---- Tests ---- */

/* Calls `test` with each vector of these kinds, of which there must be some. */
static void for_each(const char *kinds, void (*test)(struct vector *vector))
{
    static struct vector vector;
    FILE *file = fopen(FRAME_VECTORS, "r");
    unsigned count = 0;

    assert_non_null(file);
    while (next_vector(file, &vector)) {
        if (strstr(kinds, vector.kind) != NULL) {
            print_message("%s\n", vector.name);
            test(&vector);
            count++;
        }
    }
    assert_int_equal(fclose(file), 0);
    assert_int_not_equal(count, 0);
}

static void take_prefix(struct vector *vector)
{
    assert_int_equal(vector->size, 16);
    prefix = msgr_crc32c_add(MSGR_CRC32C_START, vector->bytes, vector->size);
}

static int read_prefix(void **state)
{
    (void)state;
    for_each("incarnation", take_prefix);
    return 0;
}

static void read_whole(struct vector *vector)
{
    assert_int_equal(read_frame(vector->bytes, vector->size, vector->rest), vector->size);
}

static void frames_read_as_the_vectors_say(void **state)
{
    (void)state;
    for_each("frame later skipped", read_whole);
}

static void read_with_each_end(struct vector *vector)
{
    struct msgr_frame frame;

    for (size_t size = 0; size < vector->size; size++) {
        /* Of its own, so that the sanitizer sees reading beyond the end. */
        uint8_t *cut = test_malloc(size);
        if (size > 0) {
            memcpy(cut, vector->bytes, size);
        }
        assert_int_equal(msgr_frame_parse(&frame, cut, size), MSGR_FRAME_PARTIAL);
        test_free(cut);
    }
}

static void a_frame_without_its_end_is_partial(void **state)
{
    (void)state;
    for_each("frame later skipped", read_with_each_end);
}

static void write_whole(struct vector *vector)
{
    uint8_t written[BYTES_MAX];
    uint8_t *end = write_frame(written, vector->rest);

    assert_int_equal(end - written, vector->size);
    assert_memory_equal(written, vector->bytes, vector->size);
}

static void frames_are_written_as_the_vectors_say(void **state)
{
    (void)state;
    for_each("frame", write_whole);
}

/* Where the frames end of which the line speaks. */
static size_t read_frames(struct vector *vector)
{
    size_t at = MSGR_MARK_SIZE;

    assert_int_equal(msgr_frame_mark(vector->bytes, vector->size), MSGR_FRAME_MARK_PRESENT);
    assert_string_equal(split(&vector->rest, " ; "), "1");
    while (*vector->rest != '\0') {
        const char *fields = split(&vector->rest, " ; ");
        size_t size = read_frame(vector->bytes + at, vector->size - at, fields);
        assert_int_not_equal(size, 0);
        at += size;
    }
    return at;
}

static void read_datagram(struct vector *vector)
{
    assert_int_equal(read_frames(vector), vector->size);
}

static void datagrams_read_as_the_vectors_say(void **state)
{
    (void)state;
    for_each("datagram", read_datagram);
}

static void read_broken(struct vector *vector)
{
    size_t at = read_frames(vector);

    assert_int_equal(read_frame(vector->bytes + at, vector->size - at, NULL), 0);
}

static void what_comes_before_a_malformed_frame_stands(void **state)
{
    (void)state;
    for_each("broken", read_broken);
}

static void read_refused(struct vector *vector)
{
    uint8_t *bytes = test_malloc(vector->size);

    memcpy(bytes, vector->bytes, vector->size);
    assert_int_equal(read_frame(bytes, vector->size, NULL), 0);
    test_free(bytes);
}

static void malformed_frames_are_refused(void **state)
{
    (void)state;
    for_each("refused", read_refused);
}

static void the_mark_is_written(void **state)
{
    const uint8_t expected[] = {0xF9, 0x4D, 0x47, 0x01};
    uint8_t written[MSGR_MARK_SIZE];

    (void)state;
    assert_ptr_equal(msgr_frame_put_mark(written), written + sizeof written);
    assert_memory_equal(written, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_read_as_the_vectors_say),
        cmocka_unit_test(a_frame_without_its_end_is_partial),
        cmocka_unit_test(frames_are_written_as_the_vectors_say),
        cmocka_unit_test(datagrams_read_as_the_vectors_say),
        cmocka_unit_test(what_comes_before_a_malformed_frame_stands),
        cmocka_unit_test(malformed_frames_are_refused),
        cmocka_unit_test(the_mark_is_written),
    };

    return cmocka_run_group_tests(tests, read_prefix, NULL);
}
