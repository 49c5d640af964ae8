/* SPDX-License-Identifier: BSD-3-Clause */
#include "json.h"

#include "console.h"

#include "msgr/utf8.h"

#include <string.h>

static void put(const char *text)
{
    console_raw(text, strlen(text));
}

static void put_hex(uint8_t byte)
{
    const char digits[] = "0123456789abcdef";
    const char two[] = {digits[byte >> 4], digits[byte & 0x0Fu]};

    console_raw(two, sizeof two);
}

/* RFC 8259, 7: quotation mark, reverse solidus and control characters; and DEL and the C1 controls,
 * which JSON allows and a terminal obeys. */
static void put_character(const uint8_t *character, size_t size, uint32_t code)
{
    if (code == '"' || code == '\\') {
        put("\\");
    } else if (code < 0x20 || (code >= 0x7F && code < 0xA0)) {
        put("\\u00");
        put_hex((uint8_t)code);
        return;
    }
    console_raw((const char *)character, size);
}

static bool is_utf8(const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        uint32_t code;
        size_t length = msgr_utf8_decode(bytes, size, &code);
        if (length == 0) {
            return false;
        }
        bytes += length;
        size -= length;
    }
    return true;
}

static void put_string(const uint8_t *bytes, size_t size)
{
    put("\"");
    while (size > 0) {
        uint32_t code;
        size_t length = msgr_utf8_decode(bytes, size, &code);
        put_character(bytes, length, code);
        bytes += length;
        size -= length;
    }
    put("\"");
}

static void put_name(const char *name, const char *suffix)
{
    put(",\"");
    put(name);
    put(suffix);
    put("\":");
}

void json_begin(const char *event)
{
    put("{\"event\":\"");
    put(event);
    put("\"");
}

static void put_hex_string(const uint8_t *bytes, size_t size)
{
    put("\"");
    for (size_t i = 0; i < size; i++) {
        put_hex(bytes[i]);
    }
    put("\"");
}

void json_bytes(const char *name, const void *data, size_t size)
{
    if (is_utf8(data, size)) {
        put_name(name, "");
        put_string(data, size);
    } else {
        put_name(name, "_hex");
        put_hex_string(data, size);
    }
}

void json_hex(const char *name, const void *data, size_t size)
{
    put_name(name, "");
    put_hex_string(data, size);
}

void json_text(const char *name, const char *text)
{
    json_bytes(name, text, strlen(text));
}

void json_open_string(const char *name)
{
    put_name(name, "");
    put("\"");
    console_set_in_string(true);
}

void json_close_string(void)
{
    console_set_in_string(false);
    put("\"");
}

void json_number(const char *name, uint32_t number)
{
    put_name(name, "");
    console_raw_number(number);
}

void json_thousandths(const char *name, uint64_t number)
{
    uint32_t rest = (uint32_t)(number % 1000);

    put_name(name, "");
    console_raw_number((uint32_t)(number / 1000));
    put(rest < 10 ? ".00" : rest < 100 ? ".0" : ".");
    console_raw_number(rest);
}

void json_bool(const char *name, bool value)
{
    put_name(name, "");
    put(value ? "true" : "false");
}

void json_end(void)
{
    put("}");
    console_end();
}
