/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An end that somebody has is a socket in the file system that can be connected to. One that a
 * crashed program left there refuses, and is taken over. Two programs that start at the same moment
 * are kept apart by a lock on the folder while they look.
 */
#include "linux.h"
#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static struct sockaddr_un local;

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

static bool is_in_use(const struct sockaddr_un *address)
{
    int probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_answering =
        probe >= 0 && connect(probe, (const struct sockaddr *)address, sizeof *address) == 0;

    if (probe >= 0) {
        close(probe);
    }
    return is_answering;
}

static bool bind_end(int fd, const struct sockaddr_un *address)
{
    if (is_in_use(address)) {
        errno = EADDRINUSE;
        return false;
    }
    (void)unlink(address->sun_path);
    if (bind(fd, (const struct sockaddr *)address, sizeof *address) < 0) {
        return false;
    }
    local = *address;
    return true;
}

static int open_socket(void)
{
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static bool say_failure(const char *path, int fd)
{
    fprintf(stderr, "error: wire %s: %s\n", path, strerror(errno));
    if (errno == EADDRINUSE) {
        fprintf(stderr, "A wire has two ends; give each pair of nodes a wire of its own.\n");
    }
    if (fd >= 0) {
        close(fd);
    }
    return false;
}

static bool open_named(const char *path, const char *comma)
{
    struct sockaddr_un mine;
    struct sockaddr_un remote;
    int fd;

    if (!set_address(&mine, path, (size_t)(comma - path), "") ||
        !set_address(&remote, comma + 1, strlen(comma + 1), "")) {
        return false;
    }
    fd = open_socket();
    if (fd < 0 || !bind_end(fd, &mine)) {
        return say_failure(path, fd);
    }
    linux_net_use(fd, &remote, NULL);
    return true;
}

static bool open_first_free(const char *path, const struct sockaddr_un *a,
                            const struct sockaddr_un *b)
{
    int fd = open_socket();

    if (fd >= 0 && bind_end(fd, a)) {
        linux_net_use(fd, b, NULL);
        return true;
    }
    if (fd >= 0 && errno == EADDRINUSE && bind_end(fd, b)) {
        linux_net_use(fd, a, NULL);
        return true;
    }
    return say_failure(path, fd);
}

static int lock_folder(const char *path)
{
    char folder[sizeof local.sun_path];
    int fd;

    memcpy(folder, path, strlen(path) + 1); /* its length has been checked */
    fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)flock(fd, LOCK_EX); /* others hold it for some microseconds */
    }
    return fd;
}

bool port_linux_open_wire(const char *path)
{
    const char *comma = strchr(path, ',');
    struct sockaddr_un a;
    struct sockaddr_un b;
    int lock;
    bool is_open;

    if (comma != NULL) {
        return open_named(path, comma);
    }
    if (!set_address(&a, path, strlen(path), ".a") || !set_address(&b, path, strlen(path), ".b")) {
        return false;
    }
    lock = lock_folder(path);
    if (lock < 0) {
        return say_failure(path, -1);
    }
    is_open = open_first_free(path, &a, &b);
    close(lock);
    return is_open;
}

void port_linux_close(void)
{
    if (local.sun_path[0] != '\0') {
        (void)unlink(local.sun_path);
        local.sun_path[0] = '\0';
    }
}
