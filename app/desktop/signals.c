/* SPDX-License-Identifier: BSD-3-Clause */
/* A handler counts, and wakes the loop; whoever runs the loop looks. */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static struct msgr_loop *loop_to_wake;
static volatile sig_atomic_t ends, resizes, stops, continues;

static const int endings[] = {SIGINT, SIGTERM, SIGHUP};

static void on_signal(int number)
{
    int error = errno;

    switch (number) {
    case SIGWINCH:
        resizes = 1;
        break;
    case SIGTSTP:
        stops = 1;
        break;
    case SIGCONT:
        continues = 1;
        break;
    default:
        ends++;
        break;
    }
    (void)msgr_loop_wake(loop_to_wake);
    errno = error;
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    sigemptyset(&action.sa_mask);
    (void)sigaction(number, &action, NULL); /* fails for what is no signal only */
}

void signals_open(struct msgr_loop *loop)
{
    loop_to_wake = loop;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct sigaction before;
        if (sigaction(endings[i], NULL, &before) != 0 || before.sa_handler != SIG_IGN) {
            handle(endings[i], on_signal); /* nohup stays nohup */
        }
    }
    handle(SIGWINCH, on_signal);
}

void signals_take_stop(void)
{
    handle(SIGTSTP, on_signal);
    handle(SIGCONT, on_signal);
}

void signals_close(void)
{
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        handle(endings[i], SIG_IGN); /* we are ending already */
    }
    handle(SIGWINCH, SIG_DFL);
    handle(SIGTSTP, SIG_DFL);
    handle(SIGCONT, SIG_DFL);
}

unsigned signals_count(void)
{
    return (unsigned)ends;
}

static bool take(volatile sig_atomic_t *flag)
{
    bool is_set = *flag != 0;

    *flag = 0;
    return is_set;
}

bool signals_resized(void)
{
    return take(&resizes);
}

bool signals_must_stop(void)
{
    return take(&stops);
}

bool signals_continued(void)
{
    return take(&continues);
}
