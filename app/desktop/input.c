/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Standard input stays a blocking descriptor, for others may share it: it is read only after the
 * sleep has found something there, and then once.
 */
#include "input.h"

#include "options.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool is_stdin_closed;

void input_open_standard_files(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    is_stdin_closed = fd == STDIN_FILENO;
    while (fd >= 0 && fd <= STDERR_FILENO) {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* ---- whole ---------------------------------------------------------------------------------- */

static char whole[INPUT_MAX + 1]; /* one byte more tells a longer one */

static bool say_too_long(const char *what, size_t most)
{
    (void)options_wrong("%s has more than %zu bytes, the most that a message can have; --lines "
                        "makes each line a message",
                        what, most);
    return false;
}

bool input_join(char **words, size_t count, size_t most, const char **text, size_t *size)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(words[i]);
        if (used + (i > 0) + length > most) {
            (void)options_wrong(
                "the text has more than %zu bytes, the most that a message can have", most);
            return false;
        }
        if (i > 0) {
            whole[used++] = ' ';
        }
        memcpy(whole + used, words[i], length);
        used += length;
    }
    *text = whole;
    *size = used;
    return true;
}

static const char *shown_name(const char *file)
{
    return strcmp(file, "-") == 0 ? "standard input" : file;
}

/* @return the descriptor, or -1: it has been said why not */
static int open_file(const char *file)
{
    bool is_stdin = strcmp(file, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);

    if (is_stdin && is_stdin_closed) {
        (void)options_wrong("standard input is closed");
        return -1;
    }
    if (fd < 0) {
        (void)options_wrong("%s: %s", file, strerror(errno));
    }
    return fd;
}

static void close_file(int fd)
{
    if (fd != STDIN_FILENO) {
        close(fd);
    }
}

static bool wait_for_input(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    return poll(&one, 1, -1) > 0 || errno == EINTR;
}

/* @return bytes, 0 at the end, or -1 */
static ssize_t read_once(int fd, char *out, size_t room)
{
    ssize_t got;

    do {
        got = read(fd, out, room);
    } while (got < 0 && (errno == EINTR || (errno == EAGAIN && wait_for_input(fd))));
    return got;
}

bool input_read(const char *file, size_t most, const char **text, size_t *size)
{
    int fd = open_file(file);
    size_t used = 0;
    ssize_t got = 1;

    if (fd < 0) {
        return false;
    }
    while (got > 0 && used <= most) {
        got = read_once(fd, whole + used, most + 1 - used);
        used += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        (void)options_wrong("%s: %s", shown_name(file), strerror(errno));
    }
    close_file(fd);
    *text = whole;
    *size = used;
    return got >= 0 && (used <= most || say_too_long(shown_name(file), most));
}

/* ---- line by line --------------------------------------------------------------------------- */

static struct {
    struct msgr_part part; /* first */
    struct msgr_loop *loop;
    const char *file;
    int fd;
    size_t place;
    bool is_wanted; /* there is no whole line */
    bool is_watched;
    bool is_ended;
    bool has_failed;
    bool is_skipping;  /* what is left of a line that is too long */
    size_t start, end; /* of what has been read and not used */
    char buffer[2 * MSGR_MESSAGE_MAX + 2];
} in;

static void read_more(void)
{
    ssize_t got;

    if (in.start > 0) {
        memmove(in.buffer, in.buffer + in.start, in.end - in.start);
        in.end -= in.start;
        in.start = 0;
    }
    got = read(in.fd, in.buffer + in.end, sizeof in.buffer - in.end);
    if (got > 0) {
        in.end += (size_t)got;
    } else if (got == 0) {
        in.is_ended = true;
    } else if (errno != EINTR && errno != EAGAIN) {
        output_error("%s: %s", shown_name(in.file), strerror(errno));
        in.is_ended = true;
        in.has_failed = true;
    }
}

static uint32_t on_prepare(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    (void)part, (void)now_ms;
    in.is_watched = in.is_wanted && !in.is_ended;
    if (in.is_watched) {
        in.place = msgr_loop_watch(loop, in.fd, POLLIN);
    }
    return MSGR_LOOP_FOREVER;
}

static void on_turn(struct msgr_part *part, struct msgr_loop *loop, uint32_t now_ms)
{
    (void)part, (void)now_ms;
    if (in.is_watched && msgr_loop_ready(loop, in.place) != 0) {
        read_more();
        in.is_wanted = false;
    }
}

bool input_open_lines(struct msgr_loop *loop, const char *file)
{
    memset(&in, 0, sizeof in);
    in.loop = loop;
    in.file = file;
    in.fd = open_file(file);
    if (in.fd < 0) {
        return false;
    }
    in.part = (struct msgr_part){.fd_max = 1, .prepare = on_prepare, .turn = on_turn};
    return msgr_loop_add(loop, &in.part) == 0; /* node.c counts this one */
}

void input_close_lines(void)
{
    if (in.part.turn != NULL) {
        msgr_loop_remove(in.loop, &in.part);
        in.part.turn = NULL;
        close_file(in.fd);
    }
}

static enum input_line nothing(void)
{
    in.is_wanted = !in.is_ended;
    if (!in.is_ended) {
        return INPUT_NONE;
    }
    return in.has_failed ? INPUT_FAILED : INPUT_END;
}

/* A line that ends here, or one that is not to be kept. */
static enum input_line take_line(const char **line, size_t *size, size_t length)
{
    bool was_skipping = in.is_skipping;

    *line = in.buffer + in.start;
    *size = length;
    in.start += length + 1;
    in.is_skipping = false;
    return was_skipping || length > MSGR_MESSAGE_MAX ? INPUT_TOO_LONG : INPUT_LINE;
}

enum input_line input_next_line(const char **line, size_t *size)
{
    size_t held = in.end - in.start;
    const char *found = memchr(in.buffer + in.start, '\n', held);

    if (found != NULL) {
        return take_line(line, size, (size_t)(found - (in.buffer + in.start)));
    }
    if (in.is_ended && (held > 0 || in.is_skipping)) { /* the last line has no end */
        in.end++;
        return take_line(line, size, held);
    }
    if (held > MSGR_MESSAGE_MAX) {
        in.is_skipping = true;
        in.start = in.end;
    }
    return nothing();
}

enum input_line input_next_bytes(const char **bytes, size_t *size)
{
    *bytes = in.buffer + in.start;
    *size = in.end - in.start;
    return *size > 0 ? INPUT_LINE : nothing();
}

void input_used(size_t size)
{
    in.start += size;
}

bool input_wait_for_more(void)
{
    return nothing() == INPUT_NONE;
}
