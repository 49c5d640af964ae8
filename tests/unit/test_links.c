/* SPDX-License-Identifier: BSD-3-Clause */
/* Links: strangers, HELLO and what answers it, and how links end. */
#include "pair.h"

static struct pair p;
static struct msgr *alice;
static struct msgr *bob;

static int setup_alone(void **state)
{
    (void)state;
    pair_start(&p);
    pair_open(&p, ALICE);
    pair_open(&p, BOB);
    alice = p.node[ALICE].m;
    bob = p.node[BOB].m;
    return 0;
}

static int setup(void **state)
{
    (void)state;
    pair_up(&p);
    alice = p.node[ALICE].m;
    bob = p.node[BOB].m;
    return 0;
}

/* ---- what a stranger sends to bob ---- */

static uint8_t answered[MSGR_ANSWER_MAX];

struct answer {
    int link;
    size_t size;
    struct msgr_frame frame; /* in `answered` */
};

static struct answer ask_raw(const char *address, const void *data, size_t size)
{
    struct answer answer = {.size = 1000};

    answer.link = msgr_link_stranger(bob, p.now_ms, address, strlen(address), data, size, answered,
                                     &answer.size);
    assert_true(answer.size <= size);
    assert_true(answer.size <= MSGR_ANSWER_MAX);
    if (answer.size > 0) {
        assert_int_equal(msgr_frame_parse(&answer.frame, answered + MSGR_MARK_SIZE,
                                          answer.size - MSGR_MARK_SIZE),
                         MSGR_FRAME_WHOLE);
        assert_true(msgr_frame_check(&answer.frame, MSGR_CRC32C_START));
    }
    return answer;
}

static uint8_t datagram[MSGR_DATAGRAM_MAX];

static struct answer ask(const char *address, const struct msgr_hello *hello)
{
    uint8_t *end = msgr_hello_write(msgr_frame_put_mark(datagram), hello);

    return ask_raw(address, datagram, (size_t)(end - datagram));
}

static struct msgr_hello hello_of(const char *name, uint64_t identity)
{
    return (struct msgr_hello){
        .lowest = 1,
        .highest = 1,
        .identity = identity,
        .token = 0x7777,
        .name = {.bytes = (const uint8_t *)name, .size = (uint8_t)strlen(name)}};
}

/* With the cookie that bob gives. */
static struct answer ask_twice(const char *address, struct msgr_hello *hello)
{
    static uint8_t kept[MSGR_COOKIE_SIZE];
    struct msgr_cookie cookie;
    struct answer answer = ask(address, hello);

    assert_int_equal(answer.frame.type, MSGR_FRAME_COOKIE);
    assert_true(msgr_cookie_parse(&cookie, &answer.frame));
    assert_int_equal(cookie.token, hello->token);
    memcpy(kept, cookie.cookie, sizeof kept);
    hello->cookie = kept;
    return ask(address, hello);
}

static void assert_refused_with(const struct answer *answer, unsigned code)
{
    struct msgr_refuse refuse;

    assert_int_equal(answer->link, MSGR_ERROR_LINK);
    assert_int_equal(answer->frame.type, MSGR_FRAME_REFUSE);
    assert_true(msgr_refuse_parse(&refuse, &answer->frame));
    assert_int_equal(refuse.token, 0x7777);
    assert_int_equal(refuse.code, code);
    assert_int_equal(refuse.lowest, 1);
    assert_int_equal(refuse.highest, 1);
}

static void cookie_proves_a_stranger(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);
    struct answer answer = ask_twice("c", &hello);

    (void)state;
    assert_int_equal(answer.link, 0);
    assert_int_equal(answer.size, 0);
    assert_int_equal(msgr_link_peer(bob, 0), msgr_peer(bob, "carol"));
    assert_int_equal(msgr_link_pending(bob, -1), 0); /* WELCOME */
}

static void cookie_of_another_address_is_answered_with_a_cookie(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);

    (void)state;
    ask_twice("c", &hello);
    struct answer answer = ask("d", &hello);
    assert_int_equal(answer.link, MSGR_ERROR_LINK);
    assert_int_equal(answer.frame.type, MSGR_FRAME_COOKIE);
}

static void cookie_expires(void **state)
{
    struct msgr_hello hello = hello_of("bob", 7); /* refused, so each time a stranger */

    (void)state;
    p.now_ms = 8000 * 4;
    ask_twice("c", &hello);
    p.now_ms = 8000 * 6 - 1;
    struct answer answer = ask("c", &hello);
    assert_int_equal(answer.frame.type, MSGR_FRAME_REFUSE);
    p.now_ms++;
    answer = ask("c", &hello);
    assert_int_equal(answer.frame.type, MSGR_FRAME_COOKIE);
}

/* The engine as it is, but for counters and the time. */
static void copy_engine(uint8_t *copy)
{
    struct msgr *m = (struct msgr *)(void *)copy;

    memcpy(copy, p.node[BOB].memory, p.node[BOB].size);
    memset(&m->stats, 0, sizeof m->stats);
    m->now_ms = 0;
}

static uint64_t before[sizeof p.node[BOB].memory / sizeof(uint64_t)];
static uint64_t after[sizeof p.node[BOB].memory / sizeof(uint64_t)];

/* Frames of every type, whole, changed and cut; each from another address. */
static void nothing_is_kept_for_strangers(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);
    uint8_t wrong[MSGR_COOKIE_SIZE] = {1, 2, 3};

    (void)state;
    setup(NULL);
    copy_engine((uint8_t *)before);
    for (unsigned i = 0; i < 1000; i++) {
        char address[3] = {(char)('a' + i % 26), (char)('a' + i / 26), 0};
        hello.token = i;
        hello.cookie = i % 2 == 0 ? wrong : NULL;
        struct answer answer = ask(address, &hello);
        assert_int_equal(answer.link, MSGR_ERROR_LINK);
        assert_int_equal(answer.frame.type, MSGR_FRAME_COOKIE);
        p.now_ms++;
    }
    for (uint8_t type = 0; type < 32; type++) {
        uint8_t *body = msgr_frame_begin(msgr_frame_put_mark(datagram), type, 7, 40);
        memset(body, 0x11, 40);
        uint8_t *end = msgr_frame_end(datagram + MSGR_MARK_SIZE, body + 40, MSGR_CRC32C_START);
        for (size_t size = 0; size <= (size_t)(end - datagram); size++) {
            struct answer answer = ask_raw("x", datagram, size);
            assert_int_equal(answer.link, MSGR_ERROR_LINK);
        }
    }
    copy_engine((uint8_t *)after);
    assert_memory_equal(before, after, p.node[BOB].size);
}

static void unknown_answers_what_belongs_to_a_link(void **state)
{
    (void)state;
    for (uint8_t type = 0; type < 32; type++) {
        uint8_t *body = msgr_frame_begin(msgr_frame_put_mark(datagram), type, 0, 4);
        uint8_t *end = msgr_frame_end(datagram + MSGR_MARK_SIZE, body + 4, MSGR_CRC32C_START);
        struct answer answer = ask_raw("x", datagram, (size_t)(end - datagram));
        bool belongs = type == 6 || type == 7 || type == 9 || type == 10 || type == 11;
        assert_int_equal(answer.size > 0, belongs);
        assert_int_equal(answer.frame.type, belongs ? MSGR_FRAME_UNKNOWN : 0);
    }
}

static void hello_of_a_stranger_is_checked(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);
    uint8_t *end = msgr_hello_write(msgr_frame_put_mark(datagram), &hello);
    size_t size = (size_t)(end - datagram);

    (void)state;
    datagram[size - 1] ^= 1;
    assert_int_equal(ask_raw("x", datagram, size).size, 0);
    assert_int_equal(pair_stats(&p, BOB).drop_check, 1);
    hello.name.size = 0;
    assert_int_equal(ask("x", &hello).size, 0);
    assert_int_equal(pair_stats(&p, BOB).drop_malformed, 1);
    hello = hello_of("carol", 7);
    hello.lowest = 2; /* beyond the highest */
    assert_int_equal(ask("x", &hello).size, 0);
    assert_int_equal(pair_stats(&p, BOB).drop_malformed, 2);
}

static void datagrams_that_are_not_framed_are_malformed(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);
    uint8_t *end = msgr_hello_write(msgr_frame_put_mark(datagram), &hello);
    size_t size = (size_t)(end - datagram);

    (void)state;
    datagram[3] = 2; /* another version */
    assert_int_equal(ask_raw("x", datagram, size).size, 0);
    datagram[3] = 1;
    datagram[0] = 'h';
    assert_int_equal(ask_raw("x", datagram, size).size, 0);
    datagram[0] = 0xF9;
    assert_int_equal(ask_raw("x", datagram, MSGR_DATAGRAM_MAX + 1).size, 0);
    assert_int_equal(pair_stats(&p, BOB).drop_malformed, 3);
    assert_int_equal(ask_raw("x", datagram, size).frame.type, MSGR_FRAME_COOKIE);
}

/* ---- refusals ---- */

static void versions_must_meet(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);

    (void)state;
    hello.lowest = 2;
    hello.highest = 9;
    struct answer answer = ask_twice("c", &hello);
    assert_refused_with(&answer, MSGR_REFUSAL_VERSION);
    hello.lowest = 1;
    hello.cookie = NULL;
    answer = ask_twice("c", &hello);
    assert_int_equal(answer.link, 0);
    assert_int_equal(pair_stats(&p, BOB).refused, 1);
}

static void own_identity_and_name_are_refused(void **state)
{
    struct msgr_hello hello = hello_of("carol", 0xB0B0B0);
    struct answer answer = ask_twice("c", &hello);

    (void)state;
    assert_refused_with(&answer, MSGR_REFUSAL_SELF);
    hello = hello_of("bob", 7);
    answer = ask_twice("c", &hello);
    assert_refused_with(&answer, MSGR_REFUSAL_NAME_TAKEN);
}

static void bad_claims_are_refused(void **state)
{
    struct msgr_hello hello = hello_of("carol", 0);
    struct answer answer = ask_twice("c", &hello);

    (void)state;
    assert_refused_with(&answer, MSGR_REFUSAL_MALFORMED);
    hello = hello_of("car\nol", 7);
    answer = ask_twice("c", &hello);
    assert_refused_with(&answer, MSGR_REFUSAL_MALFORMED);
}

static void name_of_a_peer_that_is_up_is_taken(void **state)
{
    struct msgr_hello hello = hello_of("alice", 7);

    (void)state;
    setup(NULL);
    struct answer answer = ask_twice("c", &hello);
    assert_refused_with(&answer, MSGR_REFUSAL_NAME_TAKEN);
}

static void name_of_a_peer_that_awaits_an_outcome_is_taken(void **state)
{
    struct msgr_hello hello = hello_of("alice", 7);
    int32_t message;

    (void)state;
    setup(NULL);
    message = msgr_send(bob, p.node[BOB].peer, "x", 1, 1000);
    pair_collect(&p, BOB);
    msgr_link_down(bob, p.wire[0].link[BOB], p.now_ms);
    struct answer answer = ask_twice("c", &hello);
    assert_refused_with(&answer, MSGR_REFUSAL_NAME_TAKEN);
    pair_wait(&p, 1000);
    pair_expect_outcome(&p, BOB, message, MSGR_OUTCOME_UNKNOWN, MSGR_REASON_DEADLINE);
    answer = ask("c", &hello);
    assert_true(answer.link >= 0);
}

static void name_of_a_peer_that_is_down_goes_to_who_comes(void **state)
{
    struct msgr_hello hello = hello_of("alice", 7);
    struct msgr_peer_info info;

    (void)state;
    setup(NULL);
    msgr_link_down(bob, p.wire[0].link[BOB], p.now_ms);
    msgr_send(bob, p.node[BOB].peer, "queued", 6, 0);
    struct answer answer = ask_twice("c", &hello);
    assert_true(answer.link >= 0);
    assert_int_equal(msgr_link_peer(bob, answer.link), p.node[BOB].peer);
    assert_true(msgr_peer_get(bob, p.node[BOB].peer, &info));
    assert_int_equal(info.identity, 7);
    assert_int_equal(info.queued, 1);
    pair_expect_down(&p, BOB, MSGR_REASON_REPLACED);
    pair_expect_nothing(&p, BOB);
}

static void place_that_was_kept_goes_to_who_comes(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);
    int carol = msgr_peer(bob, "carol");

    (void)state;
    struct answer answer = ask_twice("c", &hello);
    assert_int_equal(msgr_link_peer(bob, answer.link), carol);
}

static void identity_with_a_new_name_is_renamed(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);
    struct msgr_peer_info info;

    (void)state;
    ask_twice("c", &hello);
    int handle = msgr_peer(bob, "carol");
    hello = hello_of("caroline", 7);
    struct answer answer = ask_twice("d", &hello);
    assert_int_equal(msgr_link_peer(bob, answer.link), handle);
    assert_true(msgr_peer_get(bob, handle, &info));
    assert_string_equal(info.name, "caroline");
}

/* Carol, who is known, takes over the name of dave, who is down. */
static void identity_takes_the_name_of_another_that_is_down(void **state)
{
    struct msgr_hello carol = hello_of("carol", 7);
    struct msgr_hello dave = hello_of("dave", 8);
    struct answer answer = ask_twice("d", &dave);
    int handle = msgr_peer(bob, "dave");

    (void)state;
    msgr_link_down(bob, answer.link, p.now_ms);
    int first = ask_twice("c", &carol).link;
    carol = hello_of("dave", 7);
    answer = ask_twice("e", &carol);
    assert_int_equal(msgr_link_peer(bob, answer.link), handle);
    assert_int_equal(msgr_link_peer(bob, first), MSGR_ERROR_PEER); /* was the old carol's */
    assert_true(msgr_link_is_over(bob, first));
    assert_int_equal(msgr_link_reason(bob, first), MSGR_REASON_REPLACED);
}

static void no_room_for_another_peer(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);

    (void)state;
    for (char name[2] = "u"; name[0] < 'u' + PAIR_PEERS; name[0]++) {
        msgr_send(bob, msgr_peer(bob, name), "x", 1, 0);
    }
    struct answer answer = ask_twice("c", &hello);
    assert_refused_with(&answer, MSGR_REFUSAL_FULL);
}

static void no_room_for_another_link(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);
    int links = 0;

    (void)state;
    while (msgr_link_connect(bob, p.now_ms, MSGR_LINK_DATAGRAM) >= 0) {
        links++;
    }
    assert_int_equal(links, PAIR_PEERS * MSGR_LINKS_PER_PEER);
    assert_int_equal(msgr_link_accept(bob, p.now_ms), MSGR_ERROR_FULL);
    struct answer answer = ask_twice("c", &hello);
    assert_refused_with(&answer, MSGR_REFUSAL_FULL);
    msgr_link_down(bob, 3, p.now_ms);
    answer = ask("c", &hello);
    assert_int_equal(answer.link, 3);
}

/* What the initiator makes of it, by code. */
static void refusal_is_noted_and_hello_comes_again_after_a_heartbeat(void **state)
{
    static const uint8_t reasons[] = {
        MSGR_REASON_PROTOCOL, MSGR_REASON_VERSION,   MSGR_REASON_NAME_TAKEN, MSGR_REASON_SELF,
        MSGR_REASON_FULL,     MSGR_REASON_MALFORMED, MSGR_REASON_SUITE,      MSGR_REASON_PROTOCOL};
    uint8_t frame[MSGR_REFUSE_FRAME_SIZE];

    (void)state;
    for (size_t code = 0; code < sizeof reasons; code++) {
        setup_alone(NULL);
        pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
        pair_collect(&p, ALICE);
        struct msgr_refuse refuse = {.token = pair_link(&p, ALICE, 0)->token,
                                     .code = (uint8_t)code};
        refuse.token ^= 1;
        msgr_refuse_write(frame, &refuse);
        pair_inject(&p, ALICE, 0, frame, sizeof frame);
        assert_int_equal(msgr_link_reason(alice, 0), MSGR_REASON_NONE);
        refuse.token ^= 1;
        msgr_refuse_write(frame, &refuse);
        pair_inject(&p, ALICE, 0, frame, sizeof frame);
        assert_int_equal(msgr_link_reason(alice, 0), reasons[code]);
        assert_false(msgr_link_is_over(alice, 0));
        pair_drop_all(&p);
        pair_wait(&p, MSGR_HEARTBEAT_MS - 1);
        assert_int_equal(pair_collect(&p, ALICE), 0);
        pair_wait(&p, 1);
        pair_collect(&p, ALICE);
        assert_int_equal(pair_count(&p, MSGR_FRAME_HELLO), 1);
    }
}

static void refusal_ends_a_stream_on_both_sides(void **state)
{
    (void)state;
    pair_start(&p);
    p.node[BOB].config.name = "alice";
    pair_open(&p, ALICE);
    pair_open(&p, BOB);
    pair_connect(&p, 0, MSGR_LINK_STREAM);
    pair_collect(&p, ALICE);
    pair_deliver_all(&p);
    assert_true(msgr_link_is_over(p.node[BOB].m, 0));
    assert_int_equal(msgr_link_reason(p.node[BOB].m, 0), MSGR_REASON_NAME_TAKEN);
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_REFUSE), 1);
    pair_deliver(&p, 0);
    assert_true(msgr_link_is_over(p.node[ALICE].m, 0));
    assert_int_equal(msgr_link_reason(p.node[ALICE].m, 0), MSGR_REASON_NAME_TAKEN);
    pair_settle(&p);
    assert_int_equal(p.wire[0].link[ALICE], -1);
    assert_int_equal(p.wire[0].link[BOB], -1);
}

/* ---- the initiator ---- */

static void hello_is_repeated_at_growing_times(void **state)
{
    uint32_t expected_ms = 100;

    (void)state;
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    pair_collect(&p, ALICE);
    uint64_t token = pair_link(&p, ALICE, 0)->token;
    for (int i = 0; i < 15; i++) {
        uint32_t due_ms = msgr_deadline_ms(alice, p.now_ms);
        assert_in_range(due_ms, expected_ms - expected_ms / 4, expected_ms);
        pair_drop_all(&p);
        pair_wait(&p, due_ms);
        pair_collect(&p, ALICE);
        assert_int_equal(pair_count(&p, MSGR_FRAME_HELLO), 1);
        expected_ms += expected_ms / 2;
        expected_ms = expected_ms < MSGR_HEARTBEAT_MS ? expected_ms : MSGR_HEARTBEAT_MS;
    }
    assert_int_equal(pair_link(&p, ALICE, 0)->token, token);
}

static void lost_handshake_frames_are_repeated(void **state)
{
    uint32_t dice = 1;

    (void)state;
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    for (int i = 0; i < 600 && (msgr_link_peer(alice, 0) < 0 || msgr_link_peer(bob, 0) < 0); i++) {
        pair_collect(&p, ALICE);
        pair_collect(&p, BOB);
        while (p.queued > 0) { /* two of three are lost */
            dice = dice * 1664525 + 1013904223;
            if ((dice >> 24) % 3 == 0) {
                pair_deliver(&p, 0);
            } else {
                pair_drop(&p, 0);
            }
        }
        pair_wait(&p, 100);
    }
    assert_true(msgr_link_peer(alice, 0) >= 0);
    assert_true(msgr_link_peer(bob, 0) >= 0);
}

static void third_link_to_a_peer_that_is_heard_on_two_is_refused(void **state)
{
    (void)state;
    pair_up(&p);
    alice = p.node[ALICE].m;
    bob = p.node[BOB].m;
    pair_connect(&p, 1, MSGR_LINK_DATAGRAM);
    pair_settle(&p);
    assert_true(msgr_link_peer(alice, p.wire[1].link[ALICE]) >= 0);
    pair_connect(&p, 2, MSGR_LINK_DATAGRAM);
    pair_settle(&p); /* comes to an end: they do not take each other's place for ever */
    assert_int_equal(msgr_link_reason(alice, p.wire[2].link[ALICE]), MSGR_REASON_FULL);
    assert_true(msgr_link_peer(alice, p.wire[2].link[ALICE]) < 0);
    assert_true(msgr_link_peer(alice, p.wire[0].link[ALICE]) >= 0);
    assert_true(msgr_link_peer(alice, p.wire[1].link[ALICE]) >= 0);
}

static void old_cookie_is_forgotten(void **state)
{
    (void)state;
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    pair_collect(&p, ALICE);
    pair_deliver(&p, 0); /* COOKIE */
    pair_deliver(&p, 0);
    assert_true(pair_link(&p, ALICE, 0)->has_cookie);
    for (int i = 0; i < 70; i++) {
        pair_wait(&p, 100);
        pair_collect(&p, ALICE);
        pair_drop_all(&p);
    }
    assert_true(pair_link(&p, ALICE, 0)->has_cookie);
    for (int i = 0; i < 100; i++) {
        pair_wait(&p, 100);
        pair_collect(&p, ALICE);
        pair_drop_all(&p);
    }
    assert_false(pair_link(&p, ALICE, 0)->has_cookie);
}

static void answers_to_another_token_are_ignored(void **state)
{
    uint8_t frame[64];
    uint8_t bytes[MSGR_COOKIE_SIZE] = {0};
    struct msgr_cookie cookie = {.token = 1, .cookie = bytes};
    struct msgr_welcome welcome = {
        .token = 1, .version = 1, .identity = 9, .name = {(const uint8_t *)"mallory", 7}};

    (void)state;
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    uint8_t *end = msgr_cookie_write(frame, &cookie);
    pair_inject(&p, ALICE, 0, frame, (size_t)(end - frame));
    assert_false(pair_link(&p, ALICE, 0)->has_cookie);
    end = msgr_welcome_write(frame, &welcome);
    pair_inject(&p, ALICE, 0, frame, (size_t)(end - frame));
    assert_int_equal(msgr_link_peer(alice, 0), MSGR_ERROR_PEER);
    assert_int_equal(pair_stats(&p, ALICE).drop_stranger, 2);
}

static void welcome_alice(uint8_t version, uint64_t identity, const char *name)
{
    uint8_t frame[64];
    struct msgr_welcome welcome = {.token = pair_link(&p, ALICE, 0)->token,
                                   .version = version,
                                   .identity = identity,
                                   .name = {(const uint8_t *)name, (uint8_t)strlen(name)}};
    uint8_t *end = msgr_welcome_write(frame, &welcome);

    pair_inject(&p, ALICE, 0, frame, (size_t)(end - frame));
}

static void initiator_checks_who_welcomes(void **state)
{
    (void)state;
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    welcome_alice(2, 9, "carol");
    assert_int_equal(msgr_link_reason(alice, 0), MSGR_REASON_VERSION);
    welcome_alice(1, 0xA11CE, "carol");
    assert_int_equal(msgr_link_reason(alice, 0), MSGR_REASON_SELF);
    welcome_alice(1, 9, "alice");
    assert_int_equal(msgr_link_reason(alice, 0), MSGR_REASON_NAME_TAKEN);
    welcome_alice(1, 0, "carol");
    assert_int_equal(msgr_link_reason(alice, 0), MSGR_REASON_MALFORMED);
    welcome_alice(1, 9, "carol");
    assert_int_equal(msgr_link_reason(alice, 0), MSGR_REASON_NONE);
    assert_int_equal(msgr_link_peer(alice, 0), msgr_peer(alice, "carol"));
    welcome_alice(1, 10, "dave"); /* a second one */
    assert_int_equal(msgr_link_peer(alice, 0), msgr_peer(alice, "carol"));
}

static void unknown_begins_again_at_most_once_in_100_ms(void **state)
{
    uint8_t frame[MSGR_UNKNOWN_FRAME_SIZE];
    uint64_t token = pair_link(&p, ALICE, 0)->token;

    (void)state;
    msgr_unknown_write(frame);
    pair_link(&p, ALICE, 0)->begun_ms = p.now_ms - 99;
    pair_inject(&p, ALICE, 0, frame, sizeof frame);
    assert_int_equal(pair_link(&p, ALICE, 0)->token, token);
    pair_wait(&p, 1);
    pair_inject(&p, ALICE, 0, frame, sizeof frame);
    assert_int_not_equal(pair_link(&p, ALICE, 0)->token, token);
    assert_int_equal(msgr_link_peer(alice, 0), MSGR_ERROR_PEER);
    pair_settle(&p);
    assert_true(msgr_link_peer(alice, 0) >= 0);
}

static void unknown_makes_a_responder_drop_the_link(void **state)
{
    uint8_t frame[MSGR_UNKNOWN_FRAME_SIZE];

    (void)state;
    msgr_unknown_write(frame);
    pair_inject(&p, BOB, 0, frame, sizeof frame);
    assert_true(msgr_link_is_over(bob, 0));
    pair_settle(&p);
    assert_int_equal(p.wire[0].link[BOB], -1);
    pair_send(&p, ALICE, "x");
    pair_pass(&p, 1000); /* UNKNOWN to her, and all begins again */
    pair_expect_message(&p, BOB, "x");
}

static void unknown_while_not_proved_is_dropped(void **state)
{
    uint8_t frame[MSGR_UNKNOWN_FRAME_SIZE];

    (void)state;
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    msgr_unknown_write(frame);
    pair_inject(&p, ALICE, 0, frame, sizeof frame);
    assert_int_equal(pair_stats(&p, ALICE).drop_stranger, 1);
}

/* ---- the responder, on a link ---- */

static void same_hello_is_welcomed_again(void **state)
{
    uint8_t hello[MSGR_DATAGRAM_MAX];
    size_t size = 0;

    (void)state;
    setup_alone(NULL);
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    pair_collect(&p, ALICE);
    pair_deliver_all(&p); /* COOKIE, too */
    pair_collect(&p, ALICE);
    size = p.queue[0].size - MSGR_MARK_SIZE;
    memcpy(hello, p.queue[0].data + MSGR_MARK_SIZE, size);
    pair_settle(&p);
    pair_inject(&p, BOB, 0, hello, size);
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_WELCOME), 1);
    pair_settle(&p);
    assert_true(msgr_link_peer(alice, 0) >= 0);
}

static void hello_with_another_token_needs_a_cookie_and_proves_anew(void **state)
{
    (void)state;
    pair_restart(&p, ALICE);
    p.wire[0].link[ALICE] = msgr_link_connect(p.node[ALICE].m, p.now_ms, MSGR_LINK_DATAGRAM);
    pair_collect(&p, ALICE);
    pair_deliver_all(&p);
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_COOKIE), 1);
    assert_int_equal(pair_count(&p, MSGR_FRAME_WELCOME), 0);
    pair_settle(&p);
    assert_true(msgr_link_peer(p.node[ALICE].m, 0) >= 0);
    pair_expect_down(&p, BOB, MSGR_REASON_RESTARTED);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
}

static void address_gets_a_new_owner(void **state)
{
    (void)state;
    p.node[ALICE].config.name = "carol";
    p.node[ALICE].config.identity = 0xCA401;
    pair_restart(&p, ALICE);
    p.wire[0].link[ALICE] = msgr_link_connect(p.node[ALICE].m, p.now_ms, MSGR_LINK_DATAGRAM);
    pair_pass(&p, 1000);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP); /* carol is */
    pair_expect_down(&p, BOB, MSGR_REASON_REPLACED);
    assert_int_equal(msgr_link_peer(bob, p.wire[0].link[BOB]), msgr_peer(bob, "carol"));
}

static void both_connect_at_the_same_time(void **state)
{
    (void)state;
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    p.wire[1].kind = MSGR_LINK_DATAGRAM;
    p.wire[1].link[BOB] = msgr_link_connect(bob, p.now_ms, MSGR_LINK_DATAGRAM);
    pair_pass(&p, 1000);
    pair_expect(&p, ALICE, MSGR_EVENT_PEER_UP);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
    pair_expect_nothing(&p, ALICE);
    pair_expect_nothing(&p, BOB);
    assert_int_equal(msgr_link_peer(alice, 0), msgr_link_peer(alice, 1));
    p.node[BOB].peer = msgr_peer(bob, "alice");
    pair_send(&p, BOB, "x");
    pair_settle(&p);
    pair_expect_message(&p, ALICE, "x");
}

/* Both on one address pair: each is the other's initiator on the same link. */
static void both_say_hello_on_one_pair_of_addresses(void **state)
{
    (void)state;
    pair_connect(&p, 0, MSGR_LINK_DATAGRAM);
    p.wire[0].link[BOB] = msgr_link_connect(bob, p.now_ms, MSGR_LINK_DATAGRAM);
    pair_pass(&p, 2000);
    pair_expect(&p, ALICE, MSGR_EVENT_PEER_UP);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
}

/* ---- streams ---- */

static void stream_needs_no_cookie(void **state)
{
    (void)state;
    pair_connect(&p, 0, MSGR_LINK_STREAM);
    pair_collect(&p, ALICE);
    pair_deliver(&p, 0);
    pair_collect(&p, BOB);
    assert_int_equal(pair_count(&p, MSGR_FRAME_WELCOME), 1);
    pair_settle(&p);
    pair_expect(&p, ALICE, MSGR_EVENT_PEER_UP);
    pair_expect(&p, BOB, MSGR_EVENT_PEER_UP);
}

static void accepted_stream_waits_5_s_for_hello(void **state)
{
    int link = msgr_link_accept(bob, p.now_ms);

    (void)state;
    pair_wait(&p, 4999);
    assert_false(msgr_link_is_over(bob, link));
    pair_wait(&p, 1);
    assert_true(msgr_link_is_over(bob, link));
    assert_int_equal(msgr_link_reason(bob, link), MSGR_REASON_SILENT);
    assert_int_equal(msgr_link_pending(bob, -1), link);
    msgr_link_down(bob, link, p.now_ms);
    assert_int_equal(msgr_link_pending(bob, -1), -1);
}

static void silent_streams_leave_half_of_the_links(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);
    int silent = 0;

    (void)state;
    while (msgr_link_accept(bob, p.now_ms) >= 0) {
        silent++;
    }
    assert_int_equal(silent, PAIR_PEERS * MSGR_LINKS_PER_PEER / 2);
    struct answer answer = ask_twice("c", &hello);
    assert_true(answer.link >= 0);
    assert_true(msgr_link_connect(bob, p.now_ms, MSGR_LINK_STREAM) >= 0);
    assert_int_equal(msgr_link_accept(bob, p.now_ms), MSGR_ERROR_FULL);
    msgr_link_down(bob, 0, p.now_ms);
    assert_int_equal(msgr_link_accept(bob, p.now_ms), 0);
}

static void second_hello_ends_a_stream(void **state)
{
    struct msgr_hello hello = hello_of("carol", 7);
    uint8_t frame[64];
    uint8_t *end = msgr_hello_write(frame, &hello);

    (void)state;
    pair_up_on(&p, MSGR_LINK_STREAM);
    pair_inject(&p, BOB, 0, frame, (size_t)(end - frame));
    assert_true(msgr_link_is_over(p.node[BOB].m, 0));
    assert_int_equal(msgr_link_reason(p.node[BOB].m, 0), MSGR_REASON_PROTOCOL);
    pair_settle(&p);
    pair_expect_down(&p, BOB, MSGR_REASON_PROTOCOL);
    pair_expect_down(&p, ALICE, MSGR_REASON_LINK);
}

static void unknown_on_a_stream_is_dropped(void **state)
{
    uint8_t frame[MSGR_UNKNOWN_FRAME_SIZE];

    (void)state;
    pair_up_on(&p, MSGR_LINK_STREAM);
    msgr_unknown_write(frame);
    pair_inject(&p, ALICE, 0, frame, sizeof frame);
    assert_true(msgr_link_peer(p.node[ALICE].m, 0) >= 0);
}

/* ---- the transport's questions ---- */

static void what_is_no_link(void **state)
{
    (void)state;
    for (int link = -1; link <= PAIR_PEERS * MSGR_LINKS_PER_PEER; link++) {
        assert_true(msgr_link_is_over(alice, link));
        assert_int_equal(msgr_link_reason(alice, link), MSGR_REASON_NONE);
        assert_int_equal(msgr_link_peer(alice, link), MSGR_ERROR_PEER);
        msgr_link_down(alice, link, p.now_ms);
    }
}

static void pending_links_are_walked_through(void **state)
{
    (void)state;
    assert_int_equal(msgr_link_pending(alice, -1), -1);
    msgr_link_connect(alice, p.now_ms, MSGR_LINK_DATAGRAM);
    msgr_link_accept(alice, p.now_ms);
    msgr_link_connect(alice, p.now_ms, MSGR_LINK_STREAM);
    assert_int_equal(msgr_link_pending(alice, -1), 0);
    assert_int_equal(msgr_link_pending(alice, 0), 2);
    assert_int_equal(msgr_link_pending(alice, 2), -1);
}

static void link_that_is_down_is_free(void **state)
{
    (void)state;
    int link = p.wire[0].link[ALICE];
    msgr_link_down(alice, link, p.now_ms);
    assert_true(msgr_link_is_over(alice, link));
    pair_expect_down(&p, ALICE, MSGR_REASON_LINK);
    assert_int_equal(msgr_link_connect(alice, p.now_ms, MSGR_LINK_DATAGRAM), link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(cookie_proves_a_stranger, setup_alone),
        cmocka_unit_test_setup(cookie_of_another_address_is_answered_with_a_cookie, setup_alone),
        cmocka_unit_test_setup(cookie_expires, setup_alone),
        cmocka_unit_test_setup(nothing_is_kept_for_strangers, setup_alone),
        cmocka_unit_test_setup(unknown_answers_what_belongs_to_a_link, setup_alone),
        cmocka_unit_test_setup(hello_of_a_stranger_is_checked, setup_alone),
        cmocka_unit_test_setup(datagrams_that_are_not_framed_are_malformed, setup_alone),
        cmocka_unit_test_setup(versions_must_meet, setup_alone),
        cmocka_unit_test_setup(own_identity_and_name_are_refused, setup_alone),
        cmocka_unit_test_setup(bad_claims_are_refused, setup_alone),
        cmocka_unit_test_setup(name_of_a_peer_that_is_up_is_taken, setup_alone),
        cmocka_unit_test_setup(name_of_a_peer_that_awaits_an_outcome_is_taken, setup_alone),
        cmocka_unit_test_setup(name_of_a_peer_that_is_down_goes_to_who_comes, setup_alone),
        cmocka_unit_test_setup(place_that_was_kept_goes_to_who_comes, setup_alone),
        cmocka_unit_test_setup(identity_with_a_new_name_is_renamed, setup_alone),
        cmocka_unit_test_setup(identity_takes_the_name_of_another_that_is_down, setup_alone),
        cmocka_unit_test_setup(no_room_for_another_peer, setup_alone),
        cmocka_unit_test_setup(no_room_for_another_link, setup_alone),
        cmocka_unit_test(refusal_is_noted_and_hello_comes_again_after_a_heartbeat),
        cmocka_unit_test(refusal_ends_a_stream_on_both_sides),
        cmocka_unit_test_setup(hello_is_repeated_at_growing_times, setup_alone),
        cmocka_unit_test_setup(lost_handshake_frames_are_repeated, setup_alone),
        cmocka_unit_test_setup(third_link_to_a_peer_that_is_heard_on_two_is_refused, setup),
        cmocka_unit_test_setup(old_cookie_is_forgotten, setup_alone),
        cmocka_unit_test_setup(answers_to_another_token_are_ignored, setup_alone),
        cmocka_unit_test_setup(initiator_checks_who_welcomes, setup_alone),
        cmocka_unit_test_setup(unknown_begins_again_at_most_once_in_100_ms, setup),
        cmocka_unit_test_setup(unknown_makes_a_responder_drop_the_link, setup),
        cmocka_unit_test_setup(unknown_while_not_proved_is_dropped, setup_alone),
        cmocka_unit_test_setup(same_hello_is_welcomed_again, setup_alone),
        cmocka_unit_test_setup(hello_with_another_token_needs_a_cookie_and_proves_anew, setup),
        cmocka_unit_test_setup(address_gets_a_new_owner, setup),
        cmocka_unit_test_setup(both_connect_at_the_same_time, setup_alone),
        cmocka_unit_test_setup(both_say_hello_on_one_pair_of_addresses, setup_alone),
        cmocka_unit_test_setup(stream_needs_no_cookie, setup_alone),
        cmocka_unit_test_setup(accepted_stream_waits_5_s_for_hello, setup_alone),
        cmocka_unit_test_setup(silent_streams_leave_half_of_the_links, setup_alone),
        cmocka_unit_test(second_hello_ends_a_stream),
        cmocka_unit_test(unknown_on_a_stream_is_dropped),
        cmocka_unit_test_setup(what_is_no_link, setup_alone),
        cmocka_unit_test_setup(pending_links_are_walked_through, setup_alone),
        cmocka_unit_test_setup(link_that_is_down_is_free, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
