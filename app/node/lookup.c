/* SPDX-License-Identifier: BSD-3-Clause */
#include "lookup.h"

#include "address_parse.h"

#include "lwip/dns.h"

#if LWIP_DNS

static lookup_handler handler;

static void on_found(const char *name, const ip_addr_t *address, void *arg)
{
    (void)name;
    (void)arg;
    handler(address, address != NULL ? NULL : "no such name, or no answer from the name server");
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
    err_t err = dns_gethostbyname(name, &address, on_found, NULL);

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
#if LWIP_DNS
    handler = done;
    ask(name);
#else
    done(NULL, "that is not an address, and this build knows no names");
#endif
}
