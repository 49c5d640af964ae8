/* SPDX-License-Identifier: BSD-3-Clause */
/* The plain protocol's servers and clients on POSIX's sockets. */
#include "msgr/sockets.h"
#include "msgr/sockets_plain.h"

#include "system.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CONNECTIONS 3
#define LAST_MAX    64

static struct pollfd fds[MSGR_LOOP_FDS(32)];
static struct msgr_loop loop;
static struct msgr_sockets_plain_server server;
static struct msgr_sockets_plain_connection connections[CONNECTIONS];
static struct msgr_sockets_plain_udp_server udp_server;
static struct msgr_sockets_plain_client client;
static struct msgr_sockets_plain_udp_client udp_client;
static char buffer[MSGR_SOCKETS_PLAIN_BUFFER_SIZE];
static char path[64];
static unsigned before;

/* What the handlers were told. */
static unsigned events[MSGR_PLAIN_EVENT_ENDED + 1];
static enum msgr_plain_reason last_reason; /* of ENDED or UNANSWERED */
static char last_text[MSGR_SOCKETS_PLAIN_BUFFER_SIZE + 1];
static bool stops; /* the server after its first answer */

static uint16_t port(void)
{
    return (uint16_t)(20000u + (unsigned)getpid() * 2 % 20000u);
}

static void on_event(void *arg, const struct msgr_sockets_plain_event *event)
{
    (void)arg;
    events[event->type]++;
    if (event->text != NULL) {
        memcpy(last_text, event->text, event->size);
        last_text[event->size] = '\0';
    }
    if (event->type == MSGR_PLAIN_EVENT_ENDED || event->type == MSGR_PLAIN_EVENT_UNANSWERED) {
        last_reason = event->reason;
    }
    if (stops && event->type == MSGR_PLAIN_EVENT_ANSWERED) {
        msgr_sockets_plain_server_stop(&server);
    }
}

static int setup(void **state)
{
    (void)state;
    system_reset();
    before = system_descriptors();
    memset(events, 0, sizeof events);
    stops = false;
    last_reason = MSGR_PLAIN_REASONS;
    last_text[0] = '\0';
    client.fd = udp_client.fd = udp_server.fd = -1;
    server.is_open = false;
    (void)snprintf(path, sizeof path, "/tmp/msgr-plain-%d", (int)getpid());
    (void)unlink(path);
    assert_int_equal(msgr_loop_open(&loop, fds, sizeof fds / sizeof fds[0]), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)system_mend();
    system_pause(false);
    msgr_sockets_plain_cancel(&client);
    msgr_sockets_plain_udp_cancel(&udp_client);
    msgr_sockets_plain_server_close(&server);
    msgr_sockets_plain_server_close(&server);
    msgr_sockets_plain_udp_server_close(&udp_server);
    msgr_sockets_plain_udp_server_close(&udp_server);
    msgr_loop_close(&loop);
    system_wait_descriptors(before);
    assert_int_not_equal(access(path, F_OK), 0);
    return 0;
}

/* A server that is asked by a client of ours tells nobody. */
static void keep_quiet(void)
{
    server.config.handler = NULL;
    udp_server.config.handler = NULL;
}

static int open_at(const char *at)
{
    return msgr_sockets_plain_server_open(&server, &(struct msgr_sockets_plain_config){
                                                       .loop = &loop,
                                                       .port = port(),
                                                       .path = at,
                                                       .connections = connections,
                                                       .connection_count = CONNECTIONS,
                                                       .handler = on_event,
                                                   });
}

static void serve(void)
{
    assert_int_equal(open_at(NULL), 0);
}

static void serve_udp(bool off_link)
{
    assert_int_equal(msgr_sockets_plain_udp_server_open(
                         &udp_server, &(struct msgr_sockets_plain_udp_config){.loop = &loop,
                                                                              .port = port(),
                                                                              .off_link = off_link,
                                                                              .handler = on_event}),
                     0);
}

static void turn(void)
{
    for (int i = 0; i < 4; i++) {
        (void)msgr_loop_turn(&loop, 0);
    }
}

static void pass(uint32_t ms)
{
    for (turn(); ms > 0; ms--) {
        system_pass(1);
        turn();
    }
}

/* ---- the other side, whose calls never fail ------------------------------------------------ */

static struct msgr_sockets_address at(const char *host, uint16_t its_port)
{
    struct msgr_sockets_address address;

    assert_true(msgr_sockets_address_parse(&address, host, its_port));
    return address;
}

static int dial_to(const struct msgr_sockets_address *address, int type)
{
    int fd;

    system_pause(true);
    fd = socket(address->as.any.sa_family, type, 0);
    assert_int_equal(connect(fd, &address->as.any, address->size), 0);
    system_pause(false);
    return fd;
}

static int dial(void)
{
    struct msgr_sockets_address address = at("127.0.0.1", port());

    return dial_to(&address, SOCK_STREAM);
}

static void say(int fd, const void *data, size_t size)
{
    system_pause(true);
    assert_int_equal(send(fd, data, size, MSG_NOSIGNAL), size);
    system_pause(false);
}

/* What has come, "" for a FIN or nothing, "reset". */
static const char *hear(int fd)
{
    static char heard[5000];
    ssize_t got;

    system_pause(true);
    got = recv(fd, heard, sizeof heard - 1, MSG_DONTWAIT);
    system_pause(false);
    if (got < 0) {
        return errno == ECONNRESET ? "reset" : "";
    }
    heard[got] = '\0';
    return heard;
}

static bool is_over(int fd)
{
    char byte;
    bool is_fin;

    system_pause(true);
    is_fin = recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
    system_pause(false);
    return is_fin;
}

/* ---- server on streams --------------------------------------------------------------------- */

static void text_is_answered_after_a_fin_at_once(void **state)
{
    int fd;

    (void)state;
    serve();
    fd = dial();
    say(fd, "Hello", 5);
    assert_int_equal(shutdown(fd, SHUT_WR), 0); /* half of it is closed; the answer comes back */
    turn();
    assert_string_equal(hear(fd), "Message received: Hello. Thank you.");
    assert_true(is_over(fd));
    assert_string_equal(last_text, "Hello");
    assert_int_equal(last_reason, MSGR_PLAIN_DONE);
    assert_int_equal(events[MSGR_PLAIN_EVENT_ENDED], 1);
    close(fd);
}

static void text_is_answered_after_the_quiet_time(void **state)
{
    int fd;

    (void)state;
    serve();
    fd = dial();
    say(fd, "Hel", 3);
    pass(MSGR_PLAIN_QUIET_MS - 1);
    say(fd, "lo", 2);
    pass(MSGR_PLAIN_QUIET_MS - 1);
    assert_string_equal(hear(fd), "");
    pass(1);
    assert_string_equal(hear(fd), "Message received: Hello. Thank you.");
    assert_true(is_over(fd));
    close(fd);
}

static void longest_text_is_answered_and_a_longer_one_refused(void **state)
{
    static char text[MSGR_PLAIN_TEXT_MAX + 1];
    int fd;

    (void)state;
    serve();
    memset(text, 'x', sizeof text);
    fd = dial();
    say(fd, text, MSGR_PLAIN_TEXT_MAX);
    pass(MSGR_PLAIN_QUIET_MS);
    assert_int_equal(strlen(hear(fd)), MSGR_PLAIN_TEXT_MAX + MSGR_SOCKETS_PLAIN_AROUND);
    close(fd);
    fd = dial();
    say(fd, text, MSGR_PLAIN_TEXT_MAX + 1);
    turn();
    assert_string_equal(hear(fd), "Message refused: longer than 1024 bytes.");
    assert_int_equal(events[MSGR_PLAIN_EVENT_REFUSED], 1);
    close(fd);
}

static void empty_text_is_one_after_a_fin(void **state)
{
    int fd;

    (void)state;
    serve();
    fd = dial();
    shutdown(fd, SHUT_WR);
    turn();
    assert_string_equal(hear(fd), "Message received: . Thank you.");
    close(fd);
}

static void silent_client_goes_after_its_time(void **state)
{
    int fd;

    (void)state;
    serve();
    fd = dial();
    pass(MSGR_PLAIN_SILENCE_MS - 1);
    assert_int_equal(server.open_count, 1);
    pass(2);
    assert_string_equal(hear(fd), "reset");
    assert_int_equal(last_reason, MSGR_PLAIN_SILENT);
    assert_int_equal(server.counters.silent, 1);
    close(fd);
}

static void client_that_does_not_close_goes_after_its_time(void **state)
{
    int fd;

    (void)state;
    serve();
    fd = dial();
    say(fd, "x", 1);
    pass(MSGR_PLAIN_QUIET_MS);
    assert_string_equal(hear(fd), "Message received: x. Thank you.");
    pass(MSGR_PLAIN_LINGER_MS - 1);
    assert_int_equal(server.open_count, 1);
    pass(2);
    assert_int_equal(server.open_count, 0);
    assert_int_equal(last_reason, MSGR_PLAIN_DONE);
    close(fd);
}

static void endless_client_costs_its_own_connection(void **state)
{
    static char much[4096];
    int fd;

    (void)state;
    serve();
    fd = dial();
    memset(much, 'x', sizeof much);
    turn();
    for (int i = 0; i < 100 && server.open_count > 0; i++) {
        system_pause(true);
        (void)send(fd, much, sizeof much, MSG_NOSIGNAL | MSG_DONTWAIT);
        system_pause(false);
        turn();
    }
    assert_int_equal(server.open_count, 0);
    assert_in_range(server.counters.refused, 1, 1);
    close(fd);
}

static void client_that_does_not_read_stalls(void **state)
{
    int fd;

    (void)state;
    serve();
    fd = dial();
    system_fail(CALL_SEND, 1, EAGAIN, true);
    say(fd, "x", 1);
    pass(MSGR_PLAIN_QUIET_MS + MSGR_PLAIN_SILENCE_MS + 2);
    assert_int_equal(last_reason, MSGR_PLAIN_STALLED);
    assert_int_equal(server.counters.stalled, 1);
    close(fd);
}

static void client_may_reset_at_any_time(void **state)
{
    struct linger now = {.l_onoff = 1};
    int fd;

    (void)state;
    serve();
    for (int i = 0; i < 3; i++) {
        fd = dial();
        system_fail(CALL_SEND, 1, EAGAIN, i == 2);
        turn();
        if (i > 0) {
            say(fd, "x", 1);
            pass(MSGR_PLAIN_QUIET_MS);
        }
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(fd);
        (void)system_mend();
        pass(5);
        assert_int_equal(server.open_count, 0);
    }
    assert_int_equal(server.counters.reset, 3);
}

static void answer_may_leave_in_pieces(void **state)
{
    char whole[100] = "";
    int fd;

    (void)state;
    serve();
    system_send_most(3);
    system_interrupt(true);
    fd = dial();
    say(fd, "abc", 3);
    system_fail(CALL_SEND, 3, EAGAIN, false);
    pass(MSGR_PLAIN_QUIET_MS + 100);
    (void)snprintf(whole, sizeof whole, "%s", hear(fd));
    assert_string_equal(whole, "Message received: abc. Thank you.");
    close(fd);
}

static void further_clients_wait_their_turn(void **state)
{
    int fd[CONNECTIONS + 2];

    (void)state;
    serve();
    for (int i = 0; i < CONNECTIONS + 2; i++) {
        fd[i] = dial();
        turn();
    }
    assert_int_equal(server.open_count, CONNECTIONS);
    for (int i = 0; i < CONNECTIONS + 2; i++) {
        say(fd[i], "me", 2);
        shutdown(fd[i], SHUT_WR);
        turn();
        assert_string_equal(hear(fd[i]), "Message received: me. Thank you.");
        close(fd[i]);
    }
    assert_int_equal(server.counters.answered, CONNECTIONS + 2);
}

static void clients_wait_while_there_are_no_descriptors(void **state)
{
    int fd;
    int second;

    (void)state;
    serve();
    fd = dial();
    turn();
    system_fail(CALL_ACCEPT, 1, EMFILE, true);
    second = dial();
    pass(900);
    assert_int_equal(server.no_descriptors, 1); /* and not a thousand times */
    say(fd, "first", 5);
    pass(MSGR_PLAIN_QUIET_MS); /* who is here is served on */
    assert_string_equal(hear(fd), "Message received: first. Thank you.");
    (void)system_mend();
    close(fd);
    say(second, "second", 6);
    pass(1000);
    assert_string_equal(hear(second), "Message received: second. Thank you.");
    close(second);
}

static void framed_stream_is_reset_where_nobody_takes_it(void **state)
{
    int fd;

    (void)state;
    serve();
    fd = dial();
    say(fd, "\xF9MG\x01........", 12);
    turn();
    assert_int_equal(last_reason, MSGR_PLAIN_FRAMED);
    assert_string_equal(hear(fd), "reset");
    close(fd);
}

static void handler_may_stop_the_server(void **state)
{
    int fd;

    (void)state;
    serve();
    stops = true;
    fd = dial();
    say(fd, "x", 1);
    pass(MSGR_PLAIN_QUIET_MS);
    assert_int_equal(server.listener, -1);
    assert_string_equal(hear(fd), "Message received: x. Thank you.");
    close(fd);
    turn();
    assert_int_equal(server.open_count, 0);
}

static void unix_socket_is_served_as_well(void **state)
{
    struct msgr_sockets_address address = {.size = sizeof address.as.un};
    int fd;

    (void)state;
    assert_int_equal(open_at(path), 0);
    address.as.un.sun_family = AF_UNIX;
    memcpy(address.as.un.sun_path, path, strlen(path) + 1);
    fd = dial_to(&address, SOCK_STREAM);
    say(fd, "x", 1);
    shutdown(fd, SHUT_WR);
    turn();
    assert_string_equal(hear(fd), "Message received: x. Thank you.");
    close(fd);
}

static void server_says_what_it_cannot_open(void **state)
{
    static const struct {
        enum call call;
        int error;
    } needed[] = {{CALL_SOCKET, EMFILE},
                  {CALL_BIND, EADDRINUSE},
                  {CALL_LISTEN, EADDRINUSE},
                  {CALL_FCNTL, EINVAL}};

    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        system_fail(needed[i].call, 1, needed[i].error, false);
        assert_int_equal(open_at(NULL), -needed[i].error);
        system_fail(needed[i].call, 1, needed[i].error, false);
        assert_int_equal(open_at(path), -needed[i].error);
    }
    (void)system_mend();
    assert_int_equal(
        msgr_sockets_plain_server_open(&server, &(struct msgr_sockets_plain_config){.loop = &loop}),
        -EINVAL);
    assert_int_equal(open_at("/tmp/a/path/that/is/not/there"), -ENOENT);
    loop.fd_count = 2;
    assert_int_equal(open_at(NULL), -ENOMEM);
    loop.fd_count = sizeof fds / sizeof fds[0];
}

static void kernel_without_ipv6_is_served_by_ipv4(void **state)
{
    int fd;

    (void)state;
    system_fail(CALL_SOCKET, 1, EAFNOSUPPORT, false);
    serve();
    system_fail(CALL_SOCKET, 1, EAFNOSUPPORT, false);
    serve_udp(false);
    fd = dial();
    say(fd, "x", 1);
    shutdown(fd, SHUT_WR);
    turn();
    assert_string_equal(hear(fd), "Message received: x. Thank you.");
    close(fd);
    fd = dial_to(&(struct msgr_sockets_address[]){at("127.0.0.5", port())}[0], SOCK_DGRAM);
    say(fd, "x", 1);
    turn();
    assert_string_equal(hear(fd), "Message received: b'x'. Thank you.");
    close(fd);
}

/* ---- server over UDP ----------------------------------------------------------------------- */

static int dial_udp(const char *host)
{
    struct msgr_sockets_address address = at(host, port());

    return dial_to(&address, SOCK_DGRAM);
}

/* A connected socket takes answers from that address only. */
static void datagrams_are_answered_from_where_they_were_sent_to(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "127.0.0.77", "::1"};

    (void)state;
    serve_udp(false);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        int fd = dial_udp(hosts[i]);
        say(fd, "Hello", 5);
        turn();
        assert_string_equal(hear(fd), "Message received: b'Hello'. Thank you.");
        close(fd);
    }
    assert_int_equal(udp_server.counters.answered, 3);
}

static void long_datagram_is_refused(void **state)
{
    static char text[MSGR_PLAIN_TEXT_MAX + 1];
    int fd;

    (void)state;
    serve_udp(false);
    fd = dial_udp("::1");
    memset(text, 1, sizeof text); /* each takes four bytes of the answer */
    say(fd, text, sizeof text);
    turn();
    assert_string_equal(hear(fd), "Message refused: longer than 1024 bytes.");
    say(fd, text, sizeof text - 1);
    turn();
    assert_int_equal(strlen(hear(fd)), MSGR_SOCKETS_PLAIN_BUFFER_SIZE);
    close(fd);
}

static void broadcast_is_not_answered(void **state)
{
    struct msgr_sockets_address address = at("127.255.255.255", port());
    int on = 1;
    int fd;

    (void)state;
    serve_udp(false);
    system_pause(true);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    assert_int_equal(sendto(fd, "x", 1, 0, &address.as.any, address.size), 1);
    system_pause(false);
    turn();
    assert_int_equal(last_reason, MSGR_PLAIN_GROUP);
    close(fd);
}

static void stranger_beyond_a_router_is_not_answered(void **state)
{
    int fd;

    (void)state;
    serve_udp(false);
    fd = dial_udp("127.0.0.1");
    say(fd, "x", 1);
    system_fail(CALL_CONNECT, 1, ENETUNREACH, false); /* without a router nobody gets there */
    turn();
    assert_int_equal(system_mend(), 1);
    assert_int_equal(last_reason, MSGR_PLAIN_OFF_LINK);
    msgr_sockets_plain_udp_server_close(&udp_server);
    serve_udp(true);
    say(fd, "x", 1);
    system_fail(CALL_CONNECT, 1, ENETUNREACH, false);
    turn();
    assert_string_equal(hear(fd), "Message received: b'x'. Thank you.");
    close(fd);
}

static void servers_answers_and_framed_datagrams_are_not_answered(void **state)
{
    int fd;

    (void)state;
    serve_udp(false);
    fd = dial_udp("127.0.0.1");
    say(fd, "Message received: b'x'. Thank you.", 34);
    turn();
    assert_int_equal(last_reason, MSGR_PLAIN_ECHO);
    say(fd, "\xF9MG\x01", 4);
    turn();
    assert_int_equal(udp_server.counters.framed, 1);
    assert_string_equal(hear(fd), "");
    close(fd);
}

static void answer_that_cannot_leave_is_told(void **state)
{
    int fd;

    (void)state;
    serve_udp(false);
    fd = dial_udp("127.0.0.1");
    system_fail(CALL_SENDMSG, 1, ENOBUFS, false);
    say(fd, "x", 1);
    turn();
    assert_int_equal(last_reason, MSGR_PLAIN_NO_MEMORY);
    assert_int_equal(udp_server.counters.no_memory, 1);
    close(fd);
}

/* ---- clients ------------------------------------------------------------------------------- */

static struct msgr_sockets_plain_request request_to(const char *host, const char *text)
{
    return (struct msgr_sockets_plain_request){.loop = &loop,
                                               .address = at(host, port()),
                                               .text = text,
                                               .size = strlen(text),
                                               .buffer = buffer,
                                               .buffer_size = sizeof buffer,
                                               .handler = on_event};
}

static int ask(const char *host, const char *text)
{
    struct msgr_sockets_plain_request request = request_to(host, text);

    return msgr_sockets_plain_send(&client, &request);
}

static int ask_udp(const char *host, const char *text)
{
    struct msgr_sockets_plain_request request = request_to(host, text);

    return msgr_sockets_plain_udp_send(&udp_client, &request);
}

static void exchange_succeeds(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "::1"};

    (void)state;
    serve();
    serve_udp(false);
    keep_quiet();
    for (int i = 0; i < 2; i++) {
        system_interrupt(i == 1);
        assert_int_equal(ask(hosts[i], "Hello"), 0);
        pass(2 * MSGR_PLAIN_QUIET_MS + 20);
        assert_int_equal(last_reason, MSGR_PLAIN_DONE);
        assert_string_equal(last_text, "Message received: Hello. Thank you.");
        last_reason = MSGR_PLAIN_REASONS;
        assert_int_equal(ask_udp(hosts[i], "Hello"), 0);
        pass(20);
        assert_int_equal(last_reason, MSGR_PLAIN_DONE);
        assert_string_equal(last_text, "Message received: b'Hello'. Thank you.");
    }
}

static void empty_text_is_sent_by_a_fin(void **state)
{
    (void)state;
    serve();
    keep_quiet();
    assert_int_equal(ask("127.0.0.1", ""), 0);
    pass(MSGR_PLAIN_QUIET_MS);
    assert_string_equal(last_text, "Message received: . Thank you.");
}

static void nobody_listens(void **state)
{
    (void)state;
    assert_int_equal(ask("127.0.0.1", "x"), 0);
    pass(1);
    assert_int_equal(last_reason, MSGR_PLAIN_REFUSED);
    assert_int_equal(client.error, ECONNREFUSED);
    assert_int_equal(ask_udp("127.0.0.1", "x"), 0);
    pass(1);
    assert_int_equal(last_reason, MSGR_PLAIN_REFUSED);
}

static void nobody_answers_in_time(void **state)
{
    struct msgr_sockets_plain_request request = request_to("127.0.0.1", "x");
    int silent;

    (void)state;
    serve();
    keep_quiet();
    request.timeout_ms = 10; /* the server waits for 20 of quiet */
    assert_int_equal(msgr_sockets_plain_send(&client, &request), 0);
    pass(11);
    assert_int_equal(last_reason, MSGR_PLAIN_TIMEOUT);
    system_pause(true);
    silent = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(silent, &request.address.as.any, request.address.size), 0);
    system_pause(false);
    last_reason = MSGR_PLAIN_REASONS;
    assert_int_equal(msgr_sockets_plain_udp_send(&udp_client, &request), 0);
    pass(9);
    assert_int_equal(last_reason, MSGR_PLAIN_REASONS);
    pass(2);
    assert_int_equal(last_reason, MSGR_PLAIN_TIMEOUT);
    close(silent);
}

/* A server of the test's: it says this, and is done. */
static void answer_with(const char *text)
{
    struct msgr_sockets_address address = at("127.0.0.1", port());
    int on = 1;
    int listener;
    int fd;

    system_pause(true);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    assert_int_equal(bind(listener, &address.as.any, address.size), 0);
    assert_int_equal(listen(listener, 1), 0);
    system_pause(false);
    assert_int_equal(ask("127.0.0.1", "x"), 0);
    system_pause(true);
    fd = accept(listener, NULL, NULL);
    system_pause(false);
    turn();
    (void)hear(fd);
    say(fd, text, strlen(text));
    close(fd);
    close(listener);
    turn();
}

static void answers_are_judged(void **state)
{
    static char much[MSGR_SOCKETS_PLAIN_BUFFER_SIZE + 2];

    (void)state;
    answer_with("Message received: x. Thank you.");
    assert_int_equal(last_reason, MSGR_PLAIN_DONE);
    answer_with("Go away");
    assert_int_equal(last_reason, MSGR_PLAIN_NO_ACK);
    assert_string_equal(last_text, "Go away");
    answer_with("");
    assert_int_equal(last_reason, MSGR_PLAIN_NO_ANSWER);
    answer_with("\xF9MG\x01");
    assert_int_equal(last_reason, MSGR_PLAIN_FRAMED);
    memset(much, 'x', sizeof much - 1);
    answer_with(much);
    assert_int_equal(last_reason, MSGR_PLAIN_TOO_LONG);
}

static void all_answers_are_collected(void **state)
{
    struct msgr_sockets_plain_request request = request_to("127.255.255.255", "x");

    (void)state;
    serve_udp(false);
    keep_quiet();
    request.wait_ms = 50;
    assert_int_equal(msgr_sockets_plain_udp_send(&udp_client, &request), 0);
    pass(51);
    assert_int_equal(last_reason, MSGR_PLAIN_TIMEOUT); /* a group is not answered */
    request.address = at("127.0.0.1", port());
    assert_int_equal(msgr_sockets_plain_udp_send(&udp_client, &request), 0);
    pass(49);
    assert_string_equal(last_text, "Message received: b'x'. Thank you.");
    pass(2);
    assert_int_equal(last_reason, MSGR_PLAIN_DONE);
}

static void client_says_what_it_cannot_begin(void **state)
{
    static const enum call needed[] = {CALL_SOCKET, CALL_FCNTL, CALL_CONNECT};

    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        system_fail(needed[i], 1, ENETUNREACH, false);
        assert_int_equal(ask("127.0.0.1", "x"), -ENETUNREACH);
        system_fail(needed[i], 1, ENETUNREACH, false);
        assert_int_equal(ask_udp("127.0.0.1", "x"), -ENETUNREACH);
    }
    system_fail(CALL_SEND, 1, EMSGSIZE, false);
    assert_int_equal(ask_udp("127.0.0.1", "x"), -EMSGSIZE);
    (void)system_mend();
    assert_int_equal(ask("0.0.0.0", "x"), -EINVAL);
    assert_int_equal(ask_udp("::", "x"), -EINVAL);
    loop.fd_count = 1;
    assert_int_equal(ask("127.0.0.1", "x"), -ENOMEM);
    assert_int_equal(ask_udp("127.0.0.1", "x"), -ENOMEM);
    loop.fd_count = sizeof fds / sizeof fds[0];
    assert_int_equal(events[MSGR_PLAIN_EVENT_ENDED], 0);
}

static void text_may_leave_in_pieces(void **state)
{
    (void)state;
    serve();
    keep_quiet();
    system_send_most(2);
    assert_int_equal(ask("127.0.0.1", "a text in pieces"), 0);
    system_fail(CALL_SEND, 3, EAGAIN, false);
    pass(2 * MSGR_PLAIN_QUIET_MS);
    assert_string_equal(last_text, "Message received: a text in pieces. Thank you.");
}

static void connection_may_break_at_any_call(void **state)
{
    static const enum call calls[] = {CALL_GETSOCKOPT, CALL_SEND, CALL_RECV};

    (void)state;
    serve();
    keep_quiet();
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        last_reason = MSGR_PLAIN_REASONS;
        assert_int_equal(ask("127.0.0.1", "x"), 0);
        system_fail(calls[i], 1, ECONNRESET, true);
        pass(100);
        assert_int_equal(last_reason, MSGR_PLAIN_RESET);
        (void)system_mend();
    }
}

static void client_that_was_never_started_may_be_cancelled(void **state)
{
    struct msgr_sockets_plain_client never = {.fd = 0};
    struct msgr_sockets_plain_udp_client never_udp = {.fd = 0};

    (void)state;
    msgr_sockets_plain_cancel(&never);
    msgr_sockets_plain_udp_cancel(&never_udp);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_is_answered_after_a_fin_at_once),
        TEST(text_is_answered_after_the_quiet_time),
        TEST(longest_text_is_answered_and_a_longer_one_refused),
        TEST(empty_text_is_one_after_a_fin),
        TEST(silent_client_goes_after_its_time),
        TEST(client_that_does_not_close_goes_after_its_time),
        TEST(endless_client_costs_its_own_connection),
        TEST(client_that_does_not_read_stalls),
        TEST(client_may_reset_at_any_time),
        TEST(answer_may_leave_in_pieces),
        TEST(further_clients_wait_their_turn),
        TEST(clients_wait_while_there_are_no_descriptors),
        TEST(framed_stream_is_reset_where_nobody_takes_it),
        TEST(handler_may_stop_the_server),
        TEST(unix_socket_is_served_as_well),
        TEST(server_says_what_it_cannot_open),
        TEST(kernel_without_ipv6_is_served_by_ipv4),
        TEST(datagrams_are_answered_from_where_they_were_sent_to),
        TEST(long_datagram_is_refused),
        TEST(broadcast_is_not_answered),
        TEST(stranger_beyond_a_router_is_not_answered),
        TEST(servers_answers_and_framed_datagrams_are_not_answered),
        TEST(answer_that_cannot_leave_is_told),
        TEST(exchange_succeeds),
        TEST(empty_text_is_sent_by_a_fin),
        TEST(nobody_listens),
        TEST(nobody_answers_in_time),
        TEST(answers_are_judged),
        TEST(all_answers_are_collected),
        TEST(client_says_what_it_cannot_begin),
        TEST(text_may_leave_in_pieces),
        TEST(connection_may_break_at_any_call),
        TEST(client_that_was_never_started_may_be_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
