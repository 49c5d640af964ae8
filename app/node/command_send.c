/* SPDX-License-Identifier: BSD-3-Clause */
#include "command_send.h"

#include "address_parse.h"
#include "console.h"
#include "line.h"
#include "lookup.h"
#include "send.h"

#include <string.h>

/* What is being sent, or waits for its address. The console's line is gone by then. */
static struct send_config wanted;
static char text[LINE_SIZE_MAX];
static char host[LINE_SIZE_MAX + 1]; /* to tell it in an error */
static bool is_looking_up;

static void on_address(const ip_addr_t *address, const char *why)
{
    is_looking_up = false;
    if (address != NULL) {
        wanted.address = *address;
        send_start(&wanted);
        return;
    }
    console_error();
    console_text("send to ");
    console_bytes(host, strlen(host));
    console_text(": ");
    console_line(why);
}

/* The words with a space between them: no longer than the line that they are from. */
static size_t join(char **words, int count)
{
    size_t used = 0;

    for (int i = 0; i < count; i++) {
        size_t size = strlen(words[i]);
        if (i > 0) {
            text[used++] = ' ';
        }
        memcpy(text + used, words[i], size);
        used += size;
    }
    return used;
}

static bool is_number(const char *word)
{
    const char *end = word;

    while (*end >= '0' && *end <= '9') {
        end++;
    }
    return end > word && *end == '\0';
}

/* A number is the port if something is behind it: [PORT] TEXT... @return words taken; -1: wrong */
static int read_port(char **words, int count)
{
    uint32_t port = 0;

    if (count < 2 || !is_number(words[0])) {
        return 0;
    }
    if (!address_parse_number(words[0], 1, 65535, &port)) {
        console_error();
        console_text("a port is a number from 1 to 65535, not ");
        console_text(words[0]);
        console_line("; quote a text that begins with a number");
        return -1;
    }
    wanted.port = (uint16_t)port;
    return 1;
}

static bool is_busy(void)
{
    if (!is_looking_up && send_is_done()) {
        return false;
    }
    console_error();
    console_line("a message is on its way; send the next one when that has ended");
    return true;
}

bool command_send(int count, char **words)
{
    bool is_udp = count > 1 && strcmp(words[1], "udp") == 0;
    int taken;

    if (count < 4 || (!is_udp && strcmp(words[1], "tcp") != 0)) {
        return false;
    }
    if (is_busy()) {
        return true;
    }
    wanted = (struct send_config){.udp = is_udp, .text = text};
    taken = read_port(words + 3, count - 3);
    if (taken < 0) {
        return true;
    }
    wanted.size = join(words + 3 + taken, count - 3 - taken);
    memcpy(host, words[2], strlen(words[2]) + 1);
    is_looking_up = true;
    lookup(host, on_address);
    return true;
}
