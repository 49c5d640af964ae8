/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames leave a wire's end through a second socket, connected to the other side, which has no
 * name: for such a one poll() knows whether the other side has room. Should the other side end,
 * sending fails, and whoever has taken its name since is connected to.
 */
#include "end.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char wire_prefix[] = "wire:";
static const char tap_prefix[] = "tap:";

static bool starts_with(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

bool end_is_name(const char *name)
{
    return starts_with(name, wire_prefix) || starts_with(name, tap_prefix);
}

static bool connect_sender(struct end *end)
{
    return connect(end->sender, (const struct sockaddr *)&end->wire.remote,
                   sizeof end->wire.remote) == 0;
}

static void open_wire(struct end *end)
{
    end->receiver = wire_end_open(&end->wire, end->name + strlen(wire_prefix));
    if (end->receiver >= 0) {
        end->sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect_sender(end); /* or with the first frame */
    }
}

bool end_open(struct end *end, const char *name)
{
    *end = (struct end){.name = name, .receiver = -1, .is_wire = starts_with(name, wire_prefix)};
    if (end->is_wire) {
        open_wire(end);
    } else {
        end->receiver = tap_end_open(name + strlen(tap_prefix));
        end->sender = end->receiver;
    }
    return end->receiver >= 0;
}

void end_close(struct end *end)
{
    if (end->name == NULL || end->receiver < 0) {
        return;
    }
    close(end->receiver);
    if (end->is_wire) {
        close(end->sender);
        wire_end_close(&end->wire);
    }
    end->receiver = -1;
}

long end_receive(struct end *end, uint8_t *bytes, size_t room)
{
    ssize_t got;

    do {
        got = read(end->receiver, bytes, room);
    } while (got == 0 || (got < 0 && errno == EINTR)); /* a datagram of nothing is no frame */
    if (got < 0) {
        return errno == EAGAIN ? 0 : -1;
    }
    return (long)got;
}

static bool try_send(struct end *end, const uint8_t *bytes, size_t size)
{
    ssize_t sent;

    do {
        sent = end->is_wire ? send(end->sender, bytes, size, MSG_NOSIGNAL)
                            : write(end->sender, bytes, size);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

enum end_sent end_send(struct end *end, const uint8_t *bytes, size_t size)
{
    if (try_send(end, bytes, size)) {
        return END_SENT;
    }
    if (end->is_wire && (errno == ECONNREFUSED || errno == ENOTCONN) && connect_sender(end) &&
        try_send(end, bytes, size)) {
        return END_SENT;
    }
    return errno == EAGAIN ? END_FULL : END_ABSENT;
}
