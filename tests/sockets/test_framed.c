/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The framed protocol on POSIX's sockets: every kind of link, every system call that fails, comes
 * back early or does a part, names, power cuts, and other threads' messages.
 */
#include "ends.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const schemes[] = {"udp", "udp6", "tcp", "tcp6", "unix"};
#define SCHEMES (sizeof schemes / sizeof schemes[0])

/* NOLINTBEGIN(bugprone-macro-parentheses): what is given is declared */
#define FOR_EACH_SCHEME(scheme)                                                                    \
    for (const char *const *at = schemes, *scheme = *at; at < schemes + SCHEMES;                   \
         scheme = ++at < schemes + SCHEMES ? *at : NULL)

/* NOLINTEND(bugprone-macro-parentheses) */

static char path[64]; /* of bob's Unix socket */

static bool is_stream(const char *scheme)
{
    return scheme[0] != 'u' || scheme[1] == 'n';
}

static int setup(void **state)
{
    (void)snprintf(path, sizeof path, "/tmp/msgr-test-%d", (int)getpid());
    (void)unlink(path);
    return ends_setup(state);
}

static void begin(const char *scheme)
{
    void *state = NULL;

    (void)setup(&state);
    bob.config.path = path;
    assert_int_equal(ends_open(&bob, true), 0);
    assert_int_equal(ends_open(&alice, false), 0);
    assert_true(ends_call(&alice, scheme, &bob) >= 0);
}

static void up(const char *scheme)
{
    begin(scheme);
    ends_up();
}

static void end_all(void)
{
    void *state = NULL;

    (void)ends_teardown(&state);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* So many each way, as fast as they are taken. */
static void exchange(unsigned count, size_t size)
{
    unsigned a = 0;
    unsigned b = 0;

    for (int ms = 0; ms < 60000 && (a < count || b < count); ms++) {
        a += ends_send(&alice, count - a, size);
        b += ends_send(&bob, count - b, size);
        ends_pass(1);
    }
    assert_int_equal(a, count);
    assert_int_equal(b, count);
    ends_deliver_all(60000);
}

/* ---- what works ---------------------------------------------------------------------------- */

static void messages_go_both_ways_over_every_kind_of_link(void **state)
{
    (void)state;
    FOR_EACH_SCHEME(scheme)
    {
        up(scheme);
        exchange(300, 64);
        exchange(10, MSGR_MESSAGE_MAX);
        assert_int_equal(bob.net.counters.dropped, 0);
        end_all();
    }
}

static void link_says_who_is_at_its_other_end(void **state)
{
    static const int families[] = {AF_INET, AF_INET6, AF_INET, AF_INET6, AF_UNIX};
    struct msgr_sockets_link_info info;

    (void)state;
    for (size_t i = 0; i < SCHEMES; i++) {
        up(schemes[i]);
        assert_true(msgr_sockets_link_get(&bob.net, 0, &info));
        /* An IPv4 address is one, though the socket is IPv6's. */
        assert_int_equal(info.address.as.any.sa_family, families[i]);
        assert_int_equal(info.is_stream, is_stream(schemes[i]));
        assert_int_equal(info.peer, bob.peer);
        assert_false(msgr_sockets_link_get(&bob.net, 1, &info));
        end_all();
    }
}

static void handlers_are_told_instead_of_pulling(void **state)
{
    static const struct msgr_handlers nobody_listens;

    (void)state;
    (void)setup(state);
    bob.config.handlers = &nobody_listens;
    assert_int_equal(ends_open(&bob, true), 0);
    assert_int_equal(ends_open(&alice, false), 0);
    assert_true(ends_call(&alice, "udp", &bob) >= 0);
    for (int ms = 0; ms < 1000 && alice.peer < 0; ms += 10) {
        ends_pass(10);
    }
    assert_int_equal(ends_send(&alice, 3, 64), 3);
    ends_pass(100);
    assert_int_equal(alice.delivered, 3);
    end_all();
}

static void who_does_not_pull_closes_the_window(void **state)
{
    (void)state;
    up("tcp");
    bob.is_slow = true;
    while (ends_send(&alice, 100, 512) > 0) {
        ends_pass(5);
    }
    assert_int_equal(alice.delivered, 0);
    bob.is_slow = false;
    ends_deliver_all(60000);
    end_all();
}

static void peer_that_lost_its_power_is_found_again(void **state)
{
    (void)state;
    FOR_EACH_SCHEME(scheme)
    {
        up(scheme);
        exchange(5, 64);
        alice.may_skip = bob.may_skip = true;
        assert_int_equal(ends_send(&alice, 3, 64), 3);
        ends_restart(&bob);
        for (int ms = 0; ms < 60000 && bob.ups < 2; ms += 10) {
            ends_pass(10);
        }
        assert_int_equal(bob.ups, 2);
        ends_finish(31000);
        end_all();
    }
}

/* None of it was transmitted: not even to find out that the peer has forgotten the conversation. */
static void message_for_a_peer_that_is_away_and_begins_anew_is_delivered(void **state)
{
    (void)state;
    FOR_EACH_SCHEME(scheme)
    {
        up(scheme);
        exchange(5, 64);
        ends_pass(200); /* so soon after HELLO the word would be taken for an old one */
        msgr_sockets_leave(&bob.net);
        bob.is_open = false;
        for (int ms = 0; ms < 1000 && alice.downs == 0; ms += 10) {
            ends_pass(10); /* it need not wait for silence */
        }
        assert_int_equal(alice.downs, 1);
        assert_int_equal(ends_send(&alice, 3, 64), 3);
        ends_restart(&bob);
        ends_finish(20000);
        assert_int_equal(alice.delivered, alice.sent);
        assert_int_equal(bob.received, alice.sent);
        end_all();
    }
}

/* The engine keeps what it has, and goes on with another transport. */
static void messages_wait_while_there_is_no_transport(void **state)
{
    struct msgr_sockets_config config;

    (void)state;
    up("tcp");
    config = bob.net.config;
    msgr_sockets_close(&bob.net);
    bob.is_open = false;
    ends_pass(50);
    assert_int_equal(ends_send(&alice, 5, 64), 5);
    ends_pass(3000);
    assert_int_equal(alice.delivered, 0);
    assert_int_equal(msgr_sockets_open(&bob.net, &config), 0);
    bob.is_open = true;
    ends_deliver_all(10000);
    end_all();
}

/* ---- system calls that come back early ----------------------------------------------------- */

static void interrupted_calls_are_made_again(void **state)
{
    (void)state;
    FOR_EACH_SCHEME(scheme)
    {
        begin(scheme);
        system_interrupt(true);
        ends_up();
        exchange(100, 64);
        system_interrupt(false);
        end_all();
    }
}

static void stack_may_take_a_few_bytes_at_a_time(void **state)
{
    static const size_t few[] = {1, 7, 100};

    (void)state;
    for (size_t i = 0; i < sizeof few / sizeof few[0]; i++) {
        FOR_EACH_SCHEME(scheme)
        {
            begin(scheme);
            system_send_most(few[i]);
            ends_up();
            exchange(50, 200);
            end_all();
        }
    }
}

static void stack_that_takes_nothing_for_a_while_loses_nothing(void **state)
{
    static const int errors[] = {EAGAIN, ENOBUFS, ENOMEM};

    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        FOR_EACH_SCHEME(scheme)
        {
            up(scheme);
            (void)ends_send(&alice, 20, 300);
            system_fail(is_stream(scheme) ? CALL_SEND : CALL_SENDMSG, 1, errors[i], true);
            ends_pass(200);
            assert_int_equal(alice.delivered, 0);
            assert_true(alice.net.counters.no_memory > 0);
            assert_true(system_mend() > 0);
            ends_deliver_all(5000);
            end_all();
        }
    }
}

/* Half of a piece has left when the stack takes no more. */
static void rest_of_a_piece_leaves_when_there_is_room(void **state)
{
    (void)state;
    up("tcp");
    system_send_most(10);
    (void)ends_send(&alice, 10, 300);
    system_fail(CALL_SEND, 2, EAGAIN, true);
    ends_pass(100);
    assert_true(system_mend() > 0);
    system_send_most(0);
    ends_deliver_all(5000);
    end_all();
}

static void stream_whose_output_fails_is_replaced(void **state)
{
    (void)state;
    up("tcp");
    (void)ends_send(&alice, 10, 300);
    system_fail(CALL_SEND, 1, EPIPE, false);
    ends_deliver_all(10000);
    assert_int_equal(system_mend(), 1);
    assert_int_equal(bob.received, 10);
    end_all();
}

static void datagrams_that_cannot_leave_are_repeated(void **state)
{
    (void)state;
    up("udp");
    (void)ends_send(&alice, 10, 300);
    system_fail(CALL_SENDMSG, 1, EPERM, true); /* a firewall says so */
    ends_pass(100);
    assert_true(alice.net.counters.unsent > 0);
    (void)system_mend();
    ends_deliver_all(10000);
    end_all();
}

/* ---- each call fails once ------------------------------------------------------------------ */

static const struct {
    enum call call;
    int error;
} failures[] = {
    {CALL_ACCEPT, EMFILE},        {CALL_ACCEPT, ECONNABORTED}, {CALL_BIND, EADDRINUSE},
    {CALL_CONNECT, ECONNREFUSED}, {CALL_CONNECT, EAGAIN},      {CALL_FCNTL, EINVAL},
    {CALL_GETSOCKOPT, ENOBUFS},   {CALL_LISTEN, EADDRINUSE},   {CALL_PIPE, EMFILE},
    {CALL_POLL, ENOMEM},          {CALL_RECV, ECONNRESET},     {CALL_RECV, EAGAIN},
    {CALL_RECVMSG, ENOMEM},       {CALL_RECVMSG, EAGAIN},      {CALL_SEND, ECONNRESET},
    {CALL_SEND, EAGAIN},          {CALL_SENDMSG, ENOBUFS},     {CALL_SENDMSG, EPERM},
    {CALL_SETSOCKOPT, ENOBUFS},   {CALL_SOCKET, EMFILE},       {CALL_SOCKET, ENFILE},
};

/* @return whether both could be opened: if not, it was said, and all is as it was */
static bool try_to_open(void)
{
    bob.config.path = path;
    return ends_open(&bob, true) == 0 && ends_open(&alice, false) == 0;
}

/* All that can be done is done: a link comes about, and all that is accepted is delivered. */
static void talk(const char *scheme)
{
    if (!try_to_open() || ends_call(&alice, scheme, &bob) < 0) {
        return;
    }
    alice.may_skip = bob.may_skip = true;
    ends_up();
    (void)ends_send(&alice, 3, 64);
    (void)ends_send(&bob, 3, 64);
    ends_finish(31000);
    assert_int_equal(alice.not_delivered, 0);
}

static void each_call_may_fail_and_nothing_is_lost_or_left(void **state)
{
    (void)state;
    FOR_EACH_SCHEME(scheme)
    {
        for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
            bool has_failed = true;

            for (unsigned nth = 1; has_failed && nth <= 12; nth++) {
                (void)setup(state);
                system_fail(failures[i].call, nth, failures[i].error, false);
                talk(scheme);
                has_failed = system_mend() > 0;
                end_all();
            }
        }
    }
}

/* ---- descriptors --------------------------------------------------------------------------- */

static void listener_pauses_when_there_are_no_descriptors_left(void **state)
{
    unsigned before;

    (void)state;
    begin("tcp");
    system_fail(CALL_ACCEPT, 1, EMFILE, true);
    ends_pass(900);
    assert_int_equal(bob.net.counters.no_descriptors, 1);
    before = system_calls(CALL_ACCEPT);
    ends_pass(1000);
    assert_int_equal(system_calls(CALL_ACCEPT), before + 1); /* once a second */
    (void)system_mend();
    ends_up();
    exchange(10, 64);
    end_all();
}

static void those_who_are_here_are_served_on_without_descriptors(void **state)
{
    (void)state;
    up("tcp");
    system_fail(CALL_ACCEPT, 1, EMFILE, true);
    system_fail(CALL_SOCKET, 1, EMFILE, true);
    assert_int_equal(msgr_sockets_connect_url(&alice.net, "tcp://127.0.0.1:1"), 1);
    exchange(20, 64);
    (void)system_mend();
    end_all();
}

/* ---- names --------------------------------------------------------------------------------- */

/* It comes from a thread; unless it has come already. */
static void wait_for_answer(const struct end *end, int target)
{
    int fd = end->net.target[target].lookup.fd;

    if (fd >= 0) {
        system_wait_readable(fd);
    }
    ends_settle();
}

static int call_name(const char *scheme)
{
    char url[64];

    (void)snprintf(url, sizeof url, "%s://some.host:%u", scheme, bob.port);
    return msgr_sockets_connect_url(&alice.net, url);
}

static void open_both(void)
{
    assert_int_equal(ends_open(&bob, true), 0);
    assert_int_equal(ends_open(&alice, false), 0);
}

static void name_is_looked_up(void **state)
{
    static const char *const kinds[] = {"udp", "tcp"};
    static const char *const addresses[] = {"127.0.0.1", "::1"};

    (void)state;
    for (int i = 0; i < 4; i++) {
        (void)setup(state);
        system_names(addresses[i / 2]);
        open_both();
        wait_for_answer(&alice, call_name(kinds[i % 2]));
        ends_up();
        end_all();
    }
}

static void addresses_of_a_name_are_tried_in_turn(void **state)
{
    struct msgr_sockets_target_info info;

    (void)setup(state);
    system_names("127.0.0.2 127.0.0.3 ::1");
    open_both();
    system_fail(CALL_CONNECT, 1, ECONNREFUSED, false);
    wait_for_answer(&alice, call_name("tcp"));
    assert_true(msgr_sockets_target_get(&alice.net, 0, &info));
    assert_int_equal(((uint8_t *)&info.address.as.in4.sin_addr)[3], 3);
    ends_up();
    end_all();
}

/* It must not take the time of those behind it: a second. */
static void silent_address_is_given_up_for_the_next_one(void **state)
{
    struct msgr_sockets_target_info info;

    (void)setup(state);
    system_names("127.0.0.2 ::1");
    open_both();
    system_connect_to_nobody();
    wait_for_answer(&alice, call_name("tcp"));
    ends_pass(900);
    assert_true(msgr_sockets_target_get(&alice.net, 0, &info));
    assert_int_equal(info.address.as.any.sa_family, AF_INET);
    ends_pass(200);
    assert_true(msgr_sockets_target_get(&alice.net, 0, &info));
    assert_int_equal(info.address.as.any.sa_family, AF_INET6);
    assert_true(alice.peer >= 0);
    end_all();
}

/* Over UDP nobody says that nobody is there: a second each. */
static void addresses_are_tried_in_turn_over_udp_too(void **state)
{
    struct msgr_sockets_target_info info;

    (void)setup(state);
    system_names("127.0.0.2 ::1");
    open_both();
    system_fail(CALL_SENDMSG, 1, EHOSTUNREACH, true);
    wait_for_answer(&alice, call_name("udp"));
    ends_pass(1100);
    (void)system_mend();
    ends_pass(500);
    assert_true(msgr_sockets_target_get(&alice.net, 0, &info));
    assert_int_equal(info.address.as.any.sa_family, AF_INET6);
    ends_up();
    end_all();
}

static void name_that_nobody_has_is_asked_for_again(void **state)
{
    struct msgr_sockets_target_info info;

    (void)setup(state);
    open_both();
    wait_for_answer(&alice, call_name("tcp"));
    assert_true(msgr_sockets_target_get(&alice.net, 0, &info));
    assert_int_equal(info.error, ENOENT);
    assert_int_equal(info.attempts, 1);
    system_names("127.0.0.1");
    ends_pass(200);
    wait_for_answer(&alice, 0);
    ends_up();
    assert_true(msgr_sockets_target_get(&alice.net, 0, &info));
    assert_int_equal(info.error, 0);
    end_all();
}

static void lookup_that_cannot_begin_is_tried_later(void **state)
{
    static const enum call needed[] = {CALL_SOCKETPAIR, CALL_FCNTL, CALL_SEND, CALL_THREAD};
    struct msgr_sockets_target_info info;

    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        (void)setup(state);
        system_names("127.0.0.1");
        open_both();
        system_fail(needed[i], 1, EMFILE, false);
        (void)call_name("tcp");
        assert_int_equal(system_mend(), 1);
        assert_true(msgr_sockets_target_get(&alice.net, 0, &info));
        assert_int_equal(info.error, needed[i] == CALL_THREAD ? EAGAIN : EMFILE);
        ends_pass(200);
        wait_for_answer(&alice, 0);
        ends_up();
        end_all();
    }
}

static void target_may_go_while_its_name_is_looked_up(void **state)
{
    (void)setup(state);
    system_names("127.0.0.1");
    open_both();
    msgr_sockets_disconnect(&alice.net, call_name("tcp"));
    (void)call_name("udp");
    end_all();
}

/* ---- targets ------------------------------------------------------------------------------- */

static void urls_are_checked(void **state)
{
    static const char *const bad[] = {"",
                                      "bob",
                                      "udp:/x",
                                      "udp://",
                                      "tcp://:1",
                                      "udp://a:0",
                                      "udp://a:x",
                                      "udp://a:65536",
                                      "unix:",
                                      "tcp://::1",
                                      "tcp://[::1",
                                      "tcp://[1.2.3.4]",
                                      "http://a",
                                      "udp://a/bob",
                                      "udp://[a]:1",
                                      "tcp://a:1:2",
                                      "udp://0.0.0.0",
                                      "udp://224.0.0.1",
                                      "udp://255.255.255.255",
                                      "udp://[::]",
                                      "udp://[ff02::1]"};
    char long_name[256] = "udp://";

    (void)setup(state);
    open_both();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(msgr_sockets_connect_url(&alice.net, bad[i]), MSGR_ERROR_RANGE);
    }
    memset(long_name + 6, 'a', 200);
    assert_int_equal(msgr_sockets_connect_url(&alice.net, long_name), MSGR_ERROR_NAME);
    (void)snprintf(long_name, sizeof long_name, "unix:%0200d", 0);
    assert_int_equal(msgr_sockets_connect_url(&alice.net, long_name), MSGR_ERROR_NAME);
    end_all();
}

static void targets_may_be_full(void **state)
{
    int last = 0;

    (void)setup(state);
    open_both();
    for (int i = 0; i < MSGR_SOCKETS_TARGETS; i++) {
        last = ends_call(&alice, "tcp", &bob);
        assert_int_equal(last, i);
    }
    assert_int_equal(ends_call(&alice, "tcp", &bob), MSGR_ERROR_FULL);
    msgr_sockets_disconnect(&alice.net, last);
    msgr_sockets_disconnect(&alice.net, last);
    msgr_sockets_disconnect(&alice.net, -1);
    msgr_sockets_disconnect(&alice.net, MSGR_SOCKETS_TARGETS);
    assert_int_equal(ends_call(&alice, "tcp", &bob), last);
    end_all();
}

static void who_is_not_there_yet_is_called_again(void **state)
{
    struct msgr_sockets_target_info info;

    (void)setup(state);
    assert_int_equal(ends_open(&alice, false), 0);
    assert_int_equal(ends_call(&alice, "tcp", &bob), 0);
    ends_pass(1000);
    assert_true(msgr_sockets_target_get(&alice.net, 0, &info));
    assert_int_equal(info.error, ECONNREFUSED);
    assert_true(info.attempts >= 3);
    assert_int_equal(ends_open(&bob, true), 0);
    ends_up();
    exchange(5, 64);
    end_all();
}

static void disconnecting_ends_the_link(void **state)
{
    (void)state;
    FOR_EACH_SCHEME(scheme)
    {
        up(scheme);
        msgr_sockets_disconnect(&alice.net, 0);
        ends_pass(20000);
        assert_int_equal(alice.downs, 1);
        assert_int_equal(bob.downs, 1);
        end_all();
    }
}

/* ---- Unix sockets -------------------------------------------------------------------------- */

static void abandoned_path_is_used_again(void **state)
{
    struct stat before, after;

    (void)state;
    up("unix");
    assert_int_equal(stat(path, &before), 0);
    /* As if it had been killed: the path stays, and nobody listens. */
    close(bob.net.local);
    bob.net.local = -1;
    msgr_sockets_close(&bob.net);
    bob.is_open = false;
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(ends_open(&bob, true), 0);
    assert_int_equal(stat(path, &after), 0);
    ends_pass(3000);
    assert_int_equal(bob.ups, 2);
    end_all();
}

static void path_of_somebody_else_is_not_touched(void **state)
{
    (void)state;
    up("unix");
    alice.config.path = path;
    msgr_sockets_close(&alice.net);
    alice.is_open = false;
    assert_int_equal(ends_open(&alice, false), -EADDRINUSE);
    alice.config.path = NULL;
    end_all();

    (void)setup(state);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    bob.config.path = path;
    assert_int_equal(ends_open(&bob, true), -EADDRINUSE);
    assert_int_equal(unlink(path), 0); /* the file is still there */
    end_all();
}

/* ---- opening ------------------------------------------------------------------------------- */

static void port_that_is_taken_is_told(void **state)
{
    (void)setup(state);
    alice.port = bob.port;
    assert_int_equal(ends_open(&bob, true), 0);
    assert_int_equal(ends_open(&alice, true), -EADDRINUSE);
    end_all();
}

static void nonsense_is_refused(void **state)
{
    (void)setup(state);
    assert_int_equal(ends_open(&bob, true), 0);
    assert_int_equal(msgr_sockets_open(&alice.net, &(struct msgr_sockets_config){.m = bob.m}),
                     -EINVAL);
    assert_int_equal(
        msgr_sockets_open(&alice.net, &(struct msgr_sockets_config){.loop = &bob.loop}), -EINVAL);
    msgr_sockets_close(&alice.net);
    end_all();
}

static void loop_without_room_for_its_parts_says_so(void **state)
{
    struct pollfd few[MSGR_LOOP_FDS(2)];
    struct msgr_loop loop;

    (void)setup(state);
    assert_int_equal(ends_open(&bob, true), 0);
    assert_int_equal(msgr_loop_open(&loop, few, 0), -EINVAL);
    assert_int_equal(msgr_loop_open(&loop, few, 3), 0);
    assert_int_equal(
        msgr_sockets_open(&alice.net,
                          &(struct msgr_sockets_config){.m = bob.m, .loop = &loop, .port = 1}),
        -ENOMEM);
    msgr_loop_close(&loop);
    end_all();
}

/* ---- other threads ------------------------------------------------------------------------- */

MSGR_MAILBOX(box, 8, 64);

static int32_t posted_message[16];
static unsigned posted_count;

static void on_posted(void *ctx, uint32_t tag, int peer, int32_t message)
{
    assert_ptr_equal(ctx, &alice);
    assert_int_equal(tag, posted_count);
    assert_true(peer == alice.peer || message == MSGR_ERROR_PEER);
    posted_message[posted_count++ % 16] = message;
}

static void up_with_mailbox(void **state)
{
    (void)setup(state);
    posted_count = 0;
    alice.config.mailbox = &box;
    alice.config.posted = on_posted;
    alice.config.posted_ctx = &alice;
    open_both();
    assert_true(ends_call(&alice, "udp", &bob) >= 0);
    ends_up();
}

static void post(const char *text, uint32_t deadline_ms, uint32_t tag)
{
    assert_int_equal(msgr_mailbox_post(&box, alice.peer, text, strlen(text), deadline_ms, tag), 0);
}

static void posted_messages_are_sent(void **state)
{
    up_with_mailbox(state);
    post("0", 0, 0);
    post("1", 0, 1);
    alice.sent = 2;
    ends_deliver_all(100);
    assert_int_equal(posted_count, 2);
    assert_true(posted_message[0] > 0 && posted_message[1] > 0);
    end_all();
}

static void time_in_the_mailbox_counts(void **state)
{
    up_with_mailbox(state);
    post("0", 50, 0);
    system_pass(60);
    alice.sent = 1;
    bob.may_skip = true;
    system_fail(CALL_SENDMSG, 1, ENOBUFS, true);
    ends_pass(5);
    assert_int_equal(alice.not_delivered, 1);
    end_all();
}

static void what_the_engine_refuses_is_told(void **state)
{
    up_with_mailbox(state);
    assert_int_equal(msgr_mailbox_post(&box, 77, "x", 1, 0, 0), 0);
    assert_int_equal(msgr_mailbox_post(&box, alice.peer, "x", 1, UINT32_MAX, 1), 0);
    ends_settle();
    assert_int_equal(posted_count, 2);
    assert_int_equal(posted_message[0], MSGR_ERROR_PEER);
    assert_int_equal(posted_message[1], MSGR_ERROR_RANGE);
    end_all();
}

#define POSTERS 4
#define POSTS   500

static atomic_uint posting;

static void *post_many(void *arg)
{
    (void)arg;
    for (int i = 0; i < POSTS; i++) {
        while (msgr_mailbox_post(&box, alice.peer, "thread", 6, 0, 0) != 0) {
            (void)sched_yield(); /* full: the other thread takes out */
        }
    }
    atomic_fetch_sub(&posting, 1);
    return NULL;
}

static unsigned from_threads;

static void count_posted(void *ctx, uint32_t tag, int peer, int32_t message)
{
    (void)ctx, (void)tag, (void)peer;
    assert_true(message > 0 || message == MSGR_ERROR_FULL);
    from_threads++;
}

static void threads_post_at_the_same_time(void **state)
{
    pthread_t thread[POSTERS];

    up_with_mailbox(state);
    alice.net.config.posted = count_posted;
    from_threads = 0;
    posting = POSTERS;
    for (int i = 0; i < POSTERS; i++) {
        assert_int_equal(pthread_create(&thread[i], NULL, post_many, NULL), 0);
    }
    while (atomic_load(&posting) > 0) {
        struct msgr_event event;
        (void)msgr_loop_turn(&alice.loop, 0);
        while (msgr_sockets_next(&alice.net, &event)) {
        }
    }
    for (int i = 0; i < POSTERS; i++) {
        pthread_join(thread[i], NULL);
    }
    (void)msgr_loop_turn(&alice.loop, 0);
    assert_int_equal(from_threads, POSTERS * POSTS);
    end_all();
}

static void waking_rings_once(void **state)
{
    (void)state;
    up("udp");
    for (int i = 0; i < 100000; i++) { /* more than a pipe holds, if each rang */
        assert_true(msgr_loop_wake(&alice.loop));
    }
    system_wait_readable(alice.loop.wake_fd[0]);
    ends_settle();
    assert_int_equal(alice.loop.bell & 1, 0);
    assert_true(msgr_loop_wake(&alice.loop));
    system_wait_readable(alice.loop.wake_fd[0]);
    end_all();
}

static void wake_alice(int number)
{
    (void)number;
    /* That it may be called here is what is tested. */
    (void)msgr_loop_wake(&alice.loop); /* NOLINT(bugprone-signal-handler,cert-sig30-c) */
}

static void signal_handler_may_wake(void **state)
{
    (void)state;
    up("udp");
    (void)signal(SIGUSR1, wake_alice);
    errno = 77;
    (void)raise(SIGUSR1);
    assert_int_equal(errno, 77);
    system_wait_readable(alice.loop.wake_fd[0]);
    end_all();
}

#define TEST(name) cmocka_unit_test_teardown(name, ends_cleanup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_go_both_ways_over_every_kind_of_link),
        TEST(link_says_who_is_at_its_other_end),
        TEST(handlers_are_told_instead_of_pulling),
        TEST(who_does_not_pull_closes_the_window),
        TEST(peer_that_lost_its_power_is_found_again),
        TEST(message_for_a_peer_that_is_away_and_begins_anew_is_delivered),
        TEST(messages_wait_while_there_is_no_transport),
        TEST(interrupted_calls_are_made_again),
        TEST(stack_may_take_a_few_bytes_at_a_time),
        TEST(stack_that_takes_nothing_for_a_while_loses_nothing),
        TEST(rest_of_a_piece_leaves_when_there_is_room),
        TEST(stream_whose_output_fails_is_replaced),
        TEST(datagrams_that_cannot_leave_are_repeated),
        TEST(each_call_may_fail_and_nothing_is_lost_or_left),
        TEST(listener_pauses_when_there_are_no_descriptors_left),
        TEST(those_who_are_here_are_served_on_without_descriptors),
        TEST(name_is_looked_up),
        TEST(addresses_of_a_name_are_tried_in_turn),
        TEST(silent_address_is_given_up_for_the_next_one),
        TEST(addresses_are_tried_in_turn_over_udp_too),
        TEST(name_that_nobody_has_is_asked_for_again),
        TEST(lookup_that_cannot_begin_is_tried_later),
        TEST(target_may_go_while_its_name_is_looked_up),
        TEST(urls_are_checked),
        TEST(targets_may_be_full),
        TEST(who_is_not_there_yet_is_called_again),
        TEST(disconnecting_ends_the_link),
        TEST(abandoned_path_is_used_again),
        TEST(path_of_somebody_else_is_not_touched),
        TEST(port_that_is_taken_is_told),
        TEST(nonsense_is_refused),
        TEST(loop_without_room_for_its_parts_says_so),
        TEST(posted_messages_are_sent),
        TEST(time_in_the_mailbox_counts),
        TEST(what_the_engine_refuses_is_told),
        TEST(threads_post_at_the_same_time),
        TEST(waking_rings_once),
        TEST(signal_handler_may_wake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
