/* SPDX-License-Identifier: BSD-3-Clause */
/* msgr: the messenger on a computer. */
#include "commands.h"
#include "input.h"
#include "node.h"
#include "options.h"
#include "output.h"
#include "status.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

/* Texts are UTF-8 whatever the user's language is; what that is matters where characters are
 * typed, and counted. */
static void set_locale(void)
{
    if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    }
}

int main(int argc, char **argv)
{
    static int (*const run[COMMANDS])(const struct options *) = {
        [COMMAND_SEND] = send_run, [COMMAND_SERVE] = serve_run, [COMMAND_CHAT] = chat_run,
        [COMMAND_PING] = ping_run, [COMMAND_BENCH] = bench_run,
    };
    static struct options options;
    int status;

    input_open_standard_files();
    (void)signal(SIGPIPE, SIG_IGN); /* write() says it, too */
    set_locale();
    status = options_read(&options, argc, argv);
    if (status >= 0) {
        return status;
    }
    output_open(options.is_json);
    status = run[options.command](&options);
    node_close();
    return output_is_broken() && status == STATUS_OK ? STATUS_NOT_DELIVERED : status;
}
