/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The console is one UART. What comes goes through a ring: the interrupt writes head, the main loop
 * writes tail, and each only reads the other's. What finds it full is dropped.
 */
#include "cortex_m.h"
#include "drivers.h"

#include "port/port.h"

#define RING_SIZE 128u /* a power of two; a line typed or pasted */

static volatile uint8_t ring[RING_SIZE];
static volatile uint32_t head;
static volatile uint32_t tail;

void console_start(void)
{
    uart_start();
}

void console_received(uint8_t byte)
{
    uint32_t at = head;

    if (at - tail < RING_SIZE) {
        ring[at % RING_SIZE] = byte;
        head = at + 1;
    }
    cortex_m_wake();
}

bool console_has_input(void)
{
    uint32_t at = tail;

    return head != at;
}

size_t port_console_read(char *text, size_t size)
{
    size_t count = 0;

    while (count < size && console_has_input()) {
        uint32_t at = tail;
        text[count++] = (char)ring[at % RING_SIZE];
        tail = at + 1;
    }
    return count;
}

void port_console_write(enum port_console to, const char *text, size_t size)
{
    (void)to;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n') {
            uart_put('\r');
        }
        uart_put((uint8_t)text[i]);
    }
}
