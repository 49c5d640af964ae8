/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A name is looked up by a thread, since getaddrinfo() waits: thread and loop have nothing in
 * common but a pair of sockets, by which the question goes there and the answer comes back; so
 * either may go first.
 */
#include "sockets_stack.h"

#include "sockets_address.h"
#include "sockets_fd.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

struct question {
    bool is_datagram;
    uint16_t port;
    char host[MSGR_SOCKETS_HOST_MAX + 1];
};

struct answer {
    uint8_t count;
    uint8_t error; /* if there is none */
    struct msgr_sockets_address found[MSGR_SOCKETS_ADDRESSES];
};

/* What is not a "no" may be another time. */
static uint8_t error_of(int error)
{
    switch (error) {
    case EAI_AGAIN:
        return EAGAIN;
    case EAI_MEMORY:
        return ENOMEM;
    case EAI_SYSTEM:
        return errno > 0 && errno <= UINT8_MAX ? (uint8_t)errno : EIO;
    default:
        return ENOENT;
    }
}

static void look_up(const struct question *question, struct answer *answer)
{
    struct addrinfo hints = {.ai_socktype = question->is_datagram ? SOCK_DGRAM : SOCK_STREAM,
                             .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list = NULL;

    int error = getaddrinfo(question->host, NULL, &hints, &list);

    answer->count = 0;
    answer->error = error_of(error);
    if (error != 0) {
        return;
    }
    for (const struct addrinfo *next = list; next != NULL; next = next->ai_next) {
        struct msgr_sockets_address *found = &answer->found[answer->count];

        if (answer->count < MSGR_SOCKETS_ADDRESSES && next->ai_addrlen <= sizeof found->as) {
            memcpy(&found->as, next->ai_addr, next->ai_addrlen);
            found->size = next->ai_addrlen;
            msgr_sockets_address_set_port(found, question->port);
            msgr_sockets_address_unmap(found);
            answer->count++;
        }
    }
    freeaddrinfo(list);
}

static void *run(void *arg)
{
    int fd = (int)(intptr_t)arg;
    struct question question;
    struct answer answer;

    memset(&answer, 0, sizeof answer);
    if (recv(fd, &question, sizeof question, 0) == (ssize_t)sizeof question) {
        look_up(&question, &answer);
        (void)send(fd, &answer, sizeof answer, MSG_NOSIGNAL);
    }
    (void)close(fd);
    return NULL;
}

/* Signals are for the program's own threads. */
static int start_thread(int fd)
{
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    int error;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&thread, NULL, run, (void *)(intptr_t)fd);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) {
        (void)pthread_detach(thread);
    }
    return -error;
}

static int ask(int fds[2], const struct question *question)
{
    int error = msgr_stack_prepare(fds[0]);

    if (error == 0 && send(fds[0], question, sizeof *question, MSG_NOSIGNAL) < 0) {
        error = msgr_fd_error();
    }
    return error != 0 ? error : start_thread(fds[1]);
}

int msgr_stack_lookup_begin(struct msgr_sockets_lookup *lookup, struct msgr_loop *loop,
                            const char *host, uint16_t port, bool is_datagram)
{
    struct question question = {.is_datagram = is_datagram, .port = port};
    int fds[2];
    int error;

    (void)loop;
    lookup->fd = MSGR_FD_NONE;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
        return msgr_fd_error();
    }
    memcpy(question.host, host, strlen(host) + 1);
    error = ask(fds, &question);
    if (error != 0) {
        (void)close(fds[0]);
        (void)close(fds[1]);
        return error;
    }
    lookup->fd = fds[0];
    return 0;
}

enum msgr_stack_answer msgr_stack_lookup_poll(struct msgr_sockets_lookup *lookup)
{
    struct answer answer;
    ssize_t got;

    if (lookup->fd == MSGR_FD_NONE) {
        return MSGR_STACK_NONE;
    }
    got = msgr_fd_receive(lookup->fd, &answer, sizeof answer);
    if (got == -EAGAIN) {
        return MSGR_STACK_WAITING;
    }
    msgr_stack_lookup_end(lookup);
    if (got != (ssize_t)sizeof answer || answer.count == 0) {
        lookup->error = got == (ssize_t)sizeof answer ? answer.error : EAGAIN;
        return MSGR_STACK_NOT_FOUND;
    }
    lookup->count = answer.count;
    memcpy(lookup->found, answer.found, sizeof answer.found);
    return MSGR_STACK_FOUND;
}

void msgr_stack_lookup_end(struct msgr_sockets_lookup *lookup)
{
    if (lookup->fd != MSGR_FD_NONE) {
        (void)close(lookup->fd);
        lookup->fd = MSGR_FD_NONE;
    }
}
