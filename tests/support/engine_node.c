/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engine on this computer's own sockets, for tests of other implementations: it sends so many
 * messages to the first peer that is up, and counts those that come, each of which begins with its
 * number. It says so in lines, and ends when its standard input does.
 *
 * usage: engine_node NAME IDENTITY udp|tcp listen|connect PORT MESSAGES SIZE
 */
#include "msgr/link.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    LINKS = 8,
    STREAM_SIZE = 8192
};

MSGR_STORAGE(memory, 4, MSGR_AMPLE(4));

/* One link; over UDP all share a socket. */
struct path {
    int link; /* -1: not in use */
    int fd;
    struct sockaddr_in address;
    uint8_t in[STREAM_SIZE];
    size_t in_size;
};

static struct msgr *m;
static struct path paths[LINKS];
static int main_fd; /* UDP: the socket. TCP: the listener, or -1 */
static bool is_tcp;
static unsigned to_send;
static unsigned sent;
static size_t size;
static int peer = -1;
static unsigned outcomes[3];
static unsigned received;

static uint32_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

static void fill_random(void *ctx, void *data, size_t count)
{
    (void)ctx;
    ssize_t got = getrandom(data, count, 0);
    assert(got == (ssize_t)count);
    (void)got;
}

/* ---- paths ---- */

static struct path *use_path(int link, int fd, const struct sockaddr_in *address)
{
    for (size_t i = 0; i < LINKS; i++) {
        if (paths[i].link < 0) {
            paths[i].link = link;
            paths[i].fd = fd;
            paths[i].address = *address;
            paths[i].in_size = 0;
            return &paths[i];
        }
    }
    abort();
}

static struct path *find_path(const struct sockaddr_in *address)
{
    for (size_t i = 0; i < LINKS; i++) {
        if (paths[i].link >= 0 && paths[i].address.sin_port == address->sin_port) {
            return &paths[i];
        }
    }
    return NULL;
}

static void end_path(struct path *p)
{
    msgr_link_down(m, p->link, now_ms());
    p->link = -1;
    if (is_tcp) {
        close(p->fd);
    }
}

static void transmit(struct path *p)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t count;

    while ((count = msgr_link_output(m, p->link, now_ms(), data, sizeof data)) > 0) {
        ssize_t done = is_tcp ? send(p->fd, data, count, MSG_NOSIGNAL)
                              : sendto(p->fd, data, count, 0, (struct sockaddr *)&p->address,
                                       sizeof p->address);
        if (done != (ssize_t)count) {
            break; /* the other end is gone: a datagram is lost, a connection ends when read */
        }
    }
    if (msgr_link_is_over(m, p->link)) {
        end_path(p);
    }
}

/* ---- what comes ---- */

static void take_stream(struct path *p)
{
    ssize_t got = recv(p->fd, p->in + p->in_size, sizeof p->in - p->in_size, 0);

    if (got <= 0) {
        end_path(p);
        return;
    }
    p->in_size += (size_t)got;
    size_t used = msgr_link_input(m, p->link, now_ms(), p->in, p->in_size);
    p->in_size -= used;
    memmove(p->in, p->in + used, p->in_size);
}

static void take_datagram(void)
{
    uint8_t data[2048];
    uint8_t answer[MSGR_ANSWER_MAX];
    size_t answer_size = 0;
    struct sockaddr_in from = {0};
    socklen_t from_size = sizeof from;
    ssize_t got = recvfrom(main_fd, data, sizeof data, 0, (struct sockaddr *)&from, &from_size);

    if (got <= 0) {
        return;
    }
    struct path *p = find_path(&from);
    if (p != NULL) {
        msgr_link_input(m, p->link, now_ms(), data, (size_t)got);
        return;
    }
    int link = msgr_link_stranger(m, now_ms(), &from.sin_port, sizeof from.sin_port, data,
                                  (size_t)got, answer, &answer_size);
    if (link >= 0) {
        use_path(link, main_fd, &from);
    }
    if (answer_size > 0) {
        sendto(main_fd, answer, answer_size, 0, (struct sockaddr *)&from, from_size);
    }
}

static void accept_stream(void)
{
    struct sockaddr_in from = {0};
    int fd = accept(main_fd, NULL, NULL);
    int on = 1;

    if (fd < 0) {
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int link = msgr_link_accept(m, now_ms());
    if (link < 0) {
        close(fd);
    } else {
        use_path(link, fd, &from);
    }
}

/* ---- the application ---- */

static void send_more(void)
{
    char text[MSGR_MESSAGE_MAX];

    memset(text, '.', sizeof text);
    while (peer >= 0 && sent < to_send) {
        int digits = snprintf(text, sizeof text, "%u", sent);
        text[digits] = ' ';
        if (msgr_send(m, peer, text, size, 20000) < 0) {
            return;
        }
        sent++;
    }
}

static void take_message(const struct msgr_event *event)
{
    unsigned number = (unsigned)strtoul(event->data, NULL, 10);

    if (number != received) {
        printf("wrong: %u instead of %u\n", number, received);
    }
    received++;
}

static void take_events(void)
{
    for (struct msgr_event event; msgr_next(m, &event);) {
        switch (event.type) {
        case MSGR_EVENT_PEER_UP:
            peer = event.peer;
            puts("up");
            break;
        case MSGR_EVENT_PEER_DOWN:
            printf("down: %s\n", msgr_reason_text(event.reason));
            break;
        case MSGR_EVENT_MESSAGE:
            take_message(&event);
            break;
        case MSGR_EVENT_OUTCOME:
            outcomes[event.outcome]++;
            if (outcomes[0] + outcomes[1] + outcomes[2] == to_send) {
                printf("outcomes: %u %u %u\n", outcomes[0], outcomes[1], outcomes[2]);
            }
            break;
        case MSGR_EVENT_WRITABLE:
            break;
        }
    }
}

/* ---- beginning, and the loop ---- */

static void begin(bool is_listener, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t address_size = sizeof address;
    int fd = socket(AF_INET, is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0);

    main_fd = fd;
    if (is_listener) {
        int failed = bind(fd, (struct sockaddr *)&address, address_size);
        assert(failed == 0 && (!is_tcp || listen(fd, LINKS) == 0));
        (void)failed;
        getsockname(fd, (struct sockaddr *)&address, &address_size);
        printf("port %u\n", ntohs(address.sin_port));
        return;
    }
    if (is_tcp) {
        int failed = connect(fd, (struct sockaddr *)&address, address_size);
        assert(failed == 0);
        (void)failed;
        main_fd = -1;
    }
    use_path(msgr_link_connect(m, now_ms(), is_tcp ? MSGR_LINK_STREAM : MSGR_LINK_DATAGRAM), fd,
             &address);
}

static void wait_for_something(bool *is_asked_to_end)
{
    struct pollfd fds[2 + LINKS] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                    {.fd = main_fd, .events = POLLIN}};
    uint32_t wait = msgr_deadline_ms(m, now_ms());

    for (size_t i = 0; i < LINKS; i++) {
        fds[2 + i].fd = is_tcp && paths[i].link >= 0 ? paths[i].fd : -1;
        fds[2 + i].events = POLLIN;
    }
    poll(fds, 2 + LINKS, wait > 1000 ? 1000 : (int)wait);
    msgr_tick(m, now_ms());
    *is_asked_to_end = fds[0].revents != 0;
    if (fds[1].revents != 0) {
        if (is_tcp) {
            accept_stream();
        } else {
            take_datagram();
        }
    }
    for (size_t i = 0; i < LINKS; i++) {
        if (fds[2 + i].revents != 0) {
            take_stream(&paths[i]);
        }
    }
}

int main(int argc, char **argv)
{
    assert(argc == 8);
    setvbuf(stdout, NULL, _IOLBF, 0);
    uint64_t boot = 0;
    fill_random(NULL, &boot, sizeof boot);
    int error = msgr_open(&m, memory, sizeof memory,
                          &(struct msgr_config){.name = argv[1],
                                                .identity = strtoull(argv[2], NULL, 16),
                                                .boot = boot | 1,
                                                .now_ms = now_ms(),
                                                .random = fill_random});
    if (error != 0) {
        printf("%s\n", msgr_error_text(error));
        return 1;
    }
    for (size_t i = 0; i < LINKS; i++) {
        paths[i].link = -1;
    }
    is_tcp = strcmp(argv[3], "tcp") == 0;
    to_send = (unsigned)strtoul(argv[6], NULL, 10);
    size = strtoul(argv[7], NULL, 10);
    begin(strcmp(argv[4], "listen") == 0, (uint16_t)strtoul(argv[5], NULL, 10));
    for (bool is_asked_to_end = false; !is_asked_to_end;) {
        take_events();
        send_more();
        for (size_t i = 0; i < LINKS; i++) {
            if (paths[i].link >= 0) {
                transmit(&paths[i]);
            }
        }
        wait_for_something(&is_asked_to_end);
    }
    printf("received: %u\n", received);
    return 0;
}
