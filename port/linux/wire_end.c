/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An end that somebody has is a socket in the file system that can be connected to. One that a
 * crashed program left there refuses, and is taken over. Two programs that start at the same moment
 * are kept apart by a lock on the folder while they look.
 */
#include "ends.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool set_address(struct sockaddr_un *address, const char *path, size_t size,
                        const char *suffix)
{
    size_t room = sizeof address->sun_path;

    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (size == 0 || size + strlen(suffix) >= room) {
        fprintf(stderr, "error: wire %s: a path has 1 to %zu bytes\n", path,
                room - 1 - strlen(suffix));
        return false;
    }
    memcpy(address->sun_path, path, size);
    memcpy(address->sun_path + size, suffix, strlen(suffix) + 1);
    return true;
}

static int open_socket(void)
{
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* A socket that nobody has any more; never anything else, which is somebody's file. */
static bool is_left_over(const struct sockaddr_un *address)
{
    int probe = open_socket();
    struct stat file;
    bool is_left = probe >= 0 && lstat(address->sun_path, &file) == 0 && S_ISSOCK(file.st_mode) &&
                   connect(probe, (const struct sockaddr *)address, sizeof *address) < 0 &&
                   errno == ECONNREFUSED;

    if (probe >= 0) {
        close(probe);
    }
    return is_left;
}

static bool bind_end(int fd, struct wire_end *end)
{
    if (is_left_over(&end->local)) {
        (void)unlink(end->local.sun_path);
    }
    return bind(fd, (const struct sockaddr *)&end->local, sizeof end->local) == 0;
}

static int say_failure(const char *path, int fd)
{
    fprintf(stderr, "error: wire %s: %s\n", path, strerror(errno));
    if (errno == EADDRINUSE) {
        fprintf(stderr, "A wire has two ends, and these names are taken; give each pair of nodes "
                        "a wire of its own.\n");
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static int open_named(struct wire_end *end, const char *path, const char *comma)
{
    int fd;

    if (!set_address(&end->local, path, (size_t)(comma - path), "") ||
        !set_address(&end->remote, comma + 1, strlen(comma + 1), "")) {
        return -1;
    }
    fd = open_socket();
    return fd >= 0 && bind_end(fd, end) ? fd : say_failure(path, fd);
}

static void turn(struct wire_end *end)
{
    *end = (struct wire_end){end->remote, end->local};
}

static int open_first_free(struct wire_end *end, const char *path)
{
    int fd = open_socket();

    if (fd >= 0 && bind_end(fd, end)) {
        return fd;
    }
    turn(end);
    return fd >= 0 && errno == EADDRINUSE && bind_end(fd, end) ? fd : say_failure(path, fd);
}

static int lock_folder(const char *path)
{
    char folder[sizeof(struct sockaddr_un)];
    int fd;

    memcpy(folder, path, strlen(path) + 1); /* its length has been checked */
    fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)flock(fd, LOCK_EX); /* others hold it for some microseconds */
    }
    return fd;
}

int wire_end_open(struct wire_end *end, const char *path)
{
    const char *comma = strchr(path, ',');
    int lock;
    int fd;

    if (comma != NULL) {
        return open_named(end, path, comma);
    }
    if (!set_address(&end->local, path, strlen(path), ".a") ||
        !set_address(&end->remote, path, strlen(path), ".b")) {
        return -1;
    }
    lock = lock_folder(path);
    if (lock < 0) {
        return say_failure(path, -1);
    }
    fd = open_first_free(end, path);
    close(lock);
    return fd;
}

void wire_end_close(const struct wire_end *end)
{
    (void)unlink(end->local.sun_path);
}
