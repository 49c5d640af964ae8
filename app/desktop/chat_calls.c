/* SPDX-License-Identifier: BSD-3-Clause */
#include "chat_calls.h"

#include "contact.h"
#include "json.h"
#include "node.h"
#include "output.h"

#include <string.h>

static struct {
    const struct url *url;
    int target;
    bool has_told; /* of its trouble, since it was there last */
} calls[OPTIONS_URLS];
static size_t count;

bool calls_open(const struct options *options)
{
    for (count = 0; count < options->url_count; count++) {
        const struct url *url = &options->urls[count];
        int target = msgr_sockets_connect_url(node_net(), url->transport);
        if (target < 0) {
            output_error("%s: %s", url->text, msgr_error_text(target));
            return false;
        }
        calls[count].url = url;
        calls[count].target = target;
    }
    return true;
}

static void tell(const struct url *url, const char *why)
{
    if (console_is_json()) {
        json_begin("trouble");
        json_text("url", url->text);
        json_text("reason", why);
        json_end();
        return;
    }
    output_colour(COLOUR_QUIET);
    console_text("Calling again and again: ");
    output_name(why);
    output_colour(COLOUR_NONE);
    console_end();
}

static void tell_other(const struct url *url, const char *name)
{
    char why[CONTACT_WHY] = "the node there is ";

    strncat(why, name, sizeof why - strlen(why) - 1);
    tell(url, why);
}

void calls_watch(void)
{
    for (size_t i = 0; i < count; i++) {
        const struct url *url = calls[i].url;
        struct msgr_peer_info info;
        char why[CONTACT_WHY];
        bool is_final;
        int peer = contact_peer(calls[i].target);

        if (peer >= 0 && msgr_sockets_peer_get(node_net(), peer, &info)) {
            bool is_other = url->name[0] != '\0' && strcmp(url->name, info.name) != 0;
            if (is_other && !calls[i].has_told) {
                tell_other(url, info.name);
            }
            calls[i].has_told = is_other;
        } else if (!calls[i].has_told && contact_trouble(calls[i].target, url, why, &is_final)) {
            tell(url, why);
            calls[i].has_told = true;
        }
    }
}
