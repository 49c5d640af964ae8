/* SPDX-License-Identifier: BSD-3-Clause */
#include "lookup.h"

#include "address_parse.h"
#include "network.h"

#include "lwip/dns.h"

#include <string.h>

#if LWIP_DNS

static lookup_handler handler;

/* lwIP's answer, which the main loop passes on. */
static net_note is_answered;
static ip_addr_t answer;
static bool has_answer;

static void on_found(const char *name, const ip_addr_t *address, void *arg)
{
    (void)name;
    (void)arg;
    has_answer = address != NULL;
    if (has_answer) {
        answer = *address;
    }
    net_note_leave(&is_answered);
}

static const char *failure(err_t err)
{
    switch (err) {
    case ERR_VAL:
        return "no name server is known yet";
    case ERR_MEM:
        return "lwIP has no memory left";
    default:
        return "that is neither an address nor a name";
    }
}

static void ask(const char *name)
{
    ip_addr_t address;
    err_t err;

    net_lock();
    err = dns_gethostbyname(name, &address, on_found, NULL);
    net_unlock();
    if (err == ERR_OK) {
        handler(&address, NULL);
    } else if (err != ERR_INPROGRESS) {
        handler(NULL, failure(err));
    }
}

#endif

void lookup(const char *name, lookup_handler done)
{
    ip_addr_t address;

    if (address_parse(name, &address)) {
        done(&address, NULL);
        return;
    }
    if (strchr(name, '%') != NULL) {
        done(NULL, "there is no such scope; this node's one interface is %1");
        return;
    }
#if LWIP_DNS
    handler = done;
    ask(name);
#else
    done(NULL, "that is not an address, and this build knows no names");
#endif
}

void lookup_poll(void)
{
#if LWIP_DNS
    if (net_note_take(&is_answered)) {
        handler(has_answer ? &answer : NULL, "no such name, or no answer from the name server");
    }
#endif
}
