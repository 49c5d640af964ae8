/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * usage: bench_lwip udp|tcp framed|echo MESSAGES IN-FLIGHT
 *
 * Messages of 64 bytes to the messenger on lwIP, or to lwIP's raw API alone that sends them back.
 * All that the responder does happens in responder_takes() and responder_rests(), for callgrind to
 * count: what lwIP gets from a driver until all answers are with the driver, and the timers' share,
 * in virtual time, one round trip a millisecond. Prints the nanoseconds that a message took on the
 * real clock, both ends together.
 */
#include "initiator.h"
#include "require.h"
#include "responder.h"

#include "faults.h"
#include "stack.h"

#include "lwip/ip.h"

#include <string.h>
#include <time.h>

#define ROUND_MS 1
#define UP_MS    10000

err_t responder_takes(struct pbuf *p, struct netif *netif);
void responder_rests(void);

/* Counters keep the compiler from making jumps of the calls. */
static unsigned long packets, rests;

/* tests/support/stack.c asks for them: nothing is made to fail here. */
void faults_off(void)
{
}

void faults_pause(void)
{
}

void faults_resume(void)
{
}

__attribute__((noinline)) err_t responder_takes(struct pbuf *p, struct netif *netif)
{
    err_t err = ip_input(p, netif);

    packets++;
    return err;
}

__attribute__((noinline)) void responder_rests(void)
{
    stack_pass(ROUND_MS);
    rests++;
}

static void exchange(unsigned long messages, unsigned in_flight)
{
    unsigned long before = initiator_done;
    unsigned long sent = 0;

    for (unsigned long rounds = 0; initiator_done - before < messages; rounds++) {
        unsigned long room = in_flight - (sent - (initiator_done - before));
        unsigned begin = (unsigned)(room < messages - sent ? room : messages - sent);

        require(rounds <= messages + 100, "messages do not come");
        initiator_sends(begin);
        responder_rests();
        initiator_takes();
        sent += begin;
    }
}

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void open_ends(bool is_stream, bool is_framed)
{
    (void)stack_group_setup(NULL);
    bench_netif.input = responder_takes;
    if (is_framed) {
        responder_open_framed();
    } else {
        responder_open_echo(is_stream);
    }
    initiator_open(is_stream, is_framed);
    for (unsigned ms = 0; !initiator_is_up() && ms < UP_MS; ms += ROUND_MS) {
        initiator_sends(0);
        responder_rests();
        initiator_takes();
    }
    require(initiator_is_up(), "the responder is not up");
}

int main(int argc, char **argv)
{
    unsigned long messages = argc == 5 ? strtoul(argv[3], NULL, 10) : 0;
    unsigned in_flight = argc == 5 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
    double before;

    require(messages > 0 && in_flight > 0,
            "usage: bench_lwip udp|tcp framed|echo MESSAGES IN-FLIGHT");
    open_ends(strcmp(argv[1], "tcp") == 0, strcmp(argv[2], "framed") == 0);
    exchange(messages / 10 + 1, in_flight);
    before = now_ns();
    exchange(messages, in_flight);
    printf("%.1f\n", (now_ns() - before) / (double)messages);
    return 0;
}
