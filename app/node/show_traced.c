/* SPDX-License-Identifier: BSD-3-Clause */
#include "show_framed.h"

#include "address.h"
#include "console.h"
#include "json.h"

#include "lwip/sys.h"

static void show_traced_json(const struct net_traced *traced)
{
    json_begin("trace");
    json_number("time_ms", sys_now());
    json_bool("out", traced->is_out);
    json_text("kind", traced->is_stream ? "tcp" : "udp");
    json_open_string("address");
    address_print(traced->address);
    json_close_string();
    json_number("port", traced->port);
    json_hex("data_hex", traced->data, traced->size);
    json_end();
}

void show_traced(const struct net_traced *traced)
{
    const uint8_t *bytes = traced->data;

    if (console_is_json()) {
        show_traced_json(traced);
        return;
    }
    console_text("# ");
    console_number(sys_now());
    console_text(traced->is_stream ? " ms, TCP " : " ms, UDP ");
    console_text(traced->is_out ? "to " : "from ");
    address_print(traced->address);
    console_text(" port ");
    console_number(traced->port);
    console_end();
    console_text(traced->is_out ? "O 000000" : "I 000000");
    for (size_t i = 0; i < traced->size; i++) {
        console_text(" ");
        console_hex_byte(bytes[i]);
    }
    console_end();
}
