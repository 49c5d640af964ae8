/* SPDX-License-Identifier: BSD-3-Clause */
#include "node.h"

#include "bring_up.h"
#include "commands.h"
#include "console.h"
#include "lookup.h"
#include "run.h"
#include "send.h"
#include "show.h"
#include "show_address.h"
#include "terminal.h"

#include "port/port.h"

#include <string.h>

static struct netif netif;

static void take_setting(const char **text, const char *name)
{
    const char *given = port_setting(name);

    if (given != NULL) {
        *text = given;
    }
}

static struct address_config with_settings(struct address_config config)
{
    const char *address = port_setting("address");

    if (address != NULL && strcmp(address, "dhcp") == 0) {
        config.dhcp_wait_ms = config.dhcp_wait_ms != 0 ? config.dhcp_wait_ms : NODE_DHCP_WAIT_MS;
    } else if (address != NULL) {
        config.dhcp_wait_ms = 0;
        config.address = address;
        config.gateway = NULL; /* the other address's */
    }
    take_setting(&config.gateway, "gateway");
    take_setting(&config.dns, "dns");
    take_setting(&config.address6, "address6");
    return config;
}

static bool start_framed(const struct node_config *config)
{
    struct framed_config framed = config->framed;

    take_setting(&framed.name, "name");
    take_setting(&framed.connect, "connect");
    return framed.name == NULL || framed_start(&framed, config->serve.port);
}

static bool each_turn(void)
{
    address_setup_poll();
    show_address_changes(&netif);
    lookup_poll();
    framed_poll();
    return terminal_poll();
}

static bool start(const struct node_config *config)
{
    const struct address_config address = with_settings(config->address);

    if (!bring_up(&netif) || (config->prepare != NULL && !config->prepare(&netif))) {
        return false;
    }
    show_address_changes_from_now(&netif);
    if (!address_setup(&netif, &address)) {
        return false;
    }
    show_address_changes(&netif);
    return serve_start(&config->serve, &netif) && start_framed(config);
}

bool node_main(const struct node_config *config)
{
    port_start();
    terminal_open();
    if (config->echo) {
        console_open_echo();
    }
    console_set_json(config->json);
    show_banner();
    commands_register(&netif);
    if (config->watchdog_ms != 0) {
        port_watchdog_start(config->watchdog_ms);
    }
    if (!start(config)) {
        return false;
    }
    node_run(&netif, NULL, each_turn);
    framed_stop();
    send_stop();
    serve_stop();
    return true;
}
