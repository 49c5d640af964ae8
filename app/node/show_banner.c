/* SPDX-License-Identifier: BSD-3-Clause */
#include "show.h"

#include "console.h"
#include "json.h"
#include "network.h"

#include "msgr/version.h"
#include "port/port.h"

#include "lwip/init.h"

#ifdef LWIP_NOASSERT
#define LWIP LWIP_VERSION_STRING NET_API ", assertions off"
#else
#define LWIP LWIP_VERSION_STRING NET_API ", assertions on"
#endif

static const char *reset_reason(void)
{
    switch (port_reset_reason()) {
    case PORT_RESET_SOFTWARE:
        return "a reset by software";
    case PORT_RESET_WATCHDOG:
        return "a reset by the watchdog";
    case PORT_RESET_FAULT:
        return "a fault";
    case PORT_RESET_POWER:
    default:
        return "power on";
    }
}

static void show_entropy(void)
{
    uint64_t value;

    if (!port_boot_unique(&value)) {
        console_line("Warning: this board has no entropy and was given no seed; ports and sequence "
                     "numbers can be guessed.");
    }
}

void show_target(void)
{
    if (console_is_json()) {
        json_begin("target");
        json_text("version", MSGR_LIBRARY_VERSION);
        json_text("board", port_board());
        json_text("reset", reset_reason());
        json_text("lwip", LWIP);
        json_end();
        return;
    }
    console_text("lwip-messenger " MSGR_LIBRARY_VERSION " on ");
    console_text(port_board());
    console_text(", after ");
    console_text(reset_reason());
    console_line(".");
    console_line("lwIP " LWIP ".");
}

void show_banner(void)
{
    show_target();
    show_memory();
    show_entropy();
}

void show_memory(void)
{
    struct port_memory memory;

    port_memory(&memory);
    if (console_is_json()) {
        json_begin("memory");
        json_number("ram", memory.ram_size);
        json_number("ram_used", memory.ram_used);
        json_number("stack", memory.stack_size);
        json_number("stack_used_at_most", memory.stack_used);
        json_end();
        return;
    }
    if (memory.ram_size != 0) {
        console_text("Memory: ");
        console_number(memory.ram_used);
        console_text(" of ");
        console_number(memory.ram_size);
        console_text(" bytes used, ");
        console_number(memory.ram_size - memory.ram_used);
        console_line(" left.");
    }
    if (memory.stack_size != 0) {
        console_text("Stack: ");
        console_number(memory.stack_used);
        console_text(" of ");
        console_number(memory.stack_size);
        console_line(" bytes used at most.");
    }
}
