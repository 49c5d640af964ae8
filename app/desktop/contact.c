/* SPDX-License-Identifier: BSD-3-Clause */
#include "contact.h"

#include "node.h"

#include <stdio.h>
#include <string.h>

int contact_peer(int target)
{
    struct msgr_sockets_target_info info;
    struct msgr_sockets_link_info link;

    if (!msgr_sockets_target_get(node_net(), target, &info) || info.link < 0 ||
        !msgr_sockets_link_get(node_net(), info.link, &link)) {
        return -1;
    }
    return link.peer;
}

static const char *hint(enum msgr_reason reason)
{
    switch (reason) {
    case MSGR_REASON_NAME_TAKEN:
        return "another node has our name there: choose one with --name";
    case MSGR_REASON_SELF:
        return "that node has our identity: choose another --name or --identity";
    case MSGR_REASON_VERSION:
        return "it speaks another version of the protocol";
    case MSGR_REASON_MALFORMED:
    case MSGR_REASON_SUITE:
        return msgr_reason_text(reason);
    default:
        return NULL;
    }
}

bool contact_trouble(int target, const struct url *url, char why[CONTACT_WHY], bool *is_final)
{
    struct msgr_sockets_target_info info;

    *is_final = false;
    if (!msgr_sockets_target_get(node_net(), target, &info)) {
        return false;
    }
    if (hint(info.reason) != NULL) {
        *is_final = true;
        (void)snprintf(why, CONTACT_WHY, "%s", hint(info.reason));
    } else if (info.reason == MSGR_REASON_FULL) {
        (void)snprintf(why, CONTACT_WHY,
                       "the node at %s has no room for another peer. Try again later", url->text);
    } else if (info.error == ENOENT && url->kind != URL_UNIX) {
        *is_final = true;
        (void)snprintf(why, CONTACT_WHY, "there is no host %s. Is the name right?", url->host);
    } else if (info.error == EAGAIN && url->kind != URL_UNIX) {
        (void)snprintf(why, CONTACT_WHY,
                       "%s cannot be looked up now: the name server does not answer", url->host);
    } else if (info.error == EMFILE || info.error == ENFILE) {
        (void)snprintf(why, CONTACT_WHY, "no descriptors left to reach %s (ulimit -n)", url->text);
    } else if (info.error != 0) {
        (void)snprintf(why, CONTACT_WHY, "nobody answered at %s (%s). Is a node running there?",
                       url->text, strerror(info.error));
    } else {
        return false;
    }
    return true;
}

static bool is_up(int peer, struct msgr_peer_info *info)
{
    return peer >= 0 && msgr_sockets_peer_get(node_net(), peer, info) && info->up;
}

/* The peer that is there, if it is the one that is meant. */
static int accept_peer(const struct url *url, int peer, const char *name, char why[CONTACT_WHY])
{
    if (url->name[0] != '\0' && strcmp(url->name, name) != 0) {
        (void)snprintf(why, CONTACT_WHY, "the node there is %s", name);
        return -1;
    }
    return peer;
}

static int start(const struct url *url, char why[CONTACT_WHY])
{
    int target = msgr_sockets_connect_url(node_net(), url->transport);

    if (target < 0) {
        (void)snprintf(why, CONTACT_WHY, "cannot call %s: %s", url->text, msgr_error_text(target));
    }
    return target;
}

int contact_wait(const struct url *url, uint32_t deadline_ms, char why[CONTACT_WHY])
{
    uint64_t end_us = node_now_us() + (uint64_t)deadline_ms * 1000;
    int target = start(url, why);

    while (target >= 0) {
        struct msgr_peer_info info;
        struct msgr_event event;
        bool is_final;
        uint64_t now_us = node_now_us();
        bool is_in_trouble = contact_trouble(target, url, why, &is_final);

        if (is_up(contact_peer(target), &info)) {
            return accept_peer(url, contact_peer(target), info.name, why);
        }
        if (is_in_trouble && is_final) {
            break;
        }
        if (now_us >= end_us) {
            if (!is_in_trouble) {
                (void)snprintf(why, CONTACT_WHY, "nobody answered at %s. Is a node running there?",
                               url->text);
            }
            break;
        }
        if (!node_turn((uint32_t)((end_us - now_us + 999) / 1000))) {
            (void)snprintf(why, CONTACT_WHY, "cancelled");
            break;
        }
        while (node_next(&event)) {
        }
    }
    return -1;
}
