/* SPDX-License-Identifier: BSD-3-Clause */
#include "other_api.h"

#include "msgr/opts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct api {
    const char *name;
    const char *program;
} raw = {"raw", "msgr-sim"}, sockets = {"sockets", "msgr-sim-sockets"};

static const struct api *const own = MSGR_SOCKETS_LWIP ? &sockets : &raw;
static const struct api *const other = MSGR_SOCKETS_LWIP ? &raw : &sockets;

bool api_is_known(const char *text)
{
    return strcmp(text, raw.name) == 0 || strcmp(text, sockets.name) == 0;
}

/* @return false: its name would not fit */
static bool find_beside(const char *program, char path[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - 1);
    char *name;

    if (size < 0) {
        return false;
    }
    path[size] = '\0';
    name = strrchr(path, '/') + 1; /* it is absolute */
    if ((size_t)(name - path) + strlen(program) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(name, program, strlen(program) + 1);
    return true;
}

bool api_become(const char *api, char **argv)
{
    char path[PATH_MAX] = "";

    if (api == NULL || strcmp(api, own->name) == 0) {
        return true;
    }
    if (find_beside(other->program, path)) {
        execv(path, argv);
    }
    fprintf(stderr, "error: --api %s: %s: %s\n", api, path, strerror(errno));
    if (errno == ENOENT) {
        fprintf(stderr,
                "It was not built: that needs an lwIP that comes with its contrib, as 2.2.1 "
                "does.\n");
    }
    return false;
}
