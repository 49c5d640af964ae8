/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * msgr-impair: a loop around poll(), which sleeps until a frame comes, one is due (a timerfd, exact
 * to microseconds), an end takes frames again, or somebody says something. All memory is static.
 */
#include "commands.h"
#include "direction.h"
#include "options.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    ON_A, /* frames come in */
    ON_B,
    ON_SENDER_OF_B, /* room again, for the direction from A */
    ON_SENDER_OF_A,
    ON_TIMER,
    ON_SIGNAL,
    ON_COMMANDS,
    ON_COUNT,
};

static struct options options;
static struct end ends[2];
static struct direction directions[2]; /* from A to B, and back */
static struct commands commands;
static struct pollfd files[ON_COUNT];
static uint64_t start_ns, counters_ns, timer_ns;
static bool is_ending, has_failed;

static void fail(const char *what)
{
    fprintf(stderr, "error: %s: %s\n", what, strerror(errno));
    is_ending = true;
    has_failed = true;
}

/* ---- set-up -------------------------------------------------------------------------------- */

/* Whoever started us may have closed standard input, output or error. */
static void open_standard_files(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        close(fd);
    }
}

/* In the background of a shell a terminal is not ours to read: then read() fails. */
static int open_signals(void)
{
    sigset_t ours;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGTTIN, SIG_IGN);
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGHUP);
    sigprocmask(SIG_BLOCK, &ours, NULL);
    return signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool open_all(void)
{
    files[ON_SIGNAL] = (struct pollfd){.fd = open_signals(), .events = POLLIN};
    files[ON_TIMER] = (struct pollfd){
        .fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), .events = POLLIN};
    files[ON_COMMANDS] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    if (files[ON_SIGNAL].fd < 0 || files[ON_TIMER].fd < 0) {
        fail("signals and a timer");
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (!end_open(&ends[i], options.ends[i])) {
            return false;
        }
    }
    return true;
}

static void open_directions(void)
{
    for (unsigned i = 0; i < 2; i++) {
        directions[i].from = &ends[i];
        directions[i].to = &ends[1 - i];
        directions[i].weather = options.weather[i];
        directions[i].spares_arp = options.spares_arp;
        direction_open(&directions[i], options.seed, i);
    }
    start_ns = now_ns();
    counters_ns = options.interval_ns != 0 ? start_ns + options.interval_ns : UINT64_MAX;
}

/* ---- the loop ------------------------------------------------------------------------------ */

static void set_timer(void)
{
    uint64_t next_ns = counters_ns;
    struct itimerspec when = {{0, 0}, {0, 0}};

    for (int i = 0; i < 2; i++) {
        uint64_t due_ns = direction_next_ns(&directions[i]);
        next_ns = due_ns < next_ns ? due_ns : next_ns;
    }
    if (next_ns == timer_ns) {
        return;
    }
    timer_ns = next_ns;
    if (next_ns != UINT64_MAX) {
        when.it_value.tv_sec = (time_t)(next_ns / 1000000000);
        when.it_value.tv_nsec = (long)(next_ns % 1000000000);
    }
    if (timerfd_settime(files[ON_TIMER].fd, TFD_TIMER_ABSTIME, &when, NULL) < 0) {
        fail("the timer");
    }
}

/* A negative descriptor: poll() passes it by. */
static void listen_to_ends(void)
{
    for (int i = 0; i < 2; i++) {
        const struct direction *direction = &directions[i];
        files[ON_A + i].fd = direction_has_room(direction) ? ends[i].receiver : -1;
        files[ON_A + i].events = POLLIN;
        files[ON_SENDER_OF_B + i].fd = direction->is_blocked ? direction->to->sender : -1;
        files[ON_SENDER_OF_B + i].events = POLLOUT;
    }
}

static void show_counters(bool is_last)
{
    if (!report_counters(&options, directions, now_ns() - start_ns, is_last)) {
        is_ending = true;
    }
}

/* @return whether to go on */
static bool answer(enum command command)
{
    if (command == COMMAND_COUNTERS) {
        show_counters(false);
        return !is_ending;
    }
    return command != COMMAND_QUIT && report_answer(&options, command == COMMAND_DONE);
}

static void do_commands(void)
{
    enum command command;

    if (!commands_read(&commands, files[ON_COMMANDS].fd)) {
        files[ON_COMMANDS].fd = -1;
    }
    while (!is_ending && (command = commands_next(&commands, directions)) != COMMAND_NONE) {
        is_ending = !answer(command);
    }
}

static void tick(void)
{
    uint64_t expirations;

    if (read(files[ON_TIMER].fd, &expirations, sizeof expirations) > 0) {
        timer_ns = 0;
    }
    while (counters_ns <= now_ns()) {
        counters_ns += options.interval_ns;
        show_counters(false);
    }
}

static void move_frames(void)
{
    for (int i = 0; i < 2; i++) {
        if (files[ON_A + i].revents != 0 && !direction_take(&directions[i])) {
            fail(ends[i].name);
        }
        direction_give(&directions[i]);
    }
}

/* Frames before commands: what was sent before "cut" has passed. */
static void run(void)
{
    while (!is_ending) {
        set_timer();
        listen_to_ends();
        if (poll(files, ON_COUNT, -1) < 0 && errno != EINTR) {
            fail("poll");
            return;
        }
        move_frames();
        if (files[ON_TIMER].revents != 0) {
            tick();
        }
        if (files[ON_COMMANDS].revents != 0) {
            do_commands();
        }
        if (files[ON_SIGNAL].revents != 0) {
            is_ending = true;
        }
    }
}

int main(int argc, char **argv)
{
    int status;

    open_standard_files();
    status = options_read(&options, argc, argv);
    if (status >= 0) {
        return status;
    }
    has_failed = !open_all();
    if (!has_failed) {
        open_directions();
        is_ending = !report_ready(&options);
        run();
        show_counters(true);
    }
    end_close(&ends[0]);
    end_close(&ends[1]);
    return has_failed ? 1 : 0;
}
