/* SPDX-License-Identifier: BSD-3-Clause */
/* Send a message to a node, and say what became of it: desktop udp://192.0.2.7 bob Hello */
#define _DEFAULT_SOURCE /* getentropy() */
#include "msgr/sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

MSGR_STORAGE(memory, 4, MSGR_AMPLE(4));

static struct pollfd fds[MSGR_LOOP_FDS(MSGR_SOCKETS_FDS)];
static struct msgr_loop loop;
static struct msgr_sockets net;

static void fill_random(void *ctx, void *data, size_t size)
{
    (void)ctx;
    if (getentropy(data, size) != 0) {
        abort();
    }
}

/* Who we are, each time that we are started. Each node has a name and a number of its own. */
#define NAME     "desktop"
#define IDENTITY 0xDE5C

static bool start(const char *url)
{
    struct msgr_config config = {
        .name = NAME, .identity = IDENTITY, .random = fill_random, .now_ms = msgr_loop_now_ms()};
    struct msgr_sockets_config transport = {.loop = &loop};

    fill_random(NULL, &config.boot, sizeof config.boot);
    return msgr_open(&transport.m, memory, sizeof memory, &config) == 0 &&
           msgr_loop_open(&loop, fds, sizeof fds / sizeof fds[0]) == 0 &&
           msgr_sockets_open(&net, &transport) == 0 && msgr_sockets_connect_url(&net, url) >= 0;
}

static int wait_outcome(void)
{
    while (msgr_loop_turn(&loop, MSGR_LOOP_FOREVER) == 0) {
        for (struct msgr_event event; msgr_sockets_next(&net, &event);) {
            if (event.type == MSGR_EVENT_OUTCOME) {
                puts(msgr_outcome_text(event.outcome));
                return event.outcome != MSGR_OUTCOME_DELIVERED;
            }
        }
    }
    return 2;
}

int main(int argc, char **argv)
{
    if (argc != 4 || !start(argv[1]) ||
        msgr_sockets_send(&net, msgr_sockets_peer(&net, argv[2]), argv[3], strlen(argv[3]), 5000) <
            0) {
        fputs("usage: desktop udp://HOST|tcp://HOST NAME TEXT\n", stderr);
        return 2;
    }
    return wait_outcome();
}
